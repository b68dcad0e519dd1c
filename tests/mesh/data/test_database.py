"""Units of work on a real PostgreSQL."""

import asyncio
import time
from contextvars import Context

import asyncpg
import pytest
from souk.mesh.v1.envelope_pb2 import AuditRecord

from mesh.database import Database, UnitOfWork, connection_held
from mesh.errors import Aborted, Unavailable
from mesh.pool import Pool
from mesh.retention import keep_partitions
from mesh.statement import Statement, in_schema
from tests.mesh.data.events import count, sql
from tests.mesh.data.service import make_database
from tests.stores import Stores


class TestUnitOfWork:
    async def test_commits_at_the_end_of_its_block(self, database: Database) -> None:
        async with database.write() as uow:
            await _park(uow, "a")
        assert await count(database, "parked_keys") == 1

    async def test_undoes_everything_where_its_block_raises(self, database: Database) -> None:
        with pytest.raises(asyncpg.UniqueViolationError):
            async with database.write() as uow:
                await _park(uow, "a", "a")
        assert await count(database, "parked_keys") == 0

    async def test_begins_at_its_first_statement(self, database: Database) -> None:
        async with database.write() as uow:
            assert not connection_held()
            await _park(uow, "a")
            assert connection_held()
        assert not connection_held()

    async def test_refuses_another_one_inside(self, database: Database) -> None:
        async with database.write() as uow:
            await _park(uow, "a")
            with pytest.raises(RuntimeError, match="inside another"):
                await count(database, "parked_keys")

    async def test_calls_back_after_the_commit_alone(self, database: Database) -> None:
        called: list[bool] = []
        async with database.write() as uow:
            await _park(uow, "a")
            uow.after_commit(lambda: called.append(connection_held()))
            assert called == []
        assert called == [False]

    async def test_a_savepoint_undoes_its_block_alone(self, database: Database) -> None:
        async with database.write() as uow:
            await _park(uow, "a")
            with pytest.raises(asyncpg.UniqueViolationError):
                async with uow.savepoint():
                    await uow.execute(_insert(database), key="a")
            await _park(uow, "b")
        assert await count(database, "parked_keys") == 2

    async def test_a_commit_that_has_begun_survives_its_caller(self, database: Database) -> None:
        async def write() -> None:
            async with database.write() as uow:
                await _park(uow, "a")
                asyncio.get_running_loop().call_soon(task.cancel)

        task = asyncio.create_task(write())
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.2)
        assert await count(database, "parked_keys") == 1
        assert database.pool.busy == 0

    async def test_a_cancelled_statement_leaves_no_connection_behind(self, database: Database) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), database.write() as uow:
                await uow.execute(sql("SELECT pg_sleep(5)"))
        await asyncio.sleep(0.2)
        assert database.pool.busy == 0
        assert not connection_held()

    async def test_runs_a_statement_for_many_rows(self, database: Database) -> None:
        async with database.write() as uow:
            await uow.execute_many(_insert(database), [{"key": str(number)} for number in range(100)])
        assert await count(database, "parked_keys") == 100


class TestDeferred:
    async def test_is_written_with_the_commit_and_seen_by_nobody_before(self, database: Database) -> None:
        async with database.write() as uow:
            await _park(uow, "a")
            uow.defer(_insert(database), key="b")
            uow.defer(_insert(database), key="c")
            assert await uow.fetch_value(_count(database)) == 1
            await uow.flush()
            assert await uow.fetch_value(_count(database)) == 3
        assert await count(database, "parked_keys") == 3

    async def test_is_undone_with_the_rest(self, database: Database) -> None:
        with pytest.raises(asyncpg.UniqueViolationError):
            await self._park_at_commit(database, "a", "b", "a")
        assert await count(database, "parked_keys") == 0

    async def test_alone_is_a_transaction_without_begin_and_its_events_go_with_it(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Pool, "begin", None)
        await self._park_at_commit(database, "a")
        assert await count(database, "parked_keys") == 1
        assert await count(database, "outbox") == 1
        with pytest.raises(asyncpg.UniqueViolationError):
            await self._park_at_commit(database, "b", "a")
        assert await count(database, "parked_keys") == 1
        assert await count(database, "outbox") == 1

    async def _park_at_commit(self, database: Database, *keys: str) -> None:
        async with database.write() as uow:
            for key in keys:
                uow.defer(_insert(database), key=key)
            uow.publish(AuditRecord(), "a")

    async def test_inside_a_savepoint_is_undone_with_it(self, database: Database) -> None:
        async with database.write() as uow:
            uow.defer(_insert(database), key="a")
            with pytest.raises(ZeroDivisionError):
                await self._fail_in_savepoint(uow, _insert(database))
        assert await count(database, "parked_keys") == 1

    async def _fail_in_savepoint(self, uow: UnitOfWork, insert: Statement) -> None:
        async with uow.savepoint():
            uow.defer(insert, key="b")
            raise ZeroDivisionError


class TestReadUnit:
    async def test_refuses_to_write(self, database: Database) -> None:
        async with database.read() as unit:
            with pytest.raises(RuntimeError, match="writes or locks"):
                await unit.fetch(_insert(database), key="a")

    async def test_reads_again_on_another_connection_where_its_own_died(
        self, database: Database, stores: Stores
    ) -> None:
        assert await count(database, "inbox") == 0
        await _end_all_sessions(stores.postgres_url)
        async with database.read() as unit:
            assert await unit.fetch_value(sql("SELECT 1")) == 1


class TestPool:
    async def test_a_connection_changes_its_role_with_its_user(self, stores: Stores) -> None:
        pool = Pool(stores.postgres_url, size=1)
        databases = [await make_database(pool) for _ in range(2)]
        for _ in range(2):
            for database in databases:
                async with database.read() as unit:
                    assert await unit.fetch_value(sql("SELECT current_user")) == database.role
        await keep_partitions(databases[0])
        await pool.close()

    async def test_a_rollback_takes_no_role_along(self, stores: Stores) -> None:
        pool = Pool(stores.postgres_url, size=1)
        first, second = await make_database(pool), await make_database(pool)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await _fail_after_parking(first)
            assert await count(first, "parked_keys") == 0
            with pytest.raises(ZeroDivisionError):
                await _fail_after_parking(first)
            assert await count(second, "parked_keys") == 0
        await pool.close()

    async def test_those_that_wait_are_served_in_their_order(self, stores: Stores) -> None:
        pool = Pool(stores.postgres_url, size=2)
        database = await make_database(pool)
        served: list[int] = []

        async def use(number: int) -> None:
            async with database.write() as uow:
                await uow.execute(sql("SELECT pg_sleep(0.01)"))
            served.append(number)

        await asyncio.gather(*(asyncio.create_task(use(number)) for number in range(20)))
        assert sorted(served) == list(range(20))
        assert all(abs(place - number) <= 2 for place, number in enumerate(served))
        assert pool.busy == 0
        await pool.close()

    async def test_one_that_gives_up_waiting_takes_no_connection_with_it(self, stores: Stores) -> None:
        pool = Pool(stores.postgres_url, size=1)
        database = await make_database(pool)
        async with database.write() as uow:
            await _park(uow, "a")
            waiting = [asyncio.create_task(_read_one(database), context=Context()) for _ in range(3)]
            await asyncio.sleep(0.05)
            waiting[0].cancel()
        await waiting[1]
        await waiting[2]
        assert pool.busy == 0
        await pool.close()


class TestRoles:
    async def test_no_service_reads_another_ones_tables(self, database: Database, pool: Pool) -> None:
        other = await make_database(pool)
        async with database.read() as unit:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await unit.fetch(in_schema(other.name, "SELECT * FROM {schema}.inbox"))

    async def test_no_service_makes_tables(self, database: Database) -> None:
        async with database.write() as uow:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await uow.execute(sql(f'CREATE TABLE "{database.name}".own (id int)'))


class TestFailures:
    async def test_a_server_that_is_away_is_told_at_once(self, stores: Stores) -> None:  # noqa: ARG002
        database = Database("away", Pool("postgresql://souk@127.0.0.1:1/souk"))
        began = time.monotonic()
        with pytest.raises(Unavailable) as raised:
            await count(database, "inbox")
        assert raised.value.reason == "DATABASE_UNAVAILABLE"
        assert time.monotonic() - began < 1

    async def test_a_full_pool_is_told_after_its_patience(self, stores: Stores) -> None:
        pool = Pool(stores.postgres_url, size=1, patience=0.2)
        database = await make_database(pool)
        async with database.write() as uow:
            await _park(uow, "a")
            with pytest.raises(Unavailable):
                await asyncio.create_task(_read_one(database), context=Context())
        await pool.close()

    async def test_connections_that_were_ended_are_replaced(self, database: Database, stores: Stores) -> None:
        await asyncio.gather(*(asyncio.create_task(count(database, "inbox")) for _ in range(8)))
        await _end_all_sessions(stores.postgres_url)
        for _ in range(20):
            assert await count(database, "inbox") == 0

    async def test_a_deadlock_aborts_one_of_both(self, database: Database) -> None:
        async with database.write() as uow:
            await _park(uow, "a")
            await _park(uow, "b")
        outcomes = await asyncio.gather(
            _lock_in_order(database, "a", "b"), _lock_in_order(database, "b", "a"), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == [Aborted.__name__, "NoneType"]


def _insert(database: Database) -> Statement:
    return in_schema(
        database.name, "INSERT INTO {schema}.parked_keys (durable, key) VALUES ('test', :key) RETURNING key"
    )


async def _fail_after_parking(database: Database) -> None:
    async with database.write() as uow:
        await _park(uow, "a")
        raise ZeroDivisionError


def _count(database: Database) -> Statement:
    return in_schema(database.name, "SELECT count(*) FROM {schema}.parked_keys")


async def _park(uow: UnitOfWork, *keys: str) -> None:
    for key in keys:
        await uow.execute(in_schema(uow.service, "INSERT INTO {schema}.parked_keys VALUES ('test', :key)"), key=key)


async def _read_one(database: Database) -> None:
    async with database.read() as unit:
        await unit.fetch(sql("SELECT 1"))


async def _lock_in_order(database: Database, first: str, second: str) -> None:
    lock = in_schema(database.name, "SELECT key FROM {schema}.parked_keys WHERE key = :key FOR UPDATE")
    async with database.write() as uow:
        await uow.fetch(lock, key=first)
        await asyncio.sleep(0.2)
        await uow.fetch(lock, key=second)


async def _end_all_sessions(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = current_user AND pid <> pg_backend_pid()"
    )
    await connection.close()
