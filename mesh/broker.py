"""The process's connection to NATS: made in the background, never waited for by a call, kept for ever."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import nats
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

_log = logging.getLogger(__name__)
_WAKE = "souk.wake."
_RETRY_SECONDS = 0.5
_NATS_FAILURES = (nats.errors.Error, OSError, TimeoutError)

Wake = Callable[[], None]


class Broker:
    """One connection, and wake-ups by name between processes: hints that may get lost."""

    def __init__(self, url: str) -> None:
        """Nothing happens before `start`; an empty `url` means there is no NATS, and wake-ups stay in the process."""
        self._url = url
        self._client = Client()
        self._ready = asyncio.Event()
        self._listeners: dict[str, list[Wake]] = {}
        self._reconnected: list[Wake] = []
        self._pings: set[str] = set()
        self._pinged = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to connect."""
        if self._url:
            self._tasks = [asyncio.create_task(self._connect()), asyncio.create_task(self._send_pings())]

    @property
    def connected(self) -> bool:
        """Whether the connection stands now."""
        return self._client.is_connected

    async def client(self) -> Client:
        """The connection, once it has stood for the first time; it may be reconnecting again."""
        await self._ready.wait()
        return self._client

    def wake(self, name: str) -> None:
        """Call the listeners of `name` here, and soon those of other processes."""
        for listener in self._listeners.get(name, ()):
            listener()
        self.ping(name)

    def ping(self, name: str) -> None:
        """Call the listeners of `name` in other processes soon; several at once become one."""
        self._pings.add(name)
        self._pinged.set()

    def on_wake(self, name: str, listener: Wake) -> None:
        """Call `listener` for each wake-up of `name`; before `start` only."""
        self._listeners.setdefault(name, []).append(listener)

    def on_reconnected(self, listener: Wake) -> None:
        """Call `listener` whenever the connection stands again after it was lost."""
        self._reconnected.append(listener)

    async def _connect(self) -> None:
        async def ignore_error(error: Exception) -> None:
            _log.debug("NATS: %s", type(error).__name__)

        async def tell() -> None:
            for listener in self._reconnected:
                listener()

        while True:
            try:
                await self._client.connect(
                    self._url,
                    name="souk",
                    allow_reconnect=True,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=1,
                    connect_timeout=2,
                    ping_interval=10,
                    no_echo=True,
                    error_cb=ignore_error,
                    reconnected_cb=tell,
                )
                break
            except _NATS_FAILURES as error:
                _log.warning("NATS is not there: %s", type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)
        for name, listeners in self._listeners.items():
            await self._client.subscribe(_WAKE + name, cb=_calling(listeners))
        self._ready.set()

    async def _send_pings(self) -> None:
        while True:
            await self._pinged.wait()
            self._pinged.clear()
            names, self._pings = self._pings, set()
            if not self._client.is_connected:
                continue
            with suppress(*_NATS_FAILURES):
                for name in names:
                    await self._client.publish(_WAKE + name)

    async def close(self) -> None:
        """Send what is waiting and disconnect."""
        for task in self._tasks:
            task.cancel()
        if not self._ready.is_set():
            return
        with suppress(*_NATS_FAILURES):
            if self._client.is_connected:
                await self._client.flush(1)
            await self._client.close()


def _calling(listeners: list[Wake]) -> Callable[[Msg], "asyncio.Future[None]"]:
    async def call(_message: Msg) -> None:
        for listener in listeners:
            listener()

    return call  # type: ignore[return-value]  # nats-py calls any coroutine function
