"""One service with the mesh's tables alone, on real stores."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from mesh.broker import Broker
from mesh.database import Database
from mesh.migrations import make_schema
from mesh.pool import Pool
from mesh.retention import keep_partitions
from mesh.tables import mesh_tables, service_metadata
from tests.stores import Stores

_numbers = itertools.count()


@pytest.fixture
async def pool(stores: Stores) -> AsyncIterator[Pool]:
    """The connections of one process."""
    pool = Pool(stores.postgres_url)
    yield pool
    await pool.close()


@pytest.fixture
async def database(pool: Pool) -> Database:
    """A schema and a role of the test's own."""
    return await make_database(pool)


@pytest.fixture
async def broker(stores: Stores) -> AsyncIterator[Broker]:
    """The connection to NATS of one process."""
    async with running_broker(stores.nats_url) as broker:
        yield broker


@asynccontextmanager
async def running_broker(url: str) -> AsyncIterator[Broker]:
    broker = Broker(url)
    broker.start()
    try:
        yield broker
    finally:
        await broker.close()


async def make_database(pool: Pool) -> Database:
    service = f"test{next(_numbers)}"
    connection = await asyncpg.connect(pool.url)
    try:
        await make_schema(connection, service)
        for table in mesh_tables(service_metadata(service)):
            await connection.execute(str(CreateTable(table).compile(dialect=postgresql.dialect())))
            for index in table.indexes:
                await connection.execute(str(CreateIndex(index).compile(dialect=postgresql.dialect())))
    finally:
        await connection.close()
    database = Database(service, pool)
    await keep_partitions(database)
    return database
