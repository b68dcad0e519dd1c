"""What one event does: its handler, the mark that it is done and all it writes, in one commit."""

import asyncio
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from nats.aio.msg import Msg
from souk.mesh.v1.envelope_pb2 import Envelope

from mesh import dead_letters
from mesh.cause import Cause, caused_by
from mesh.consumer import Consumer, Delivery
from mesh.database import Database, Record, UnitOfWork
from mesh.dead_letters import Letter
from mesh.errors import SoukError
from mesh.events import UnreadableEvent, decode
from mesh.principal import acting_as, service_principal
from mesh.statement import in_schema
from mesh.tables import DEAD, PARKED
from mesh.trace import Tracer, joined, parse_traceparent

# The longest that preparing and applying one event may take, below the time after which the server sends it again.
_SECONDS = 25.0
_TAKEN = "TAKEN"
# An event that came twice is taken once: the second row meets the first.
_TAKE = """
WITH parked AS (
  SELECT key FROM {schema}.parked_keys WHERE durable = :durable AND key = ANY(cast(:keys AS text[])) FOR SHARE
), arrived AS (
  SELECT event_id, key IN (SELECT key FROM parked) AS waits
  FROM unnest(cast(:event_ids AS uuid[]), cast(:keys AS text[])) AS arrived (event_id, key)
), taken AS (
  INSERT INTO {schema}.inbox (durable, event_id) SELECT cast(:durable AS text), event_id FROM arrived WHERE NOT waits
  ON CONFLICT DO NOTHING RETURNING event_id
)
SELECT event_id, 'TAKEN' AS outcome FROM taken UNION ALL SELECT event_id, 'PARKED' FROM arrived WHERE waits"""
_TAKE_LETTER = "INSERT INTO {schema}.inbox (durable, event_id) VALUES (:durable, :event_id) ON CONFLICT DO NOTHING"
_BACK_TO_PARKED = """
UPDATE {schema}.dead_letter SET state = 'PARKED', update_time = now()
WHERE durable = :durable AND key = :key AND state = 'RETRY'"""


@dataclass(slots=True)
class Arrival:
    """One event as it came; without an envelope where its bytes are none."""

    event_id: uuid.UUID
    key: str
    subject: str
    data: bytes
    envelope: Envelope | None

    @classmethod
    def of(cls, message: Msg) -> "Arrival":
        """Read what a message of a stream holds."""
        return cls.read(message.subject, message.data)

    @classmethod
    def read(cls, subject: str, data: bytes) -> "Arrival":
        """Read the bytes of an envelope; what is none gets an id that follows from its content."""
        try:
            envelope = Envelope.FromString(data)
            return cls(uuid.UUID(envelope.event_id), envelope.aggregate_id, subject, data, envelope)
        except (DecodeError, ValueError):
            event_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{subject} {data.hex()}")
            return cls(event_id, subject.rpartition(".")[2], subject, data, None)


class Effect:
    """Applies the events of one consumer in its service."""

    def __init__(self, consumer: Consumer, database: Database, tracer: Tracer) -> None:
        """Acts as the service of `database`."""
        self._consumer = consumer
        self._database = database
        self._tracer = tracer
        self._durable = consumer.name

    async def apply(self, arrival: Arrival) -> None:
        """Apply an event, skip one that is done, or park one whose key is parked. Raises what the handler raises."""
        event, envelope = _opened(arrival)
        async with asyncio.timeout(_SECONDS):
            with self._story(envelope):
                prepared = await self._prepare(event, envelope)
                async with self._database.write() as uow:
                    if await self._take([arrival], uow):
                        await self._consumer.handler(event, envelope, uow, *prepared)

    async def apply_all(self, arrivals: Sequence[Arrival]) -> None:
        """The same for several events in one transaction: all take effect, or none does, whose reason is raised."""
        deliveries = [self._delivery(arrival) for arrival in arrivals]
        async with asyncio.timeout(_SECONDS):
            prepared = await self._prepare_all(deliveries)
            # What is done for all of them shows in the trace of one that is sampled.
            lead = next((each for each in deliveries if _is_sampled(each.envelope)), deliveries[0])
            with lead.story():
                async with self._database.write() as uow:
                    taken = await self._take(arrivals, uow)
                    if self._consumer.handler_many is None:
                        for place in taken:
                            await self._apply_one(deliveries[place], prepared[place], uow)
                    elif taken:
                        await self._consumer.handler_many([deliveries[place] for place in taken], uow)

    async def _apply_one(self, delivery: Delivery, prepared: tuple[Any, ...], uow: UnitOfWork) -> None:
        with delivery.story():
            await self._consumer.handler(delivery.event, delivery.envelope, uow, *prepared)
            # The next one sees what this one did.
            await uow.flush()

    async def _take(self, arrivals: Sequence[Arrival], uow: UnitOfWork) -> list[int]:
        """Mark events as done, and return the places of those that were not; one whose key is parked is parked too."""
        rows = await uow.fetch(
            in_schema(self._database.name, _TAKE),
            durable=self._durable,
            event_ids=[arrival.event_id for arrival in arrivals],
            keys=[arrival.key for arrival in arrivals],
        )
        outcomes = {row["event_id"]: row["outcome"] for row in rows}
        taken = []
        for place, arrival in enumerate(arrivals):
            outcome = outcomes.pop(arrival.event_id, None)
            if outcome == _TAKEN:
                taken.append(place)
            elif outcome == PARKED:
                await dead_letters.bury(uow, self._letter(arrival, 0, "KEY_PARKED", ""), PARKED)
        return taken

    def _delivery(self, arrival: Arrival) -> Delivery:
        event, envelope = _opened(arrival)
        return Delivery(event, envelope, lambda: self._story(envelope))

    async def _prepare_all(self, deliveries: Sequence[Delivery]) -> Sequence[tuple[Any, ...]]:
        if self._consumer.prepare is None:
            return [()] * len(deliveries)
        return await asyncio.gather(*map(self._prepare_in_story, deliveries))

    async def _prepare_in_story(self, delivery: Delivery) -> tuple[Any, ...]:
        with delivery.story():
            return await self._prepare(delivery.event, delivery.envelope)

    async def set_aside(self, arrival: Arrival, attempts: int, error: BaseException) -> None:
        """Bury an event that cannot be applied, and park its key."""
        reason = error.reason if isinstance(error, SoukError) else type(error).__name__
        # The text of an exception may hold personal data; an unreadable event's is our own.
        detail = str(error) if isinstance(error, SoukError | UnreadableEvent) else ""
        async with self._database.write() as uow:
            await dead_letters.bury(uow, self._letter(arrival, attempts, reason, detail), DEAD)

    async def retry(self, key: str) -> None:
        """Apply what is set aside under a key, in order, until it is empty or one fails again."""
        while letters := await dead_letters.letters_of_key(self._database, self._durable, key):
            for letter in letters:
                if not await self._retry_letter(key, letter):
                    return

    async def _retry_letter(self, key: str, letter: Record) -> bool:
        arrival = Arrival.read(letter["subject"], letter["envelope"])
        try:
            await self._apply_letter(key, arrival)
        except Exception as error:  # noqa: BLE001  # whatever it is, the event goes back to where it was
            await self.set_aside(arrival, 1, error)
            async with self._database.write() as uow:
                await uow.execute(in_schema(self._database.name, _BACK_TO_PARKED), durable=self._durable, key=key)
            return False
        return True

    async def _apply_letter(self, key: str, arrival: Arrival) -> None:
        event, envelope = _opened(arrival)
        async with asyncio.timeout(_SECONDS):
            with self._story(envelope):
                prepared = await self._prepare(event, envelope)
                async with self._database.write() as uow:
                    take = in_schema(self._database.name, _TAKE_LETTER)
                    if await uow.execute(take, durable=self._durable, event_id=arrival.event_id):
                        await self._consumer.handler(event, envelope, uow, *prepared)
                    await dead_letters.remove(uow, self._durable, key, arrival.event_id)

    async def _prepare(self, event: Any, envelope: Envelope) -> tuple[Any, ...]:
        if self._consumer.prepare is None:
            return ()
        return (await self._consumer.prepare(event, envelope),)

    def _story(self, envelope: Envelope) -> AbstractContextManager[object]:
        """Act as the service, in the story and the trace that the event belongs to."""
        story = ExitStack()
        story.enter_context(acting_as(service_principal(self._database.name)))
        story.enter_context(caused_by(Cause(envelope.event_id, envelope.correlation_id)))
        story.enter_context(joined(self._tracer, f"consume {self._durable}", envelope.traceparent))
        return story

    def _letter(self, arrival: Arrival, attempts: int, reason: str, detail: str) -> Letter:
        return Letter(
            durable=self._durable,
            event_id=arrival.event_id,
            subject=arrival.subject,
            type=arrival.envelope.type if arrival.envelope else "",
            key=arrival.key,
            attempt_count=attempts,
            reason=reason,
            detail=detail,
            envelope=arrival.data,
        )


def _is_sampled(envelope: Envelope) -> bool:
    parent = parse_traceparent(envelope.traceparent)
    return parent is not None and parent.sampled


def _opened(arrival: Arrival) -> tuple[Any, Envelope]:
    if arrival.envelope is None:
        raise UnreadableEvent("the message is no envelope")
    return decode(arrival.envelope), arrival.envelope
