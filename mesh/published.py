"""What services have published, by their logs: ids in pages, from a database here or from the process that has it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp
from souk.mesh.v1 import event_log_service_pb2 as log_pb2
from souk.mesh.v1 import event_log_service_pb2_grpc as log_grpc

from mesh.call import Call
from mesh.database import Database, Record
from mesh.errors import InvalidArgument, NotFound
from mesh.page import decode_page, encode_page
from mesh.statement import in_schema

PAGE = 20_000
_ID_BYTES = 16
# What the relay could not publish lies in its own dead letters, and in the log because it has left the outbox.
_LISTED = """
SELECT l.publish_time, l.position, l.event_id, (s.place - 1)::int AS place FROM (
  SELECT publish_time, position, event_id, subject FROM {schema}.outbox_log
  WHERE publish_time >= :from_time AND publish_time < :until_time
    AND (publish_time, position) > (:after_time, cast(:after_position AS bigint))
) l JOIN unnest(cast(:subjects AS text[])) WITH ORDINALITY AS s (subject, place)
  ON starts_with(l.subject, s.subject || '.')
WHERE NOT EXISTS (
  SELECT FROM {schema}.dead_letter d WHERE d.durable = :outbox AND d.event_id = l.event_id)
ORDER BY l.publish_time, l.position LIMIT :count"""
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Asked(NamedTuple):
    """Events of some subjects of one service, published within a span of time."""

    service: str
    subjects: Sequence[str]
    from_time: datetime
    until_time: datetime


class Published(NamedTuple):
    """One page: the ids, and for each the place of its subject among those asked for."""

    event_ids: list[UUID]
    places: Sequence[int]


class EventLogs(Protocol):
    """Where the logs of services are read."""

    def pages(self, asked: Asked) -> AsyncIterator[Published]:
        """What was published, in that order. Raises Unavailable where the log cannot be read."""


class LocalLogs:
    """Logs in databases that this process has."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self._databases = databases

    async def pages(self, asked: Asked) -> AsyncIterator[Published]:
        """Read them."""
        after: tuple[datetime, int] | None = None
        while rows := await _read(self._databases[asked.service], asked, after):
            yield Published([row["event_id"] for row in rows], [row["place"] for row in rows])
            after = (rows[-1]["publish_time"], rows[-1]["position"])
            if len(rows) < PAGE:
                return


class RemoteLogs:
    """Logs wherever their services run."""

    def __init__(self, stub_of: Callable[[str], log_grpc.EventLogServiceStub]) -> None:
        """`stub_of` gives the stub to the process that hosts a service."""
        self._stub_of = stub_of

    async def pages(self, asked: Asked) -> AsyncIterator[Published]:
        """Ask for them."""
        stub: Any = self._stub_of(asked.service)
        request = log_pb2.ListPublishedRequest(service=asked.service, subjects=asked.subjects)
        request.from_time.FromDatetime(asked.from_time)
        request.until_time.FromDatetime(asked.until_time)
        while True:
            page = await stub.ListPublished(request)
            data = page.event_ids
            ids = [UUID(bytes=data[at : at + _ID_BYTES]) for at in range(0, len(data), _ID_BYTES)]
            yield Published(ids, page.subjects)
            request.page_token = page.next_page_token
            if not page.next_page_token:
                return


class EventLogServicer(log_grpc.EventLogServiceServicer):
    """Serves the logs of the services that a process hosts."""

    def __init__(self, databases: Mapping[str, Database | None]) -> None:
        """A service without tables has published nothing."""
        self._databases = databases

    async def ListPublished(  # noqa: N802  # as the contract names it
        self, request: log_pb2.ListPublishedRequest, call: Call
    ) -> log_pb2.ListPublishedResponse:
        """One page."""
        del call
        if request.service not in self._databases:
            raise NotFound("LOG_NOT_HERE", "This process does not host the service.", service=request.service)
        database = self._databases[request.service]
        if database is None:
            return log_pb2.ListPublishedResponse()
        asked = Asked(
            request.service,
            request.subjects,
            _time(request.from_time) if request.HasField("from_time") else _BEGINNING,
            _time(request.until_time) if request.HasField("until_time") else datetime.now(UTC),
        )
        rows = await _read(database, asked, _after(request.page_token))
        return log_pb2.ListPublishedResponse(
            event_ids=b"".join(row["event_id"].bytes for row in rows),
            subjects=[row["place"] for row in rows],
            next_page_token=_token(rows[-1]) if len(rows) == PAGE else "",
        )


async def _read(database: Database, asked: Asked, after: tuple[datetime, int] | None) -> list[Record]:
    after_time, after_position = after or (asked.from_time, -1)
    async with database.read() as unit:
        return await unit.fetch(
            in_schema(database.name, _LISTED),
            from_time=asked.from_time,
            until_time=asked.until_time,
            after_time=after_time,
            after_position=after_position,
            subjects=list(asked.subjects),
            outbox=f"{database.name}-outbox",
            count=PAGE,
        )


def _time(timestamp: Timestamp) -> datetime:
    return timestamp.ToDatetime(tzinfo=UTC)


def _token(row: Record) -> str:
    return encode_page((row["publish_time"].isoformat(), row["position"]))


def _after(token: str) -> tuple[datetime, int] | None:
    match decode_page(token):
        case None:
            return None
        case (str(time), int(position)):
            try:
                return datetime.fromisoformat(time), position
            except ValueError:
                pass
    raise InvalidArgument("INVALID_PAGE_TOKEN", "The page token is not one that a page has given.")
