"""The way to a part can be made slow, or cut, and heals by itself."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from mesh.stack.ports import LOOPBACK
from mesh.stack.proxy import Link


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    """A way to a server that sends back what it gets."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1024):
            writer.write(data)
        writer.close()

    async with await asyncio.start_server(echo, LOOPBACK, 0) as server:
        yield Link(server.sockets[0].getsockname()[1])


@pytest.fixture
async def way(link: Link) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection through it."""
    async with await asyncio.start_server(link.serve, LOOPBACK, 0) as server:
        reader, writer = await asyncio.open_connection(LOOPBACK, server.sockets[0].getsockname()[1])
        yield reader, writer
        writer.close()
        await asyncio.sleep(0.05)


async def there_and_back(way: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> float:
    """Seconds that a word takes."""
    reader, writer = way
    began = time.monotonic()
    writer.write(b"word")
    assert await reader.readexactly(4) == b"word"
    return time.monotonic() - began


class TestLink:
    async def test_lets_everything_through(self, way: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        assert await there_and_back(way) < 0.2

    async def test_is_slow_for_a_while(
        self, link: Link, way: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    ) -> None:
        link.slow(0.3, seconds=0.5)
        assert await there_and_back(way) >= 0.3
        await asyncio.sleep(0.4)
        assert await there_and_back(way) < 0.2

    async def test_a_cut_breaks_no_connection(
        self, link: Link, way: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    ) -> None:
        link.cut(seconds=0.5)
        assert await there_and_back(way) >= 0.4
        assert await there_and_back(way) < 0.2

    async def test_nobody_there_closes_the_connection(self) -> None:
        link = Link(1)  # nothing listens there
        async with await asyncio.start_server(link.serve, LOOPBACK, 0) as server:
            reader, writer = await asyncio.open_connection(LOOPBACK, server.sockets[0].getsockname()[1])
            assert await reader.read() == b""
            writer.close()
