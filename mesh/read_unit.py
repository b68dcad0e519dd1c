"""Reading: statements of one service that write nothing, each by itself."""

from collections.abc import Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import asyncpg

from mesh import trace
from mesh.errors import Unavailable
from mesh.pool import Connection, failures_typed
from mesh.statement import Statement
from mesh.trace import SpanKind

if TYPE_CHECKING:
    from mesh.database import Database
    from mesh.keyring import Vault

Record: TypeAlias = asyncpg.Record


class ReadUnit:
    """Statements that write nothing, each with the snapshot of its own moment, on one connection.

    They need no transaction, whose begin and end would cost two round trips.
    """

    __slots__ = ("_connection", "_database", "_finished")

    def __init__(self, database: "Database") -> None:
        """Nothing happens before the first statement."""
        self._database = database
        self._connection: Connection | None = None
        self._finished = False

    @property
    def service(self) -> str:
        """The service whose schema this works on."""
        return self._database.name

    @property
    def answers(self) -> "Vault":
        """What seals the stored answers of keyed calls."""
        return self._database.answers

    @property
    def holds_connection(self) -> bool:
        """Whether a connection is taken and not given back."""
        return self._connection is not None

    async def _take(self) -> Connection:
        if self._finished:
            raise RuntimeError("the unit of work is over")
        if connection_held():
            raise RuntimeError("a unit of work inside another one would take a second connection while it holds one")
        self._connection = await self._acquire()
        _current.set(self)
        return self._connection

    async def _acquire(self) -> Connection:
        return await self._database.pool.acquire(self._database.role)

    async def _run(self, method: str, statement: Statement, parameters: Mapping[str, Any]) -> Any:
        if statement.writes:
            raise RuntimeError(f"a unit that reads runs no statement that writes or locks: {statement.sql}")
        connection = self._connection
        first = connection is None
        connection = connection or await self._take()
        try:
            return await execute(connection, method, statement, parameters)
        except Unavailable:
            if not first or connection.fresh:
                raise
            # It lay idle and died with its server; a read may be repeated.
            self._connection = connection = await self._database.pool.replace(connection)
            return await execute(connection, method, statement, parameters)

    async def fetch(self, statement: Statement, /, **parameters: Any) -> list[Record]:
        """Run a statement and return its rows."""
        rows: list[Record] = await self._run("fetch", statement, parameters)
        return rows

    async def fetch_one(self, statement: Statement, /, **parameters: Any) -> Record | None:
        """Run a statement and return its first row, None where there is none."""
        row: Record | None = await self._run("fetchrow", statement, parameters)
        return row

    async def fetch_value(self, statement: Statement, /, **parameters: Any) -> Any:
        """Run a statement and return the first column of its first row, None where there is none."""
        return await self._run("fetchval", statement, parameters)

    async def close(self) -> None:
        """Give the connection back, whatever happened."""
        connection, self._connection = self._connection, None
        self._finished = True
        if connection is not None:
            await self._database.pool.release(connection)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


async def execute(connection: Connection, method: str, statement: Statement, parameters: Mapping[str, Any]) -> Any:
    """Run a statement by a method of the session, in its span."""
    with trace.span(statement.name, SpanKind.CLIENT), failures_typed:
        return await getattr(connection.session, method)(statement.sql, *statement.arguments(parameters))


_current: ContextVar[ReadUnit | None] = ContextVar("unit_of_work", default=None)


def connection_held() -> bool:
    """Whether the present context holds a pooled connection: then nothing may be called over the network."""
    unit = _current.get()
    return unit is not None and unit.holds_connection
