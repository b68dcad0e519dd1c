"""Relays and consumers under test, and what they have done."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from souk.mesh.v1.envelope_pb2 import AuditRecord, Envelope
from sqlalchemy import text

from mesh.broker import Broker
from mesh.consumer import Consumer
from mesh.database import Database, UnitOfWork
from mesh.intake import Intake
from mesh.locks import Lock
from mesh.relay import Relay
from mesh.statement import Statement, in_schema, statement
from mesh.trace import Tracer


def sql(query: str) -> Statement:
    return statement(text(query))


def held_lock(name: str = "test") -> Lock:
    """A lock that this process holds."""
    lock = Lock(name)
    lock.take()
    return lock


async def publish(database: Database, key: str, *notes: str) -> None:
    """Publish one event for each note, in one commit."""
    async with database.write() as uow:
        for note in notes:
            uow.publish(AuditRecord(resource_id=key, actor=note), key)


class Recorder:
    """A consumer that remembers what it has applied; `fail` decides what it refuses."""

    def __init__(self, database: Database, name: str = "") -> None:
        self.applied: list[tuple[str, str]] = []
        self.attempts: list[str] = []
        self.fail: Callable[[str], Exception | None] = lambda _note: None
        self.pause: Callable[[str], Awaitable[None]] = lambda _note: asyncio.sleep(0)
        subject = f"souk.{database.name}.v1.audit.recorded"
        self.consumer = Consumer(name or f"{database.name}-record", (subject,), self.on_recorded)

    async def on_recorded(self, event: AuditRecord, envelope: Envelope, uow: UnitOfWork) -> None:
        self.attempts.append(event.actor)
        await self.pause(event.actor)
        error = self.fail(event.actor)
        if error is not None:
            raise error
        uow.after_commit(lambda: self.applied.append((envelope.aggregate_id, event.actor)))

    def notes(self, key: str) -> list[str]:
        return [note for applied_key, note in self.applied if applied_key == key]


@asynccontextmanager
async def running(*works: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(work()) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def relaying(database: Database, broker: Broker) -> AsyncIterator[None]:
    async with running(Relay(database, broker, held_lock()).run):
        yield


@asynccontextmanager
async def consuming(recorder: Recorder, database: Database, broker: Broker) -> AsyncIterator[None]:
    intake = Intake(recorder.consumer, database, broker, held_lock(), Tracer("test"), pause=0.001)
    async with running(intake.run):
        yield


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 15.0) -> None:
    """Wait until it holds; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        holds = condition()
        if await holds if not isinstance(holds, bool) else holds:
            return
        assert time.monotonic() < end, "the condition did not come to hold"
        await asyncio.sleep(0.02)


async def count(database: Database, table: str) -> int:
    async with database.read() as unit:
        return int(await unit.fetch_value(in_schema(database.name, f"SELECT count(*) FROM {{schema}}.{table}")))  # noqa: S608


async def letters(database: Database) -> list[tuple[str, str]]:
    """The notes of what is set aside, with their states, in order."""
    async with database.read() as unit:
        query = "SELECT envelope, state FROM {schema}.dead_letter ORDER BY position"
        rows = await unit.fetch(in_schema(database.name, query))
    records = [(Envelope.FromString(row["envelope"]).payload, row["state"]) for row in rows]
    return [(AuditRecord.FromString(payload).actor, state) for payload, state in records]


async def first_event_id(database: Database) -> uuid.UUID:
    async with database.read() as unit:
        query = "SELECT event_id FROM {schema}.dead_letter ORDER BY position LIMIT 1"
        event_id = await unit.fetch_value(in_schema(database.name, query))
    assert isinstance(event_id, uuid.UUID)
    return event_id
