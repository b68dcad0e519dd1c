"""One causal story: the facts that a service tells of a subject, and the trail of its events in outbox and inbox."""

import uuid
from collections.abc import Collection
from datetime import UTC, datetime

from souk.mesh.v1.story_pb2 import ExplainRequest, ExplainResponse, Fact, FactKind

from mesh.database import ReadUnit, Record
from mesh.errors import InvalidArgument
from mesh.statement import in_schema

Kind = FactKind.Value
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# A story of more events than this is cut off at its end.
_MOST_EVENTS = 1000
_COLUMNS = "position, event_id, type, aggregate_id, aggregate_version, occur_time, causation_id, correlation_id, actor"
_EVENTS = f"""
SELECT {_COLUMNS}, publish_time FROM (
  SELECT {_COLUMNS}, NULL::timestamptz AS publish_time FROM {{schema}}.outbox
  UNION ALL
  SELECT {_COLUMNS}, publish_time FROM {{schema}}.outbox_log WHERE publish_time >= :since
) AS event
WHERE aggregate_id = ANY(cast(:keys AS text[])) OR causation_id = ANY(cast(:causes AS text[]))
ORDER BY position LIMIT {_MOST_EVENTS}"""  # noqa: S608  # our own names
_EFFECTS = """
SELECT durable, event_id, process_time FROM {schema}.inbox WHERE event_id = ANY(cast(:event_ids AS uuid[]))
ORDER BY process_time"""
_SET_ASIDE = """
SELECT durable, event_id, create_time, state, reason FROM {schema}.dead_letter
WHERE event_id = ANY(cast(:event_ids AS uuid[])) ORDER BY position"""


def fact(  # the fields of the message
    time: datetime, kind: Kind, what: str, detail: str = "", *, event_id: str = "", causation_id: str = ""
) -> Fact:
    """One fact; `time` has a time zone, and neither text holds personal data."""
    told = Fact(kind=kind, what=what, detail=detail, event_id=event_id, causation_id=causation_id)
    told.time.FromDatetime(time)
    return told


def subject_id(request: ExplainRequest) -> uuid.UUID:
    """The subject as an id. Raises InvalidArgument SUBJECT_INVALID."""
    try:
        return uuid.UUID(request.subject)
    except ValueError:
        raise InvalidArgument(
            "SUBJECT_INVALID", "The subject is no id.", fields={"subject": "must be a UUID"}
        ) from None


async def trail(unit: ReadUnit, request: ExplainRequest, keys: Collection[str]) -> list[Fact]:
    """The events of the aggregates `keys`, those that the request's events caused, and what the latter did here."""
    event_ids = list(request.event_ids)
    since = request.since_time.ToDatetime(UTC) if request.HasField("since_time") else _BEGINNING
    events = await unit.fetch(in_schema(unit.service, _EVENTS), keys=list(keys), causes=event_ids, since=since)
    return [*map(_event, events), *await effects(unit, event_ids)]


async def effects(unit: ReadUnit, event_ids: Collection[str]) -> list[Fact]:
    """What became of events in the service's durables."""
    ids = [uuid.UUID(event_id) for event_id in event_ids]
    done = await unit.fetch(in_schema(unit.service, _EFFECTS), event_ids=ids)
    aside = await unit.fetch(in_schema(unit.service, _SET_ASIDE), event_ids=ids)
    return [*map(_effect, done), *map(_set_aside, aside)]


def told(subject: uuid.UUID, facts: Collection[Fact]) -> ExplainResponse:
    """The answer, in order of time."""
    in_order = sorted(facts, key=lambda each: each.time.ToNanoseconds())
    return ExplainResponse(subject_id=str(subject), facts=in_order)


def _event(row: Record) -> Fact:
    version = f"version {row['aggregate_version']}, " if row["aggregate_version"] else ""
    actor = row["actor"] if row["actor"].startswith("service:") else "a person" if row["actor"] else "nobody"
    published = "published" if row["publish_time"] else "not published yet"
    event = fact(
        row["occur_time"],
        Kind.EVENT,
        row["type"].removeprefix("souk."),
        f"{version}by {actor}, {published}",
        event_id=str(row["event_id"]),
        causation_id=row["causation_id"],
    )
    event.correlation_id = row["correlation_id"]
    return event


def _effect(row: Record) -> Fact:
    return fact(row["process_time"], Kind.EFFECT, f"{row['durable']} did its part", causation_id=str(row["event_id"]))


def _set_aside(row: Record) -> Fact:
    what = f"{row['durable']} set it aside"
    return fact(
        row["create_time"], Kind.EFFECT, what, f"{row['state']} {row['reason']}", causation_id=str(row["event_id"])
    )
