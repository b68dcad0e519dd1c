"""Invariant I5: each event of a stream took effect exactly once in each durable that wants it, or is set aside."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from nats.aio.client import Client
from nats.js.api import ConsumerConfig, DeliverPolicy, Header
from nats.js.errors import NotFoundError
from souk.mesh.v1.invariants_pb2 import InvariantResult

from mesh.consumer import Consumer
from mesh.database import Database
from mesh.errors import Unavailable
from mesh.statement import in_schema
from mesh.streams import stream_of

_DESCRIPTION = "Each event took effect once in each durable that wants it, or lies in its dead letters."
_CHUNK = 1000
_LISTED = 100
_SILENCE_SECONDS = 5.0
# The primary key of the inbox allows no second effect, so what is left to find is an event without any.
_MISSING = """
SELECT event_id FROM unnest(cast(:event_ids AS uuid[])) AS event_id
WHERE NOT EXISTS (SELECT FROM {schema}.inbox i WHERE i.durable = :durable AND i.event_id = event.event_id)
AND NOT EXISTS (SELECT FROM {schema}.dead_letter d WHERE d.durable = :durable AND d.event_id = event.event_id)
""".replace("AS event_id\n", "AS event (event_id)\n")


async def verify_delivery(
    client: Client, database: Database, consumers: Iterable[Consumer], settle_seconds: float
) -> InvariantResult:
    """Compare each consumer's streams, by their headers, with its inbox and dead letters.

    Events younger than `settle_seconds` are not judged. Raises Unavailable where NATS does not answer.
    """
    result = InvariantResult(invariant="I5", description=_DESCRIPTION)
    until = datetime.now(UTC) - timedelta(seconds=settle_seconds)
    for consumer in consumers:
        streams: dict[str, list[str]] = {}
        for subject in consumer.subjects:
            streams.setdefault(stream_of(subject), []).append(f"{subject}.>")
        for stream, filters in streams.items():
            async for event_ids in _chunks(_event_ids(client, stream, filters, until)):
                result.checked_count += len(event_ids)
                await _judge(database, consumer.name, event_ids, result)
    return result


async def _judge(database: Database, durable: str, event_ids: Sequence[uuid.UUID], result: InvariantResult) -> None:
    async with database.read() as unit:
        missing = await unit.fetch(in_schema(database.name, _MISSING), durable=durable, event_ids=event_ids)
    result.violation_count += len(missing)
    for row in missing[: _LISTED - len(result.violations)]:
        result.violations.add(id=str(row["event_id"]), detail=f"had no effect in {durable}")


async def _event_ids(client: Client, stream: str, filters: list[str], until: datetime) -> AsyncIterator[uuid.UUID]:
    """The ids of a stream's events up to a time, the oldest first; none where there is no stream."""
    context = client.jetstream()
    config = ConsumerConfig(filter_subjects=filters, deliver_policy=DeliverPolicy.ALL, headers_only=True)
    try:
        subscription = await context.subscribe("", stream=stream, config=config, ordered_consumer=True)
    except NotFoundError:
        return
    try:
        info = await subscription.consumer_info()
        # Some may have been delivered before the question was answered.
        left = (info.num_pending or 0) + (info.delivered.consumer_seq if info.delivered else 0)
        while left > 0:
            try:
                message = await subscription.next_msg(timeout=_SILENCE_SECONDS)
            except TimeoutError:
                raise Unavailable("EVENTS_UNAVAILABLE", f"The stream {stream} does not answer.") from None
            if message.metadata.timestamp > until:
                return
            left = message.metadata.num_pending
            if message.headers and Header.MSG_ID in message.headers:
                yield uuid.UUID(message.headers[Header.MSG_ID])
    finally:
        await subscription.unsubscribe()


async def _chunks(event_ids: AsyncIterator[uuid.UUID]) -> AsyncIterator[list[uuid.UUID]]:
    chunk: list[uuid.UUID] = []
    async for event_id in event_ids:
        chunk.append(event_id)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
            await asyncio.sleep(0)
    if chunk:
        yield chunk
