"""The cache on a real Redis, and without one."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from mesh.cache import Breaker, Cache
from mesh.near import Near
from mesh.stack.home import Home
from mesh.stack.part import Part
from mesh.stack.ports import Ports
from mesh.stack.redis import PORT
from mesh.stack.redis import Redis as EmbeddedRedis
from tests.mesh.data.events import until
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
def prefix() -> str:
    return f"{uuid.uuid4()}:"


@pytest.fixture
async def cache(stores: Stores, prefix: str) -> AsyncIterator[Cache]:
    cache = Cache(stores.redis_url, prefix)
    yield cache
    await cache.close()


@pytest.fixture
async def other(stores: Stores, prefix: str) -> AsyncIterator[Cache]:
    """The same cache as another process has it."""
    cache = Cache(stores.redis_url, prefix)
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


class TestNearCache:
    async def test_asks_redis_no_second_time(self, cache: Cache, stores: Stores) -> None:
        await _warm(cache)
        async with Redis.from_url(stores.redis_url) as redis:
            before = (await redis.info("commandstats"))["cmdstat_mget"]["calls"]
            for _ in range(100):
                assert await cache.get_or_load("a", 10, Source().load) == b"old"
            assert (await redis.info("commandstats"))["cmdstat_mget"]["calls"] == before

    async def test_hears_what_another_process_deletes(self, cache: Cache, other: Cache) -> None:
        for _ in range(3):
            await _warm(cache)
            await asyncio.sleep(0.6)  # longer than an operation may take: silence is no failure
            await _warm(cache)
            await other.delete("a")
            await until(lambda: _loads(cache, b"value 1"), seconds=0.5)
            await cache.delete("a")

    async def test_forgets_everything_when_redis_goes(self, tmp_path: Path, stores: Stores) -> None:  # noqa: ARG002
        async with _own_redis(tmp_path) as (part, url):
            cache = Cache(url)
            await _warm(cache)
            await part.stop()
            await until(lambda: _loads(cache, b"value 1"), seconds=1)
            await part.start()
            await until(lambda: _is_near(cache), seconds=10)
            await cache.close()

    def test_skips_a_value_that_may_be_the_one_before_a_change(self) -> None:
        near = Near()
        near.listen()
        changes = near.changes
        near.drop(["a"])
        near.put("a", b"old", 10, changes)
        assert near.get("a") is None

    def test_keeps_nothing_while_nobody_tells(self) -> None:
        near = Near()
        near.put("a", b"old", 10, near.changes)
        assert near.get("a") is None


async def _warm(cache: Cache) -> None:
    """Have the old value in the process."""

    async def load() -> bytes:
        return b"old"

    for _ in range(20):
        await cache.get_or_load("a", 10, load)
        await asyncio.sleep(0.01)


async def _loads(cache: Cache, expected: bytes) -> bool:
    return await cache.get_or_load("a", 10, Source().load) == expected


async def _is_near(cache: Cache) -> bool:
    await _warm(cache)
    return cache._near.get("a") is not None


@asynccontextmanager
async def _own_redis(folder: Path) -> AsyncIterator[tuple[Part, str]]:
    home = Home(folder / "home")
    home.prepare()
    redis = EmbeddedRedis(home, Ports(private=True).usual(PORT))
    part = Part(redis.component(), home, lambda _text: None, lambda: None)
    await part.start()
    yield part, redis.url
    await part.stop()


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
