"""The connections of one process to one PostgreSQL server, shared by all the services that it hosts."""

import asyncio
import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any
from weakref import WeakSet

import asyncpg

from mesh.connection import Connection
from mesh.errors import Aborted, SoukError, Unavailable
from mesh.session import Session

__all__ = ["Connection", "Pool", "failures_typed"]

_SERVER_SETTINGS = {
    "application_name": "souk",
    "jit": "off",
    "statement_timeout": "30000",
    # No work belongs between two statements of a transaction: a process that was stopped there loses its locks.
    "idle_in_transaction_session_timeout": "15000",
}
_CACHED_STATEMENTS = 2000
_RECOVER_SECONDS = 5.0
_CLOSE_SECONDS = 10.0
_AWAY_MESSAGE = "The database does not answer; try again soon."

_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection broke off while it lay idle
    asyncpg.OperatorInterventionError,  # shut down, starting up, cancelled by statement_timeout
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
_CONFLICT = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.InvalidCachedStatementError,  # a migration ran since the statement was prepared
)


def typed(error: BaseException) -> SoukError | None:
    """The typed error for a failure of the database itself; None for what a statement did wrong."""
    if isinstance(error, _CONFLICT):
        return Aborted("DATABASE_CONFLICT", "Another change was faster; try again.")
    if isinstance(error, _AWAY):
        return Unavailable("DATABASE_UNAVAILABLE", _AWAY_MESSAGE, retry_after=1.0)
    return None


class _FailuresTyped:
    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is not None and (failure := typed(error)) is not None:
            raise failure from error


# `with failures_typed:` turns a failure of the database itself into Unavailable or Aborted.
failures_typed = _FailuresTyped()


@contextmanager
def _ended_on_failure(session: Any) -> Iterator[None]:
    """End a new session that nobody will hold, because what makes it ready fails or its caller has left."""
    try:
        yield
    except BaseException:
        session.terminate()
        raise


class Pool:
    """Connections that are made when they are needed, so that a process starts, and recovers, without its database.

    An idle connection that is in the role asked for already is taken first: changing it costs a round trip.
    """

    def __init__(self, url: str, *, size: int = 10, patience: float = 2.0) -> None:
        """Use at most `size` connections at once and wait for a free one at most `patience` seconds."""
        self.url = url
        self._patience = patience
        self._size = size
        self._open = 0
        self._idle: dict[str | None, list[Connection]] = {}
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._recovering: set[asyncio.Task[None]] = set()
        self._closed = False
        # The breaker, and every session that it ends: none that is in use tells by itself that nobody answers.
        self._given_up = False
        self._sessions: WeakSet[Any] = WeakSet()
        self._all_back = asyncio.Event()

    @property
    def busy(self) -> int:
        """How many connections are in use."""
        return self._open - sum(map(len, self._idle.values()))

    async def acquire(self, role: str = "") -> Connection:
        """Take a connection in a role. Raises Unavailable where the server is away or all connections stay busy."""
        with failures_typed:
            connection = await self._take(role)
            try:
                await connection.become(role)
            except BaseException:
                self._drop(connection)
                raise
        return connection

    def give_up(self) -> None:
        """The database does not answer: whoever waits for it, or asks from now on, is told so at once."""
        self._given_up = True
        for session in list(self._sessions):
            session.terminate()

    def resume(self) -> None:
        """It answers again."""
        self._given_up = False

    async def _take(self, role: str | None) -> Connection:
        if self._given_up:
            raise asyncpg.PostgresConnectionError("the database does not answer")
        return self._take_idle(role) or await self._open_one() or self._take_other() or await self._wait()

    def _take_idle(self, role: str | None) -> Connection | None:
        idle = self._idle.get(role)
        while idle:
            connection = idle.pop()
            if not connection.session.is_closed():
                return connection
            self._open -= 1
        return None

    def _take_other(self) -> Connection | None:
        """One of the role that has most to spare."""
        roles = sorted(self._idle, key=lambda role: -len(self._idle[role]))
        return next((found for role in roles if (found := self._take_idle(role)) is not None), None)

    async def _open_one(self) -> Connection | None:
        if self._open >= self._size or self._closed:
            return None
        self._open += 1
        try:
            session = await self._connect(statement_cache_size=_CACHED_STATEMENTS)
            self._sessions.add(session)
            return Connection(session)
        except BaseException:
            self._open -= 1
            self._wake_one()
            raise

    async def _wait(self) -> Connection:
        if self._closed:
            raise asyncpg.InterfaceError("the pool is closed")
        place: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout(self._patience):
                connection = await place or await self._open_one()
        except BaseException:
            if place.done() and not place.cancelled() and (handed := place.result()) is not None:
                self._put_back(handed)
            raise
        return connection or await self._wait()

    async def release(self, connection: Connection) -> None:
        """Give a connection back. What was left open in it is rolled back in the background."""
        session = connection.session
        connection.fresh = False
        if session.is_closed():
            self._drop(connection)
        elif session.is_in_transaction():
            self.recover(connection)
        else:
            self._put_back(connection)

    def recover(self, connection: Connection) -> None:
        """Give a connection back whose last statement may still be running: once it is cancelled and rolled back."""
        task = asyncio.ensure_future(self._recover(connection))
        self._recovering.add(task)
        task.add_done_callback(self._recovering.discard)

    async def _recover(self, connection: Connection) -> None:
        try:
            # asyncpg waits for the cancellation of what runs before it sends anything else.
            await connection.session.execute("ROLLBACK", timeout=_RECOVER_SECONDS)
            connection.undone()
        except (*_AWAY, asyncpg.PostgresError):
            self._drop(connection)
        else:
            self._put_back(connection)

    def _put_back(self, connection: Connection) -> None:
        if self._closed or connection.session.is_closed():
            self._drop(connection)
            return
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(connection)
                return
        self._idle.setdefault(connection.role, []).append(connection)

    def _drop(self, connection: Connection) -> None:
        connection.session.terminate()
        self._open -= 1
        self._wake_one()
        if not self._open:
            self._all_back.set()

    def _wake_one(self) -> None:
        """Let one that waits open a connection in the place of one that is gone."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return

    async def begin(self, role: str, command: str) -> Connection:
        """Take a connection and run the command that begins a transaction. Raises as `acquire` does.

        A connection that lay idle may have died with its server: nothing has begun yet, so one more try is safe.
        """
        with failures_typed:
            connection = await self._take(role)
        try:
            with failures_typed:
                await connection.begin(role, command)
        except Unavailable:
            stale = not connection.fresh
            self._drop(connection)
            if not stale:
                raise
            self._drop_idle()
            return await self.begin(role, command)
        except BaseException:
            self.recover(connection)
            raise
        return connection

    def _drop_idle(self) -> None:
        while (connection := self._take_other()) is not None:
            self._drop(connection)

    async def replace(self, connection: Connection) -> Connection:
        """Another connection in the same role for one that has died, and with it all that lay idle as long."""
        self._drop(connection)
        self._drop_idle()
        return await self.acquire(connection.role or "")

    async def _connect(self, **options: Any) -> Any:
        session = await asyncpg.connect(
            self.url,
            timeout=self._patience,
            server_settings=_SERVER_SETTINGS,
            max_cached_statement_lifetime=0,
            connection_class=Session,
            **options,
        )
        with _ended_on_failure(session):
            for name in ("json", "jsonb"):
                await session.set_type_codec(name, schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
        return session

    async def connect(self) -> asyncpg.Connection:
        """Open a connection outside the pool, for a session that lives long. Raises Unavailable."""
        with failures_typed:
            session = await self._connect()
            with _ended_on_failure(session):
                await session.execute("SET statement_timeout = 0")
            return session

    async def close(self) -> None:
        """Close the connections, once those in use have come back, for at most ten seconds."""
        self._closed = True
        self._drop_idle()
        self._all_back.clear()
        if self._open:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self._all_back.wait()
