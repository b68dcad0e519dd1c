"""Answers kept as serialised bytes. A change shows at once; the time to live only bounds what goes wrong."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence

from mesh.cache import Cache
from mesh.ids import new_id

_GENERATION = "lists"
_GENERATION_SECONDS = 3600.0
# A reader that began before a commit may store what it read after the commit: it is forgotten once more.
_SECOND_LOOK_SECONDS = 2.0
_KEYS_AT_ONCE = 500


class Pages:
    """Product pages by id, ids by slug, and lists by everything that they were asked with."""

    def __init__(self, cache: Cache, product_seconds: float, list_seconds: float) -> None:
        self._cache = cache
        self._product_seconds = product_seconds
        self._list_seconds = list_seconds
        self._running: set[asyncio.Task[None]] = set()

    async def product(self, product_id: uuid.UUID, load: Callable[[], Awaitable[bytes]]) -> bytes:
        return await self._cache.get_or_load(f"product:{product_id}", self._product_seconds, load)

    async def id_of_slug(self, slug: str, load: Callable[[], Awaitable[bytes]]) -> uuid.UUID:
        return uuid.UUID(bytes=await self._cache.get_or_load(f"slug:{slug}", self._product_seconds, load))

    async def listing(self, key: bytes, load: Callable[[], Awaitable[bytes]]) -> bytes:
        """A list under the present generation: when anything that lists show changes, a new one begins."""
        generation = await self._cache.get_or_load(_GENERATION, _GENERATION_SECONDS, _new_generation)
        return await self._cache.get_or_load(f"list:{generation.hex()}:{key.hex()}", self._list_seconds, load)

    async def forget_now(self, product_ids: Iterable[uuid.UUID], slugs: Sequence[str] = ()) -> None:
        """Forget product pages and all lists before this returns: for the answer of who made the change."""
        keys = _keys(product_ids, slugs)
        await self._delete([*keys, _GENERATION])
        self._spawn(self._look_again(keys))

    def forget(self, product_ids: Iterable[uuid.UUID], *, lists: bool = True) -> None:
        """Forget product pages, and all lists unless nothing changed that they show, soon."""
        self._spawn(self._forget(_keys(product_ids, ()), lists=lists))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        # The loop itself keeps no more than a weak reference to a task.
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _forget(self, keys: Sequence[str], *, lists: bool) -> None:
        await self._delete([*keys, _GENERATION] if lists else keys)
        await self._look_again(keys)

    async def _look_again(self, keys: Sequence[str]) -> None:
        await asyncio.sleep(_SECOND_LOOK_SECONDS)
        await self._delete(keys)

    async def _delete(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            await self._cache.delete(*keys[start : start + _KEYS_AT_ONCE])


def _keys(product_ids: Iterable[uuid.UUID], slugs: Sequence[str]) -> list[str]:
    return [f"product:{product_id}" for product_id in product_ids] + [f"slug:{slug}" for slug in slugs]


async def _new_generation() -> bytes:
    return new_id().bytes
