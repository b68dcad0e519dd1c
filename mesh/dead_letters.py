"""Events that a consumer could not apply, and those that wait behind one with the same key, in order."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mesh.database import Database, Record, UnitOfWork
from mesh.outbox import to_envelope
from mesh.statement import in_schema
from mesh.tables import DEAD

_BURY = """
INSERT INTO {schema}.dead_letter (durable, event_id, subject, type, key, state, attempt_count, reason, detail, envelope)
VALUES (:durable, :event_id, :subject, :type, :key, :state, :attempt_count, :reason, :detail, :envelope)
ON CONFLICT (durable, event_id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
detail = excluded.detail, attempt_count = dead_letter.attempt_count + excluded.attempt_count, update_time = now()"""
_PARK = "INSERT INTO {schema}.parked_keys (durable, key) VALUES (:durable, :key) ON CONFLICT DO NOTHING"
_LIST = """
SELECT durable, event_id, type, key, state, attempt_count, reason, detail, create_time, update_time
FROM {schema}.dead_letter ORDER BY position LIMIT :count"""
_SHOW = "SELECT * FROM {schema}.dead_letter WHERE event_id = :event_id ORDER BY position"
_RETRY = """
UPDATE {schema}.dead_letter d SET state = 'RETRY', update_time = now() FROM {schema}.dead_letter named
WHERE named.event_id = :event_id AND d.durable = named.durable AND d.key = named.key"""
_WAITING = "SELECT DISTINCT key FROM {schema}.dead_letter WHERE durable = :durable AND state = 'RETRY'"
_OF_KEY = """
SELECT position, event_id, subject, envelope FROM {schema}.dead_letter
WHERE durable = :durable AND key = :key ORDER BY position"""
_LOCK_KEY = "SELECT key FROM {schema}.parked_keys WHERE durable = :durable AND key = :key FOR UPDATE"
_REMOVE = "DELETE FROM {schema}.dead_letter WHERE durable = :durable AND event_id = :event_id"
_UNPARK = """
DELETE FROM {schema}.parked_keys p WHERE durable = :durable AND key = :key
AND NOT EXISTS (SELECT FROM {schema}.dead_letter d WHERE d.durable = p.durable AND d.key = p.key)"""


class Letter(NamedTuple):
    """One event that is set aside."""

    durable: str
    event_id: uuid.UUID
    subject: str
    type: str
    key: str
    attempt_count: int
    reason: str
    detail: str
    envelope: bytes


def letter_of(durable: str, row: Mapping[str, Any]) -> Letter:
    """The letter of an outbox row that cannot be published."""
    return Letter(
        durable=durable,
        event_id=row["event_id"],
        subject=row["subject"],
        type=row["type"],
        key=row["aggregate_id"],
        attempt_count=1,
        reason="EVENT_TOO_LARGE",
        detail=f"{len(row['payload'])} bytes",
        envelope=to_envelope(row).SerializeToString(),
    )


async def bury(uow: UnitOfWork, letter: Letter, state: str) -> None:
    """Set an event aside; where it is DEAD, its key is parked with it."""
    await uow.execute(in_schema(uow.service, _BURY), **letter._asdict(), state=state)
    if state == DEAD:
        await uow.execute(in_schema(uow.service, _PARK), durable=letter.durable, key=letter.key)


async def list_letters(database: Database, count: int = 1000) -> Sequence[Record]:
    """What is set aside in one service, the oldest first."""
    async with database.read() as unit:
        return await unit.fetch(in_schema(database.name, _LIST), count=count)


async def show_letter(database: Database, event_id: uuid.UUID) -> Sequence[Record]:
    """Everything about one event, once for each durable that set it aside."""
    async with database.read() as unit:
        return await unit.fetch(in_schema(database.name, _SHOW), event_id=event_id)


async def request_retry(database: Database, event_id: uuid.UUID) -> int:
    """Ask for another try of an event and of all that wait behind its key; return how many these are."""
    async with database.write() as uow:
        return await uow.execute(in_schema(database.name, _RETRY), event_id=event_id)


async def keys_to_retry(database: Database, durable: str) -> list[str]:
    """The keys of a durable whose events somebody asked to try again."""
    async with database.read() as unit:
        rows = await unit.fetch(in_schema(database.name, _WAITING), durable=durable)
    return [row["key"] for row in rows]


async def letters_of_key(database: Database, durable: str, key: str) -> Sequence[Record]:
    """What is set aside under one key, in order."""
    async with database.read() as unit:
        return await unit.fetch(in_schema(database.name, _OF_KEY), durable=durable, key=key)


async def remove(uow: UnitOfWork, durable: str, key: str, event_id: uuid.UUID) -> None:
    """Forget a letter that was applied; its key is free again once nothing waits behind it.

    The key's lock keeps an event that arrives just now from being parked behind a key that is free.
    """
    await uow.fetch_value(in_schema(uow.service, _LOCK_KEY), durable=durable, key=key)
    await uow.execute(in_schema(uow.service, _REMOVE), durable=durable, event_id=event_id)
    await uow.execute(in_schema(uow.service, _UNPARK), durable=durable, key=key)
