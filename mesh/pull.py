"""A pull consumer that always has one request open, so that an event arrives without being asked for."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

_EXPIRES_SECONDS = 20.0
_HEARTBEAT_SECONDS = 5.0
_NANOSECONDS = 1_000_000_000
_HEARTBEAT = "100"
_NO_RESPONDERS = "503"

Take: TypeAlias = Callable[[Msg, "Pull"], None]


class Pull:
    """Pulls one durable into `take`, never more than `window` events that are not settled yet."""

    def __init__(self, client: Client, stream: str, durable: str, take: Take, window: int) -> None:
        """`take` gets each event at once and does not wait."""
        self._client = client
        self._stream = stream
        self._durable = durable
        self._take = take
        self._window = window
        self._unsettled = 0
        # How many events the open request may still bring.
        self._open = 0
        self._changed = asyncio.Event()
        self._heard = False
        self._gone = False
        self._ended = False

    def settled(self) -> None:
        """One event is done with."""
        self._unsettled -= 1
        if self._open == 0:
            self._changed.set()

    def end(self) -> None:
        """Let `run` return."""
        self._ended = True
        self._changed.set()

    async def run(self) -> None:
        """Pull until `end`. Raises NotFoundError where the durable is gone, TimeoutError where the server is silent."""
        inbox = self._client.new_inbox()
        subscription = await self._client.subscribe(inbox, cb=self._receive)
        try:
            while not self._ended:
                stay_cancelled()
                await self._request(inbox)
                await self._wait()
        finally:
            with suppress(NatsError, OSError):
                await subscription.unsubscribe()

    async def _request(self, inbox: str) -> None:
        room = self._window - self._unsettled
        if self._open or room < min(self._window // 2, self._window):
            return
        self._open = room
        request = {
            "batch": room,
            "expires": int(_EXPIRES_SECONDS * _NANOSECONDS),
            "idle_heartbeat": int(_HEARTBEAT_SECONDS * _NANOSECONDS),
        }
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._durable}"
        await self._client.publish(subject, json.dumps(request).encode(), reply=inbox)

    async def _wait(self) -> None:
        self._heard = False
        try:
            async with asyncio.timeout(3 * _HEARTBEAT_SECONDS):
                await self._changed.wait()
        except TimeoutError:
            if self._open and not self._heard:
                raise
        self._changed.clear()
        if self._gone:
            raise NotFoundError(code=404, description=f"there is no durable {self._durable}")

    async def _receive(self, message: Msg) -> None:
        self._heard = True
        status = message.headers.get("Status") if message.headers else None
        if status is None:
            self._unsettled += 1
            self._open = max(self._open - 1, 0)
            self._take(message, self)
        elif status == _HEARTBEAT:
            return
        else:
            # The request is over: expired, no room, or the consumer is gone.
            self._open = 0
            description = message.headers.get("Description", "") if message.headers else ""
            self._gone = status == _NO_RESPONDERS or "Deleted" in description
        if self._open == 0:
            self._changed.set()


def stay_cancelled() -> None:
    """Raise again what `asyncio.wait_for`, which nats-py uses, may have swallowed before Python 3.12."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
