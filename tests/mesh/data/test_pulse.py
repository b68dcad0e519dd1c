"""A database behind a cut cable: nothing breaks and nothing answers, and still nobody waits."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest

from mesh.errors import Unavailable
from mesh.pool import Pool, failures_typed
from mesh.pulse import Pulse
from mesh.stack.ports import LOOPBACK
from mesh.stack.proxy import Link
from tests.stores import Stores

FELT = {"every": 0.1, "patience": 0.1}


@asynccontextmanager
async def cable(stores: Stores) -> AsyncIterator[tuple[Link, Pool]]:
    """A pool whose database is at the other end of it, and whose pulse is felt."""
    url = urlsplit(stores.postgres_url)
    link = Link(url.port or 0)
    carried: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carried.add(asyncio.ensure_future(link.serve(reader, writer)))

    server = await asyncio.start_server(carry, LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    pool = Pool(urlunsplit(url._replace(netloc=url.netloc.replace(f":{url.port}", f":{port}"))))
    pulse = asyncio.create_task(Pulse(pool, **FELT).run())
    try:
        yield link, pool
    finally:
        link.slow(0, 0)
        pulse.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pulse
        await pool.close()
        server.close()
        await asyncio.wait_for(asyncio.gather(*carried), 10)
        await asyncio.sleep(0.05)  # what was closed by either end is taken down by the loop


async def refused(pool: Pool) -> None:
    with pytest.raises(Unavailable):
        await pool.acquire()


async def until_it_answers(pool: Pool) -> None:
    async with asyncio.timeout(5):
        while True:
            with contextlib.suppress(Unavailable):
                connection = await pool.acquire()
                with failures_typed:
                    assert await connection.session.fetchval("SELECT 1") == 1
                await pool.release(connection)
                return
            await asyncio.sleep(0.02)


class TestPulse:
    async def test_what_waits_for_an_answer_is_told_soon(self, stores: Stores) -> None:
        async with cable(stores) as (link, pool):
            connection = await pool.acquire()
            link.cut(30)
            began = time.monotonic()
            with pytest.raises(Unavailable), failures_typed:
                await connection.session.execute("SELECT 1")
            assert time.monotonic() - began < 1.5
            await pool.release(connection)

    async def test_what_asks_later_is_refused_at_once_until_it_answers_again(self, stores: Stores) -> None:
        async with cable(stores) as (link, pool):
            await until_it_answers(pool)
            link.cut(1)
            await asyncio.sleep(0.7)
            began = time.monotonic()
            await refused(pool)
            assert time.monotonic() - began < 0.1
            await until_it_answers(pool)

    async def test_a_statement_that_takes_its_time_is_left_alone(self, stores: Stores) -> None:
        async with cable(stores) as (_, pool):
            connection = await pool.acquire()
            await connection.session.execute("SELECT pg_sleep(0.8)")
            await pool.release(connection)
