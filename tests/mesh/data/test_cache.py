"""The cache on a real Redis, and without one."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator

import pytest

from mesh.cache import Breaker, Cache
from tests.stores import Stores


class Source:
    """What is behind the cache; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def load(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0.02)
        return b"value %d" % self.asked


@pytest.fixture
async def cache(stores: Stores) -> AsyncIterator[Cache]:
    cache = Cache(stores.redis_url, prefix=f"{uuid.uuid4()}:")
    yield cache
    await cache.close()


class TestCache:
    async def test_asks_the_source_once(self, cache: Cache) -> None:
        source = Source()
        assert await cache.get_or_load("a", 10, source.load) == b"value 1"
        assert await cache.get_or_load("a", 10, source.load) == b"value 1"
        assert source.asked == 1

    async def test_calls_at_once_share_one_load(self, cache: Cache) -> None:
        source = Source()
        values = await asyncio.gather(*(cache.get_or_load("a", 10, source.load) for _ in range(50)))
        assert set(values) == {b"value 1"}

    async def test_a_caller_that_gives_up_takes_nobody_with_it(self, cache: Cache) -> None:
        source = Source()
        first = asyncio.create_task(cache.get_or_load("a", 10, source.load))
        second = asyncio.create_task(cache.get_or_load("a", 10, source.load))
        await asyncio.sleep(0.01)
        first.cancel()
        assert await second == b"value 1"

    async def test_a_failed_load_is_not_kept(self, cache: Cache) -> None:
        async def fail() -> bytes:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await cache.get_or_load("a", 10, fail)
        assert await cache.get_or_load("a", 10, Source().load) == b"value 1"

    async def test_forgets_what_is_deleted(self, cache: Cache) -> None:
        source = Source()
        await cache.get_or_load("a", 10, source.load)
        await cache.delete("a")
        assert await cache.get_or_load("a", 10, source.load) == b"value 2"

    async def test_forgets_after_its_time(self, cache: Cache) -> None:
        source = Source()
        await cache.get_or_load("a", 0.02, source.load)
        await asyncio.sleep(0.05)
        assert await cache.get_or_load("a", 10, source.load) == b"value 2"

    async def test_gets_many_at_once(self, cache: Cache) -> None:
        await cache.set_many({"a": b"1", "b": b"2"}, 10)
        assert await cache.get_many(["a", "c", "b"]) == {"a": b"1", "b": b"2"}


class TestWithoutRedis:
    async def test_falls_through_at_once(self, stores: Stores) -> None:  # noqa: ARG002  # lets the loopback through
        cache = Cache("redis://127.0.0.1:1/0")
        source = Source()
        began = time.monotonic()
        for number in range(1, 20):
            assert await cache.get_or_load("a", 10, source.load) == b"value %d" % number
        await cache.delete("a")
        assert time.monotonic() - began < 2
        await cache.close()

    async def test_needs_none(self) -> None:
        assert await Cache("").get_or_load("a", 10, Source().load) == b"value 1"


class TestBreaker:
    def test_opens_after_failures_in_a_row_and_tries_again_after_its_pause(self) -> None:
        now = 0.0
        breaker = Breaker(limit=2, pause=5, clock=lambda: now)
        breaker.failed()
        assert not breaker.is_open
        breaker.failed()
        assert breaker.is_open
        now = 5.0
        assert not breaker.is_open
        breaker.failed()
        assert breaker.is_open
        now = 10.0
        breaker.succeeded()
        breaker.failed()
        assert not breaker.is_open
