"""A schema with the mesh's tables, and a connection to NATS."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from mesh.broker import Broker
from mesh.database import Database
from mesh.keyring import Vault
from mesh.migrations import make_schema
from mesh.pool import Pool
from mesh.retention import keep_partitions
from mesh.tables import mesh_tables, service_metadata

_numbers = itertools.count()
_VAULT = Vault(bytes(32))


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
    database = Database(service, pool, lambda: _VAULT)
    await keep_partitions(database)
    return database
