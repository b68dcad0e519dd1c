"""Some services in this process on a real PostgreSQL, called through their generated stubs as a person or nobody."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import nats
from souk.mesh.v1.projection_service_pb2 import RebuildProjectionRequest
from souk.mesh.v1.projection_service_pb2_grpc import ProjectionServiceStub

from mesh.channel import LocalChannel
from mesh.database import UnitOfWork
from mesh.migrations import upgrade_all
from mesh.node import Node
from mesh.principal import acting_as, service_principal
from mesh.projection import Projection
from mesh.serve import load_service
from mesh.service import Service
from mesh.stack.home import Home
from mesh.stack.keys import make_keys
from tests.stores import Stores


class Market:
    """The node under test."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def stub(self, stub_class: Callable[..., Any], caller: str = "test") -> Any:
        """A stub whose calls act as the principal of the present context, through the service `caller`."""
        return stub_class(LocalChannel(caller, self.node.find, most_running=100))

    @asynccontextmanager
    async def unit(self, service: str) -> AsyncIterator[UnitOfWork]:
        """A unit of work of a service, committed where the block ends well."""
        async with self.node.nodes[service].db.write() as unit:
            yield unit

    async def rebuild(self, service: str, name: str) -> int:
        """Make a copy anew as `souk rebuild` does, and return how much of it was behind."""
        stub = self.stub(ProjectionServiceStub, "cli")
        request, behind = RebuildProjectionRequest(service=service, name=name), 0
        with acting_as(service_principal("cli")):
            while True:
                page = await stub.RebuildProjection(request)
                behind += page.behind_count
                request.page_token = page.next_page_token
                if not page.next_page_token:
                    return behind

    def projection(self, service: str, name: str) -> Projection:
        """A copy of a service, to be read and written one after the other."""
        return next(each for each in self.node.parts[service].projections if each.name == name)

    async def rows(self, query: str) -> list[asyncpg.Record]:
        """What a query of the test's own finds."""
        connection = await asyncpg.connect(self.node.settings.postgres_url)
        try:
            rows: list[asyncpg.Record] = await connection.fetch(query)
            return rows
        finally:
            await connection.close()

    async def events(self, service: str) -> list[str]:
        """The types of the events that a service has written, in order, published or not."""
        query = " UNION ALL ".join(
            f'SELECT position, type FROM "{service}".{table}'  # noqa: S608  # a test's own name
            for table in ("outbox", "outbox_log")
        )
        return [row["type"].rpartition(".")[2] for row in await self.rows(f"{query} ORDER BY position")]


@asynccontextmanager
async def running_market(
    stores: Stores, home: Path, services: Sequence[str], *, beside: Sequence[Service] = (), **settings: str
) -> AsyncIterator[Market]:
    """Host `services` on their schemas, emptied, and `beside` them services without a schema."""
    url = stores.postgres_url
    await upgrade_all(url, services)
    await _empty(url, services)
    if "SOUK_NATS_URL" in settings:
        await _forget_events(settings["SOUK_NATS_URL"])
    make_keys(_prepared(home))
    environ = {"SOUK_POSTGRES_URL": url, "SOUK_HOME": str(home), **settings}
    node = Node([*map(load_service, services), *beside], environ)
    await node.start(None)
    try:
        yield Market(node)
    finally:
        await node.stop()


def _prepared(path: Path) -> Home:
    home = Home(path)
    home.prepare()
    return home


async def _forget_events(nats_url: str) -> None:
    """Empty the streams that earlier tests left: their events name things that are gone."""
    client = await nats.connect(nats_url)
    try:
        jetstream = client.jetstream()
        for stream in await jetstream.streams_info():
            await jetstream.purge_stream(stream.config.name or "")
    finally:
        await client.close()


async def _empty(postgres_url: str, services: Sequence[str]) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        query = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = ANY($1)"
        rows = await connection.fetch(f"{query} AND tablename <> 'alembic_version'", list(services))
        await connection.execute(f"TRUNCATE {', '.join(row[0] for row in rows)}")
    finally:
        await connection.close()
