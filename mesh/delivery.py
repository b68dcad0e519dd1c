"""Invariant I5: each published event took effect exactly once in each durable that wants it, or is set aside."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from souk.mesh.v1.invariants_pb2 import InvariantResult

from mesh.consumer import Consumer
from mesh.database import Database
from mesh.published import Asked, EventLogs, Published
from mesh.statement import in_schema

_DESCRIPTION = "Each event took effect once in each durable that wants it, or lies in its dead letters."
_LISTED = 100
# Streams and logs keep events for seven days: what is older may be gone before a new durable has begun.
_JUDGED = timedelta(days=6)
# The primary key of the inbox allows no second effect, so what is left to find is an event without any.
_MISSING = """
SELECT event_id FROM unnest(cast(:event_ids AS uuid[])) AS event (event_id)
WHERE NOT EXISTS (SELECT FROM {schema}.inbox i WHERE i.durable = :durable AND i.event_id = event.event_id)
AND NOT EXISTS (SELECT FROM {schema}.dead_letter d WHERE d.durable = :durable AND d.event_id = event.event_id)"""


async def verify_delivery(
    logs: EventLogs, database: Database, consumers: Iterable[Consumer], settle_seconds: float
) -> InvariantResult:
    """Compare what the publishing services have in their logs with each consumer's inbox and dead letters.

    The log, not the stream, says what was published: what a stream has lost is found. Events younger than
    `settle_seconds` or older than six days are not judged. Raises Unavailable where a log cannot be read.
    """
    result = InvariantResult(invariant="I5", description=_DESCRIPTION)
    now = datetime.now(UTC)
    for service, durables in _wanted(consumers).items():
        subjects = sorted(durables)
        asked = Asked(service, subjects, now - _JUDGED, now - timedelta(seconds=settle_seconds))
        async for page in logs.pages(asked):
            for durable, event_ids in _by_durable(page, subjects, durables).items():
                result.checked_count += len(event_ids)
                await _judge(database, durable, event_ids, result)
    return result


def _wanted(consumers: Iterable[Consumer]) -> dict[str, dict[str, list[str]]]:
    """The durables that want a subject, by the service that publishes it."""
    wanted: dict[str, dict[str, list[str]]] = {}
    for consumer in consumers:
        for subject in consumer.subjects:
            service = subject.split(".")[1]
            wanted.setdefault(service, {}).setdefault(subject, []).append(consumer.name)
    return wanted


def _by_durable(
    page: Published, subjects: Sequence[str], durables: Mapping[str, Sequence[str]]
) -> dict[str, list[uuid.UUID]]:
    wanted: defaultdict[str, list[uuid.UUID]] = defaultdict(list)
    for event_id, place in zip(page.event_ids, page.places, strict=True):
        for durable in durables[subjects[place]]:
            wanted[durable].append(event_id)
    return wanted


async def _judge(database: Database, durable: str, event_ids: Sequence[uuid.UUID], result: InvariantResult) -> None:
    async with database.read() as unit:
        missing = await unit.fetch(in_schema(database.name, _MISSING), durable=durable, event_ids=event_ids)
    result.violation_count += len(missing)
    for row in missing[: _LISTED - len(result.violations)]:
        result.violations.add(id=str(row["event_id"]), detail=f"had no effect in {durable}")
