"""What the mesh's own tables keep and for how long: partitions made ahead and dropped, old rows deleted."""

from datetime import UTC, date, datetime, timedelta

import asyncpg

from mesh.database import Database
from mesh.pool import failures_typed
from mesh.statement import in_schema

LOG_DAYS = 7
_AHEAD_DAYS = 3
_INBOX_DAYS = 15
_KEY_DAYS = 7
_PREFIX = "outbox_log_"
_PARTITIONS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = to_regclass($1) AND c.relname LIKE 'outbox_log_%'"""
_OLD_INBOX = "DELETE FROM {schema}.inbox WHERE process_time < now() - make_interval(days => :days)"
_OLD_KEYS = "DELETE FROM {schema}.idempotency_keys WHERE create_time < now() - make_interval(days => :days)"


async def keep_partitions(database: Database) -> None:
    """Make the partitions of the outbox's log from yesterday to some days ahead, and drop those that are too old.

    Works as the login role, which owns the tables.
    """
    connection = await database.pool.acquire()
    try:
        with failures_typed:
            async with connection.session.transaction():
                await _keep_partitions(connection.session, database.name)
    finally:
        await database.pool.release(connection)


async def _keep_partitions(session: asyncpg.Connection, service: str) -> None:
    today = datetime.now(UTC).date()
    wanted = {_PREFIX + f"{day:%Y%m%d}": day for day in _days(today - timedelta(days=1), _AHEAD_DAYS + 2)}
    oldest = _PREFIX + f"{today - timedelta(days=LOG_DAYS):%Y%m%d}"
    # The relay and the clean-up job of several processes make the same partitions: one after the other.
    await session.execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"{service}.outbox_log")
    present = {row["relname"] for row in await session.fetch(_PARTITIONS, f'"{service}".outbox_log')}
    for name in sorted(wanted.keys() - present):
        await session.execute(_create(service, name, wanted[name]))
    for name in sorted(name for name in present if name < oldest):
        await session.execute(f'DROP TABLE IF EXISTS "{service}".{name}')


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


def _create(service: str, name: str, day: date) -> str:
    return (
        f'CREATE TABLE IF NOT EXISTS "{service}".{name} PARTITION OF "{service}".outbox_log'
        f" FOR VALUES FROM ('{day}T00:00:00Z') TO ('{day + timedelta(days=1)}T00:00:00Z')"
    )


async def clean(database: Database) -> None:
    """Do what is due on one service's tables of the mesh."""
    await keep_partitions(database)
    async with database.write() as uow:
        await uow.execute(in_schema(database.name, _OLD_INBOX), days=_INBOX_DAYS)
    async with database.write() as uow:
        await uow.execute(in_schema(database.name, _OLD_KEYS), days=_KEY_DAYS)
