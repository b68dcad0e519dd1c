"""One consumer at work: its streams pulled, what has come applied together, its failures set aside.

What cannot be applied together is applied one by one, the keys side by side and each in order.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from mesh import crash, dead_letters
from mesh.broker import Broker
from mesh.consumer import Consumer
from mesh.database import Database
from mesh.effect import Arrival, Effect
from mesh.errors import Code, SoukError
from mesh.events import UnreadableEvent
from mesh.faults import report_fault
from mesh.locks import Lock
from mesh.pull import Pull, stay_cancelled
from mesh.streams import ACK_WAIT_SECONDS, MAX_ACK_PENDING, stream_of, take_durable
from mesh.trace import Tracer

_log = logging.getLogger(__name__)

ATTEMPTS = 5
# How many events are applied together at most.
BATCH = 64
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0
_STREAM_PAUSE = 1.0
_RETRY_POLL_SECONDS = 60.0
_DRAIN_SECONDS = 1.0
_PASSING = frozenset({Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED, Code.ABORTED, Code.CANCELLED})


def is_passing(error: BaseException) -> bool:
    """Whether trying again later may help, however often it has failed."""
    return isinstance(error, TimeoutError) or (isinstance(error, SoukError) and error.code in _PASSING)


@dataclass(slots=True)
class _Pending:
    arrival: Arrival
    message: Msg
    pull: Pull
    failures: int = 0


class Intake:
    """Feeds one consumer whenever this process owns it."""

    def __init__(
        self,
        consumer: Consumer,
        database: Database,
        broker: Broker,
        lock: Lock,
        tracer: Tracer,
        *,
        pause: float = _FIRST_PAUSE,
    ) -> None:
        """Nothing happens before `run`. A failed event is tried again after `pause` seconds, then twice that."""
        self._consumer = consumer
        self._database = database
        self._broker = broker
        self._lock = lock
        self._pause = pause
        self._effect = Effect(consumer, database, tracer)
        self._slots = asyncio.Semaphore(consumer.concurrency)
        # What has come and was not tried yet, and, by key, what is applied one by one.
        self._arrived: deque[_Pending] = deque()
        self._has_arrived = asyncio.Event()
        self._queues: dict[str, deque[_Pending]] = {}
        self._pending: dict[tuple[str, int], _Pending] = {}
        self._at_work: set[asyncio.Task[None]] = set()
        self._pulls: set[Pull] = set()
        self._retry = asyncio.Event()
        self._closing = False
        broker.on_wake(f"dlq.{database.name}", self._retry.set)
        broker.on_reconnected(self._renew)

    async def run(self) -> None:
        """Run until cancelled."""
        await self._lock.hold(self._own)

    async def _own(self) -> None:
        client = await self._broker.client()
        streams: dict[str, list[str]] = {}
        for subject in self._consumer.subjects:
            streams.setdefault(stream_of(subject), []).append(subject)
        self._closing = False
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._stay_in_progress())
                group.create_task(self._retry_letters())
                group.create_task(self._apply_arrived())
                for stream, subjects in streams.items():
                    group.create_task(self._pull(client, stream, subjects))
        finally:
            await self._close()

    async def _pull(self, client: Client, stream: str, subjects: list[str]) -> None:
        while True:
            stay_cancelled()
            pull = Pull(client, stream, self._consumer.name, self._take, MAX_ACK_PENDING)
            self._pulls.add(pull)
            try:
                await take_durable(client, stream, self._consumer.name, subjects)
                await pull.run()
            except NotFoundError:
                _log.debug("%s waits for %s", self._consumer.name, stream)
            except (NatsError, OSError, TimeoutError) as error:
                _log.warning("%s pulls %s again: %s", self._consumer.name, stream, type(error).__name__)
            finally:
                self._pulls.discard(pull)
            await asyncio.sleep(_STREAM_PAUSE)

    def _renew(self) -> None:
        """Begin again on a new connection: what was on its way on the old one may be lost, and must come first."""
        for pull in self._pulls:
            pull.end()

    def _take(self, message: Msg, pull: Pull) -> None:
        place = (message.metadata.stream, message.metadata.sequence.stream)
        known = self._pending.get(place)
        if known is not None:  # sent again while it is still here
            known.pull.settled()
            known.message, known.pull = message, pull
            return
        self._pending[place] = pending = _Pending(Arrival.of(message), message, pull)
        self._arrived.append(pending)
        self._has_arrived.set()

    async def _apply_arrived(self) -> None:
        """Apply what has come, all of it together: the more there is to do, the less each event costs."""
        while True:
            await self._has_arrived.wait()
            self._has_arrived.clear()
            while batch := self._next_batch():
                # A task of its own, which ends in peace where this process ceases to be the owner.
                await asyncio.wait({self._begin(self._apply(batch))})

    def _next_batch(self) -> list[_Pending]:
        """What may be applied together, in order; a key that is worked on one by one goes on so."""
        batch: list[_Pending] = []
        while self._arrived and len(batch) < BATCH:
            pending = self._arrived.popleft()
            if pending.arrival.key in self._queues:
                self._queues[pending.arrival.key].append(pending)
            else:
                batch.append(pending)
        return batch

    async def _apply(self, batch: list[_Pending]) -> None:
        arrivals = [pending.arrival for pending in batch]
        try:
            crash.point("consumer.before_effect", self._consumer.name)
            await (self._effect.apply_all(arrivals) if len(arrivals) > 1 else self._effect.apply(arrivals[0]))
            crash.point("consumer.before_ack", self._consumer.name)
        except Exception as error:  # noqa: BLE001  # whatever it is, one of them has it again
            self._take_apart(batch, error)
            return
        for pending in batch:
            await self._settle(pending)

    def _take_apart(self, batch: list[_Pending], error: Exception) -> None:
        """Go on with each event in a transaction of its own, so that one that fails holds up its own key alone."""
        _log.debug("%s takes %d events apart: %s", self._consumer.name, len(batch), type(error).__name__)
        for pending in batch:
            pending.failures = 0 if is_passing(error) else 1
            queue = self._queues.get(pending.arrival.key)
            if queue is None:
                self._queues[pending.arrival.key] = deque([pending])
                self._begin(self._drain(pending.arrival.key))
            else:
                queue.append(pending)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        return task

    async def _drain(self, key: str) -> None:
        queue = self._queues[key]
        try:
            while queue and not self._closing:
                await self._finish(queue[0])
                await self._settle(queue.popleft())
        finally:
            self._queues.pop(key, None)

    async def _finish(self, pending: _Pending) -> None:
        """Return when the event is applied or set aside."""
        arrival, pause = pending.arrival, self._pause
        while True:
            try:
                async with self._slots:
                    crash.point("consumer.before_effect", self._consumer.name)
                    await self._effect.apply(arrival)
                    crash.point("consumer.before_ack", self._consumer.name)
            except Exception as error:  # noqa: BLE001  # whatever it is, it is counted
                if not is_passing(error):
                    pending.failures += 1
                    report_fault(f"{self._consumer.name} at event {arrival.event_id}", error)
                    if pending.failures >= ATTEMPTS or isinstance(error, UnreadableEvent):
                        with suppress(SoukError):
                            await self._set_aside(arrival, pending.failures, error)
                            return
            else:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _set_aside(self, arrival: Arrival, attempts: int, error: Exception) -> None:
        await self._effect.set_aside(arrival, attempts, error)
        client = await self._broker.client()
        with suppress(NatsError, OSError):
            headers = {"Souk-Durable": self._consumer.name, "Souk-Reason": type(error).__name__}
            await client.publish(f"dlq.{arrival.subject}", arrival.data, headers=headers)

    async def _settle(self, pending: _Pending) -> None:
        metadata = pending.message.metadata
        self._pending.pop((metadata.stream, metadata.sequence.stream), None)
        pending.pull.settled()
        # An acknowledgement that is lost brings the event again, and the inbox knows it.
        with suppress(NatsError, OSError):
            await pending.message.ack()
        crash.point("consumer.after_ack", self._consumer.name)

    async def _stay_in_progress(self) -> None:
        """Tell the server of events that take long, so that it does not send them again."""
        while True:
            await asyncio.sleep(ACK_WAIT_SECONDS / 3)
            for pending in list(self._pending.values()):
                with suppress(NatsError, OSError):
                    await pending.message.in_progress()

    async def _retry_letters(self) -> None:
        while True:
            self._retry.clear()
            try:
                for key in await dead_letters.keys_to_retry(self._database, self._consumer.name):
                    await self._effect.retry(key)
            except SoukError as error:
                _log.warning("%s cannot retry: %s", self._consumer.name, error.reason)
            with suppress(TimeoutError):
                async with asyncio.timeout(_RETRY_POLL_SECONDS):
                    await self._retry.wait()

    async def _close(self) -> None:
        """Finish what is being applied, and give the rest back to whoever is next."""
        self._closing = True
        try:
            await _wait(self._at_work, _DRAIN_SECONDS)
        finally:
            # Also where a second cancellation cuts the waiting short: nothing may stay behind in a transaction.
            for task in self._at_work:
                task.cancel()
        await _wait(self._at_work, _DRAIN_SECONDS)
        self._queues.clear()
        self._arrived.clear()
        for pending in self._pending.values():
            with suppress(NatsError, OSError):
                await pending.message.nak()
        self._pending.clear()


async def _wait(tasks: Collection[asyncio.Task[None]], seconds: float) -> None:
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
