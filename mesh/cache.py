"""Redis as a cache of serialised messages: everything works without it, slower."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

from mesh.near import Near
from mesh.redisline import RedisLine

T = TypeVar("T")
_FAILURES = (RedisError, OSError, TimeoutError)
_LISTEN_SECONDS = 5.0
_LISTEN_AGAIN_SECONDS = 1.0
_CANCEL_AGAIN_SECONDS = 0.5
_log = logging.getLogger(__name__)


class Breaker:
    """Closed until `limit` failures in a row; then open for `pause` seconds, after which one attempt decides."""

    def __init__(self, limit: int = 3, pause: float = 2.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Start closed."""
        self._limit = limit
        self._pause = pause
        self._clock = clock
        self._failures = 0
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether nothing should be tried now."""
        return self._failures >= self._limit and self._clock() < self._open_until

    def succeeded(self) -> None:
        """Close."""
        self._failures = 0

    def failed(self) -> None:
        """Count a failure; the one that opens it, and each one after its pause, opens it for another pause."""
        self._failures += 1
        self._open_until = self._clock() + self._pause


class Cache:
    """Bytes by key with a time to live; single flight on a miss, and every failure of Redis is a miss.

    What was read a moment ago is kept in the process too, as long as other processes can tell what they delete.
    """

    def __init__(self, url: str, prefix: str = "", *, patience: float = 0.25, breaker: Breaker | None = None) -> None:
        """Keep keys under `prefix`; an empty `url` means no Redis. An operation takes at most `patience` seconds."""
        self._prefix = prefix
        self._line: RedisLine | None = None
        if url:
            self._line = RedisLine(url, patience)
            # Hears what others delete; everything else goes by the line.
            self._ear = Redis.from_url(
                url, socket_timeout=patience, socket_connect_timeout=patience, protocol=2, retry=None
            )
        self._channel = f"{prefix}changed".encode()
        self._near = Near()
        self._listener: asyncio.Task[None] | None = None
        self._breaker = breaker or Breaker()
        self._flights: dict[str, asyncio.Future[bytes]] = {}

    async def _try(self, operation: Callable[[RedisLine], Awaitable[T]], otherwise: T) -> T:
        if self._line is None or self._breaker.is_open:
            return otherwise
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen(self._ear))
        try:
            result = await operation(self._line)
        except _FAILURES as error:
            self._breaker.failed()
            _log.warning("Redis does not answer: %s", type(error).__name__)
            return otherwise
        self._breaker.succeeded()
        return result

    async def get_or_load(self, key: str, ttl: float, load: Callable[[], Awaitable[bytes]]) -> bytes:
        """The bytes under `key`, or what `load` gives, kept for `ttl` seconds. Calls at once share one load."""
        near = self._near.get(key)
        if near is not None:
            return near
        changes = self._near.changes
        found = await self.get_many([key])
        if key in found:
            self._near.put(key, found[key], ttl, changes)
            return found[key]
        flight = self._flights.get(key)
        if flight is not None:
            return await asyncio.shield(flight)
        flight = asyncio.ensure_future(self._load(key, ttl, load, changes))
        self._flights[key] = flight
        flight.add_done_callback(lambda _: self._flights.pop(key, None))
        # The others still wait for it when the first caller gives up.
        return await asyncio.shield(flight)

    async def _load(self, key: str, ttl: float, load: Callable[[], Awaitable[bytes]], changes: int) -> bytes:
        value = await load()
        await self.set_many({key: value}, ttl)
        self._near.put(key, value, ttl, changes)
        return value

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The bytes of those keys that are there."""
        if not keys:
            return {}
        names = [self._name(key) for key in keys]
        values: Sequence[Any] = await self._try(lambda line: line.ask(b"MGET", *names), [])
        return {key: value for key, value in zip(keys, values, strict=False) if value is not None}

    async def set_many(self, entries: Mapping[str, bytes], ttl: float) -> None:
        """Keep each entry for `ttl` seconds."""
        if not entries:
            return

        milliseconds = b"%d" % max(1, int(ttl * 1000))

        async def write(line: RedisLine) -> None:
            await asyncio.gather(
                *(line.ask(b"SET", self._name(key), value, b"PX", milliseconds) for key, value in entries.items())
            )

        await self._try(write, None)

    async def delete(self, *keys: str) -> None:
        """Forget the keys. Where Redis is away they stay until their time is over."""
        if not keys:
            return
        self._near.drop(keys)

        async def forget(line: RedisLine) -> None:
            await line.ask(b"DEL", *map(self._name, keys))
            await line.ask(b"PUBLISH", self._channel, "\n".join(keys).encode())

        await self._try(forget, None)

    def _name(self, key: str) -> bytes:
        return (self._prefix + key).encode()

    async def _listen(self, redis: Redis) -> None:
        """Hear what other processes delete, for as long as the process lives."""
        while True:
            try:
                async with redis.pubsub() as pubsub:
                    await pubsub.subscribe(self._channel)
                    while True:
                        message = await pubsub.get_message(timeout=_LISTEN_SECONDS)
                        if message is None:
                            # Silence may mean a lost connection.
                            await pubsub.ping()
                        elif message["type"] == "subscribe":
                            self._near.listen()
                        elif message["type"] == "message":
                            self._near.drop(message["data"].decode().split("\n"))
            except _FAILURES as error:
                _log.debug("Redis tells nothing: %s", type(error).__name__)
            finally:
                self._near.go_deaf()
            await asyncio.sleep(_LISTEN_AGAIN_SECONDS)

    async def close(self) -> None:
        """Close the connections."""
        while self._listener is not None and not self._listener.done():
            # Again where it was swallowed: what is cancelled while it connects may not notice.
            self._listener.cancel()
            await asyncio.wait({self._listener}, timeout=_CANCEL_AGAIN_SECONDS)
        if self._line is not None:
            await self._line.close()
            await self._ear.aclose()
