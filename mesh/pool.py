"""The connections of one process to one PostgreSQL server, shared by all the services that it hosts."""

import asyncio
import json
from types import TracebackType
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from mesh.errors import Aborted, SoukError, Unavailable

Connection: TypeAlias = PoolConnectionProxy

_SERVER_SETTINGS = {
    "application_name": "souk",
    "jit": "off",
    "statement_timeout": "30000",
    # No work belongs between two statements of a transaction: a process that was stopped there loses its locks.
    "idle_in_transaction_session_timeout": "15000",
}
_CACHED_STATEMENTS = 2000
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


async def _prepare(connection: Any) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


async def _keep(_connection: Any) -> None:
    """Skip asyncpg's reset query, a round trip: a unit of work leaves nothing behind in its session."""


class Pool:
    """Connections that are made when they are needed, so that a process starts, and recovers, without its database."""

    def __init__(self, url: str, *, size: int = 10, patience: float = 2.0) -> None:
        """Use at most `size` connections at once and wait for a free one at most `patience` seconds."""
        self.url = url
        self._patience = patience
        self._starting = asyncio.Lock()
        self._size = size
        self._pool: asyncpg.Pool | None = None

    async def _start(self) -> asyncpg.Pool:
        async with self._starting:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self.url,
                    min_size=0,
                    max_size=self._size,
                    max_queries=2**62,
                    max_inactive_connection_lifetime=300.0,
                    init=_prepare,
                    reset=_keep,
                    timeout=self._patience,
                    statement_cache_size=_CACHED_STATEMENTS,
                    max_cached_statement_lifetime=0,
                    server_settings=_SERVER_SETTINGS,
                )
        return self._pool

    async def acquire(self) -> Connection:
        """Take a connection. Raises Unavailable where the server is away or all connections stay busy."""
        with failures_typed:
            pool = self._pool or await self._start()
            connection: Connection = await pool.acquire(timeout=self._patience)
            return connection

    async def begin(self, command: str) -> Connection:
        """Take a connection and run the command that begins a transaction. Raises as `acquire` does.

        Where the server was restarted all idle connections are dead: nothing has begun yet, so one more try is safe.
        """
        connection = await self.acquire()
        if await self._try(connection, command):
            return connection
        if self._pool is not None:
            await self._pool.expire_connections()
        connection = await self.acquire()
        if await self._try(connection, command):
            return connection
        raise Unavailable("DATABASE_UNAVAILABLE", _AWAY_MESSAGE, retry_after=1.0)

    async def _try(self, connection: Connection, command: str) -> bool:
        try:
            await connection.execute(command)
        except _AWAY:
            await self.release(connection)
            return False
        except BaseException:
            await self.release(connection)
            raise
        return True

    async def release(self, connection: Connection) -> None:
        """Give a connection back; a broken one is closed."""
        if self._pool is not None:
            await self._pool.release(connection)

    async def connect(self) -> asyncpg.Connection:
        """Open a connection outside the pool, for a session that lives long. Raises Unavailable."""
        settings = _SERVER_SETTINGS | {"statement_timeout": "0"}
        with failures_typed:
            return await asyncpg.connect(self.url, timeout=self._patience, server_settings=settings)

    @property
    def busy(self) -> int:
        """How many connections are in use."""
        return 0 if self._pool is None else int(self._pool.get_size() - self._pool.get_idle_size())

    async def close(self) -> None:
        """Close the connections, once those in use have come back, for at most ten seconds."""
        if self._pool is None:
            return
        try:
            await asyncio.wait_for(self._pool.close(), timeout=10.0)
        except TimeoutError:
            self._pool.terminate()
