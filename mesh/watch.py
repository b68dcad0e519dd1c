"""Watches one service: its outbox, durables, dead letters and invariants become readings, in one process at a time."""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from nats.aio.client import Client
from nats.js.errors import NotFoundError
from souk.mesh.v1.invariants_pb2 import CheckInvariantsRequest, CheckInvariantsResponse

from mesh.broker import Broker
from mesh.channel import LocalChannel
from mesh.consumer import Consumer
from mesh.database import Database
from mesh.job import Job
from mesh.pipeline import Endpoint
from mesh.principal import acting_as, service_principal
from mesh.statement import in_schema
from mesh.streams import stream_of
from mesh.vitals import Vitals

if TYPE_CHECKING:
    from mesh.service import Parts, ServiceNode

# Of a queue that is longer, more is not of interest, and counting it would cost.
_MOST_COUNTED = 100_000
# All of the invariants are checked each time; so that this takes at most a hundredth of the time, however many facts
# there are, the pause is at least so many times as long as the check.
_CHECK_PAUSES = 100.0
# A reading outlives so many missed ones: of a process that is slow, not of one that is no longer the owner.
_OUTLIVES = 3.0
_QUEUES = """
SELECT (SELECT count(*) FROM (SELECT FROM {schema}.outbox LIMIT :most) o) AS outbox,
  (SELECT extract(epoch FROM now() - occur_time) FROM {schema}.outbox ORDER BY position LIMIT 1) AS age,
  (SELECT count(*) FROM (SELECT FROM {schema}.dead_letter LIMIT :most) d) AS letters,
  (SELECT count(*) FROM (SELECT FROM {schema}.parked_keys LIMIT :most) p) AS parked"""

_OPERATOR = "cli"

Find = Callable[[str], Endpoint | None]
Check = Callable[[], Awaitable[CheckInvariantsResponse]]


class Watch:
    """One service under watch."""

    def __init__(
        self, database: Database, consumers: Sequence[Consumer], broker: Broker, vitals: Vitals, every: float
    ) -> None:
        """`every` is in seconds."""
        self._database = database
        self._consumers = consumers
        self._broker = broker
        self._vitals = vitals
        self._keep = every * _OUTLIVES

    async def run(self) -> None:
        """Read the queues once."""
        await self._read_tables()
        if self._broker.connected:
            client = await self._broker.client()
            for consumer in self._consumers:
                for stream in {stream_of(subject) for subject in consumer.subjects}:
                    with suppress(NotFoundError):
                        await self._read_durable(client, stream, consumer)

    async def _read_tables(self) -> None:
        async with self._database.read() as unit:
            row = await unit.fetch_one(in_schema(self._database.name, _QUEUES), most=_MOST_COUNTED)
        assert row is not None  # noqa: S101  # narrows the type: the statement has one row
        values = {
            "souk.outbox.events": row["outbox"],
            "souk.outbox.age": row["age"] or 0.0,
            "souk.dead_letters": row["letters"],
            "souk.parked_keys": row["parked"],
        }
        for name, value in values.items():
            self._vitals.read(name, float(value), self._keep, service=self._database.name)

    async def _read_durable(self, client: Client, stream: str, consumer: Consumer) -> None:
        info = await client.jsm().consumer_info(stream, consumer.name)
        waiting = (info.num_pending or 0) + (info.num_ack_pending or 0)
        floor = info.ack_floor.stream_seq if info.ack_floor else 0
        subjects = [subject for subject in consumer.subjects if stream_of(subject) == stream]
        age = await _oldest(client, stream, subjects, floor + 1) if waiting else 0.0
        place = {"durable": consumer.name, "stream": stream}
        self._vitals.read("souk.durable.events", waiting, self._keep, **place)
        self._vitals.read("souk.durable.age", age, self._keep, **place)


class InvariantWatch:
    """The invariants of one service under watch."""

    def __init__(self, service: str, check: Check, vitals: Vitals, every: float) -> None:
        """`every` is in seconds; a check that takes long comes more seldom."""
        self._service = service
        self._check = check
        self._vitals = vitals
        self._every = every
        self._due = time.monotonic() + every

    async def run(self) -> None:
        """Check all that the service can decide, where it is time."""
        if time.monotonic() < self._due:
            return
        began = time.monotonic()
        # Put off first: a check that fails is not repeated at once.
        self._due = began + self._every
        response = await self._check()
        seconds = time.monotonic() - began
        pause = max(self._every, seconds * _CHECK_PAUSES)
        self._due = began + pause
        counts: defaultdict[str, int] = defaultdict(int)
        for result in response.results:
            counts[result.invariant] += result.violation_count
        for invariant, count in counts.items():
            self._vitals.read(
                "souk.invariant.violations", count, pause * _OUTLIVES, service=self._service, invariant=invariant
            )
        self._vitals.read("souk.invariant.check.duration", seconds, pause * _OUTLIVES, service=self._service)


def watch_jobs(node: "ServiceNode", parts: "Parts", broker: Broker, vitals: Vitals, find: Find) -> list[Job]:
    """The jobs that watch one service; `find` looks up its own endpoints."""
    settings = node.mesh_settings
    watch = Watch(node.db, parts.consumers, broker, vitals, settings.watch_seconds)
    jobs = [Job(f"{node.name}-watch", settings.watch_seconds, watch.run)]
    path = f"/souk.{node.name}.v1.{node.name.capitalize()}Service/CheckInvariants"
    if find(path) is not None:
        invariants = InvariantWatch(node.name, partial(_check, find, path), vitals, settings.invariant_seconds)
        jobs.append(Job(f"{node.name}-watch-invariants", settings.watch_seconds, invariants.run))
    return jobs


async def _check(find: Find, path: str) -> CheckInvariantsResponse:
    """Ask the service as `souk verify` does, and no more than it may."""
    channel = LocalChannel(_OPERATOR, find, most_running=1)
    method = channel.unary_unary(path, _serialise, CheckInvariantsResponse.FromString)
    with acting_as(service_principal(_OPERATOR)):
        response: CheckInvariantsResponse = await method(CheckInvariantsRequest())
    return response


def _serialise(request: CheckInvariantsRequest) -> bytes:
    return request.SerializeToString()


async def _oldest(client: Client, stream: str, subjects: Sequence[str], begin: int) -> float:
    """The age of the oldest event from a place of the stream on, in seconds."""
    ages = [0.0]
    for subject in subjects:
        with suppress(NotFoundError):
            message = await client.jsm().get_msg(stream, seq=begin, subject=f"{subject}.>", next=True)
            if message.time is not None:
                ages.append((datetime.now(UTC) - message.time).total_seconds())
    return max(ages)
