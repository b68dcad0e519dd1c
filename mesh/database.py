"""The unit of work: one transaction of one service in its own role, whose events are written in its commit."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message
from sqlalchemy import Table

from mesh import crash, outbox, trace
from mesh.auditing import current_audited
from mesh.errors import SoukError
from mesh.pool import Connection, Pool, failures_typed
from mesh.read_unit import ReadUnit, Record, connection_held, execute
from mesh.statement import Statement, grouped
from mesh.trace import SpanKind

if TYPE_CHECKING:
    from mesh.keyring import Vault

__all__ = ["Database", "ReadUnit", "Record", "UnitOfWork", "connection_held"]

_log = logging.getLogger(__name__)


class UnitOfWork(ReadUnit):
    """A transaction that writes, begun at its first statement and committed at the end of its block."""

    __slots__ = ("_after_commit", "_deferred", "_events", "notes")

    def __init__(self, database: "Database") -> None:
        """Nothing happens before the first statement."""
        super().__init__(database)
        self._deferred: list[tuple[Statement, Mapping[str, Any]]] = []
        self._events: list[outbox.OutboxEvent] = []
        self._after_commit: list[Callable[[], object]] = []
        # What is known only for as long as this unit lasts, because it may be rolled back.
        self.notes: dict[object, Any] = {}

    async def _acquire(self) -> Connection:
        return await self._database.pool.begin(self._database.role, "BEGIN")

    async def _run(self, method: str, statement: Statement, parameters: Mapping[str, Any]) -> Any:
        return await execute(self._connection or await self._take(), method, statement, parameters)

    async def execute(self, statement: Statement, /, **parameters: Any) -> int:
        """Run a statement and return the number of rows that it changed."""
        return _row_count(await self._run("execute", statement, parameters))

    def defer(self, statement: Statement, /, **parameters: Any) -> None:
        """Run a plain insert, update or delete at the commit, together with the events, in one round trip.

        What is deferred does not see each other's effects, and nothing that runs before the commit sees them.
        """
        self._deferred.append((statement, parameters))

    async def flush(self) -> None:
        """Run what is deferred now."""
        if self._deferred:
            await self._run_together(self._connection or await self._take())

    async def _run_together(self, connection: Connection) -> None:
        deferred, self._deferred = self._deferred, []
        sql = grouped(tuple(each for each, _ in deferred))
        arguments = [argument for each, parameters in deferred for argument in each.arguments(parameters)]
        with trace.span(deferred[-1][0].name, SpanKind.CLIENT), failures_typed:
            await connection.session.execute(sql, *arguments)

    async def execute_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]], /) -> None:
        """Run a statement once for each of `rows`, in few round trips."""
        arguments = [statement.arguments(row) for row in rows]
        if not arguments:
            return
        connection = self._connection or await self._take()
        with trace.span(statement.name, SpanKind.CLIENT), failures_typed:
            await connection.session.executemany(statement.sql, arguments)

    async def copy(self, table: Table, columns: Sequence[str], records: Iterable[Sequence[Any]]) -> int:
        """Load rows with COPY and return how many."""
        connection = self._connection or await self._take()
        with failures_typed:
            status: str = await connection.session.copy_records_to_table(
                table.name, schema_name=table.schema, columns=list(columns), records=records
            )
        return _row_count(status)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A block whose failure is undone alone, so that the transaction goes on."""
        await self.flush()
        session = (self._connection or await self._take()).session
        await session.execute("SAVEPOINT block")
        try:
            yield
            await self.flush()
        except BaseException:
            self._deferred.clear()
            await session.execute("ROLLBACK TO SAVEPOINT block")
            raise
        await session.execute("RELEASE SAVEPOINT block")

    def publish(self, event: Message, aggregate_id: uuid.UUID | str, version: int = 0) -> None:
        """Publish an event with this commit. Call it once the aggregate's row is locked or written.

        `version` is the aggregate's after the event, 0 where it has none. Raises UnknownEvent for another message.
        """
        span = trace.current_span()
        traceparent = span.traceparent if span else ""
        self._events.append(outbox.make_event(self.service, event, aggregate_id, version, traceparent))

    def audit(
        self, resource_id: uuid.UUID | str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
    ) -> None:
        """Keep a privileged write in the audit trail; `before` and `after` hold no personal data."""
        audited = current_audited()
        method, request_json = (audited.method, audited.request_json()) if audited is not None else ("", "")
        if audited is not None:
            audited.recorded = True
        record = outbox.audit_record(method, request_json, str(resource_id), before, after)
        self.publish(record, str(resource_id))

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Call `callback`, which does not wait, once the commit is done."""
        self._after_commit.append(callback)

    async def commit(self) -> None:
        """Write the events and commit. A cancelled caller stops waiting; the commit finishes."""
        if self._connection is not None or self._events or self._deferred:
            await asyncio.shield(self._commit())
        else:
            self._finished = True
            self._run_callbacks()

    async def _commit(self) -> None:
        if self._events:
            self.defer(outbox.insert_events(self.service), **outbox.as_arrays(self._events))
        if self._connection is None:
            # Nothing has run yet, and what is deferred is one statement: a transaction by itself.
            crash.point("database.before_commit", self.service)
            await self._run_alone()
        else:
            await self.flush()
            crash.point("database.before_commit", self.service)
            with trace.span("COMMIT", SpanKind.CLIENT):
                await self._end("COMMIT")
        crash.point("database.after_commit", self.service)
        if self._events:
            self._database.notify_published()
        self._run_callbacks()

    async def _run_alone(self) -> None:
        if self._finished or connection_held():
            raise RuntimeError("the unit of work is over, or inside another one")
        connection = await super()._acquire()
        try:
            with trace.span("COMMIT", SpanKind.CLIENT):
                await self._run_together(connection)
        finally:
            self._finished = True
            await self._database.pool.release(connection)

    async def _end(self, command: str) -> None:
        connection, self._connection = self._connection, None
        self._finished = True
        if connection is None:
            return
        try:
            with failures_typed:
                done = await connection.session.execute(command)
            # Also the answer to COMMIT, where a statement had failed.
            if done == "ROLLBACK":
                connection.undone()
        finally:
            await self._database.pool.release(connection)

    async def close(self) -> None:
        """Undo the transaction, unless it is committed, and give the connection back."""
        try:
            await asyncio.shield(self._end("ROLLBACK"))
        except SoukError:  # a broken connection is closed with its transaction: nothing is left to undo
            _log.debug("rollback on a broken connection", exc_info=True)

    def _run_callbacks(self) -> None:
        for callback in self._after_commit:
            callback()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                await self.commit()
        finally:
            if not self._finished:
                await self.close()


def _row_count(status: str) -> int:
    return int(status.rpartition(" ")[2]) if status[-1].isdigit() else 0


class Database:
    """One service's schema and role on one server."""

    def __init__(self, name: str, pool: Pool, answers: "Callable[[], Vault] | None" = None) -> None:
        """Work on the schema `name` in the role `souk_<name>`, with connections of `pool`.

        `answers` gives what seals the stored answers of keyed calls; without it there can be none.
        """
        self.name = name
        self.role = f"souk_{name}"
        self.pool = pool
        self._answers = answers
        self._listeners: list[Callable[[], None]] = []

    @property
    def answers(self) -> "Vault":
        """What seals the stored answers of keyed calls."""
        if self._answers is None:
            raise RuntimeError(f"nothing seals the stored answers of {self.name}")
        return self._answers()

    def write(self) -> UnitOfWork:
        """A unit of work for `async with`: committed where the block ends well, rolled back where it raises."""
        return UnitOfWork(self)

    def read(self) -> ReadUnit:
        """A read-only unit for `async with`."""
        return ReadUnit(self)

    async def run(self, statement: Statement, /, **parameters: Any) -> int:
        """Run one statement that is a transaction by itself, and return the number of rows that it changed."""
        return _row_count(await self._run_alone("execute", statement, parameters))

    async def run_returning(self, statement: Statement, /, **parameters: Any) -> list[Record]:
        """Run one statement that is a transaction by itself, and return the rows that it returns."""
        rows: list[Record] = await self._run_alone("fetch", statement, parameters)
        return rows

    async def _run_alone(self, method: str, statement: Statement, parameters: Mapping[str, Any]) -> Any:
        if connection_held():
            raise RuntimeError("a statement of its own inside a unit of work would take a second connection")
        connection = await self.pool.acquire(self.role)
        try:
            with trace.span("COMMIT", SpanKind.CLIENT):
                return await execute(connection, method, statement, parameters)
        finally:
            await self.pool.release(connection)

    def on_published(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit that has written events."""
        self._listeners.append(listener)

    def notify_published(self) -> None:
        """Wake who moves the events on."""
        for listener in self._listeners:
            listener()
