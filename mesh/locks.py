"""Who does what only one process may do at a time: advisory locks, all held by one session of each process and server.

A lock is lost with its session. What runs under it is then cancelled; what it had begun is made harmless by the inbox
(an effect counts once) and by the stream (a message id counts once), so that a late owner is fenced off.
"""

import asyncio
import hashlib
import logging
import random
from collections.abc import Awaitable, Callable

import asyncpg

from mesh.errors import SoukError
from mesh.pool import Pool

_log = logging.getLogger(__name__)

_TICK_SECONDS = 1.0
_FIRST_TICKS_SECONDS = 0.1
_LONGEST_PAUSE = 5.0
_ANSWER_SECONDS = 10.0
_CANCEL_AGAIN_SECONDS = 3.0
# A process that was stopped loses its locks after this time: PostgreSQL ends the session.
_IDLE_SESSION_MS = 20_000
_TRY = "SELECT key FROM unnest($1::bigint[]) AS key WHERE pg_try_advisory_lock(key)"
_JOIN = "SELECT pg_advisory_lock_shared($1)"
_RELEASE = "SELECT pg_advisory_unlock(key) FROM unnest($1::bigint[]) AS key"
_MEMBERS = """
SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database AND d.datname = current_database()
WHERE locktype = 'advisory' AND mode = 'ShareLock' AND objsubid = 1 AND classid::bigint << 32 | objid::bigint = $1"""


def lock_key(name: str) -> int:
    """The number that stands for a name among PostgreSQL's advisory locks."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


class Lock:
    """One thing that at most one process does."""

    def __init__(self, name: str) -> None:
        """Not held yet."""
        self.name = name
        self.key = lock_key(name)
        self._held = asyncio.Event()
        self._lost = asyncio.Event()
        self._idle = True
        self._lost.set()

    @property
    def held(self) -> bool:
        """Whether this process is the owner."""
        return self._held.is_set()

    def take(self) -> None:
        """Become the owner."""
        self._lost.clear()
        self._held.set()

    def lose(self) -> None:
        """Cease to be the owner."""
        self._held.clear()
        self._lost.set()

    @property
    def idle(self) -> bool:
        """Whether nothing runs under it."""
        return self._idle

    async def hold(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` whenever this process is the owner, and cancel it when it ceases to be. Ends by cancellation."""
        while True:
            await self._held.wait()
            self._idle = False
            try:
                await self._run_while_held(work)
            finally:
                self._idle = True

    async def _run_while_held(self, work: Callable[[], Awaitable[None]]) -> None:
        running = asyncio.ensure_future(work())
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({running, lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
            # More than once: before Python 3.12 `asyncio.wait_for` may swallow a cancellation.
            while not running.done():
                running.cancel()
                await asyncio.wait({running}, timeout=_CANCEL_AGAIN_SECONDS)
        if not running.cancelled():
            running.result()


class Locks:
    """Takes the locks that this process wants, no more than its share, and keeps them."""

    def __init__(self, pool: Pool) -> None:
        """Nothing is taken before `run`."""
        self._pool = pool
        self._locks: list[Lock] = []
        # Given up here, but still at work on what had begun.
        self._leaving: set[Lock] = set()

    def lock(self, name: str) -> Lock:
        """Ask for one more lock."""
        lock = Lock(name)
        self._locks.append(lock)
        return lock

    async def run(self) -> None:
        """Take and keep the locks until cancelled, whatever becomes of the server in between."""
        pause = _FIRST_TICKS_SECONDS
        while self._locks:
            try:
                await self._run_session()
            except (SoukError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                _log.warning("the session that holds the locks ended: %s", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _run_session(self) -> None:
        session = await self._pool.connect()
        group = lock_key("\n".join(sorted(lock.name for lock in self._locks)))
        # A process that was stopped and goes on learns at once what it has lost meanwhile.
        session.add_termination_listener(self._lose_all)
        try:
            await session.execute(f"SET idle_session_timeout = {_IDLE_SESSION_MS}")
            await session.execute(_JOIN, group)
            tick = _FIRST_TICKS_SECONDS
            while True:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await self._balance(session, group)
                await asyncio.sleep(tick)
                tick = min(tick * 1.5, _TICK_SECONDS)
        finally:
            self._lose_all()
            session.terminate()

    def _lose_all(self, _session: object = None) -> None:
        for lock in self._locks:
            lock.lose()
        self._leaving.clear()

    async def _balance(self, session: asyncpg.Connection, group: int) -> None:
        """Take what is free up to the share of this process, and give away what is above it."""
        members = await session.fetchval(_MEMBERS, group)
        share = -(-len(self._locks) // max(members, 1))
        held = [lock for lock in self._locks if lock.held]
        for lock in random.sample(held, max(len(held) - share, 0)):
            lock.lose()
            self._leaving.add(lock)
        await self._release(session)
        if len(held) < share:
            await self._take(session, share - len(held))

    async def _release(self, session: asyncpg.Connection) -> None:
        """Let go of what is to be given away, as soon as nothing runs under it any more."""
        idle = {lock for lock in self._leaving if lock.idle}
        if idle:
            await session.execute(_RELEASE, [lock.key for lock in idle])
            self._leaving -= idle

    async def _take(self, session: asyncpg.Connection, count: int) -> None:
        missing = [lock for lock in self._locks if not lock.held and lock not in self._leaving]
        wanted = {lock.key: lock for lock in random.sample(missing, len(missing))}
        got = 0
        while wanted and got < count:
            some = [wanted.popitem() for _ in range(min(count - got, len(wanted)))]
            taken = {row["key"] for row in await session.fetch(_TRY, [key for key, _ in some])}
            for key, lock in some:
                if key in taken:
                    lock.take()
            got += len(taken)
