"""Histories of migrations, and what the mesh's tables keep."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from mesh.database import Database
from mesh.migrations import StoreVersionError, check_migrations, migrated_services, upgrade_all
from mesh.outbox import OutboxEvent
from mesh.retention import keep_partitions
from mesh.statement import in_schema
from mesh.tables import mesh_tables, service_metadata
from tests.stores import Stores

SERVICE = "inventory"


class TestUpgradeAll:
    async def test_brings_every_service_to_its_newest_migration_once(self, stores: Stores) -> None:
        await upgrade_all(stores.postgres_url, migrated_services())
        assert await upgrade_all(stores.postgres_url, migrated_services()) == []

    async def test_makes_what_the_tables_of_each_service_say(self, stores: Stores) -> None:
        await check_migrations(stores.postgres_url, migrated_services())

    async def test_refuses_a_store_of_another_version_and_leaves_it_as_it_is(self, stores: Stores) -> None:
        await upgrade_all(stores.postgres_url, [SERVICE])
        connection = await asyncpg.connect(stores.postgres_url)
        try:
            known = await connection.fetchval("SELECT version_num FROM inventory.alembic_version")
            await connection.execute("UPDATE inventory.alembic_version SET version_num = '9999'")
            with pytest.raises(StoreVersionError, match="made by another version"):
                await upgrade_all(stores.postgres_url, [SERVICE])
            assert await connection.fetchval("SELECT version_num FROM inventory.alembic_version") == "9999"
            await connection.execute("UPDATE inventory.alembic_version SET version_num = $1", known)
        finally:
            await connection.close()

    async def test_makes_the_tables_of_the_mesh_as_they_are_declared(self, stores: Stores) -> None:
        await upgrade_all(stores.postgres_url, [SERVICE])
        connection = await asyncpg.connect(stores.postgres_url)
        try:
            rows = await connection.fetch(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = $1", SERVICE
            )
        finally:
            await connection.close()
        present = {(row["table_name"], row["column_name"]) for row in rows}
        for table in mesh_tables(service_metadata(SERVICE)):
            assert {(table.name, column.name) for column in table.columns} <= present


class TestKeepPartitions:
    async def test_makes_them_ahead_and_drops_those_after_seven_days(self, database: Database) -> None:
        today = datetime.now(UTC).date()
        old, kept = today - timedelta(days=9), today - timedelta(days=6)
        for day in (old, kept):
            await _make_partition(database, day)
        await keep_partitions(database)
        days = await _partitions(database)
        assert f"outbox_log_{old:%Y%m%d}" not in days
        for number in range(-1, 4):
            assert f"outbox_log_{today + timedelta(days=number):%Y%m%d}" in days
        assert f"outbox_log_{kept:%Y%m%d}" in days


async def _make_partition(database: Database, day: date) -> None:
    connection = await asyncpg.connect(database.pool.url)
    try:
        await connection.execute(
            f'CREATE TABLE "{database.name}".outbox_log_{day:%Y%m%d} PARTITION OF "{database.name}".outbox_log'
            f" FOR VALUES FROM ('{day}T00:00:00Z') TO ('{day + timedelta(days=1)}T00:00:00Z')"
        )
    finally:
        await connection.close()


async def _partitions(database: Database) -> set[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = :schema AND tablename LIKE 'outbox_log_%'"
    async with database.read() as unit:
        return {row["tablename"] for row in await unit.fetch(in_schema(database.name, query), schema=database.name)}


def test_the_outbox_and_its_log_hold_the_same_event() -> None:
    tables = service_metadata("test").tables
    for name in ("test.outbox", "test.outbox_log"):
        assert set(OutboxEvent._fields) <= set(tables[name].columns.keys())
