"""What only one process does at a time."""

import asyncio

import asyncpg

from mesh.job import Job, JobRunner
from mesh.locks import Lock, Locks
from mesh.pool import Pool
from mesh.principal import acting_as, service_principal
from tests.mesh.data.events import held_lock, running, until
from tests.stores import Stores


class _Acting:
    async def __aenter__(self) -> None:
        self._block = acting_as(service_principal("test"))
        self._block.__enter__()

    async def __aexit__(self, *error: object) -> None:
        self._block.__exit__(None, None, None)


class TestLocks:
    async def test_one_process_takes_all_where_it_is_alone(self, pool: Pool) -> None:
        locks, wanted = _locks(pool, 8)
        async with running(locks.run):
            await until(lambda: all(lock.held for lock in wanted))
        assert not any(lock.held for lock in wanted)

    async def test_a_second_process_gets_its_share_and_never_what_is_held(self, pool: Pool) -> None:
        first, of_first = _locks(pool, 8)
        second, of_second = _locks(pool, 8)
        async with running(first.run):
            await until(lambda: all(lock.held for lock in of_first))
            async with running(second.run):
                await until(lambda: sum(lock.held for lock in of_second) == 4)
                assert _held(of_first).isdisjoint(_held(of_second))
                assert len(_held(of_first)) == 4
            await until(lambda: all(lock.held for lock in of_first))

    async def test_a_lost_session_stops_the_work_until_the_lock_is_held_again(self, pool: Pool, stores: Stores) -> None:
        locks, (lock,) = _locks(pool, 1)
        begun, ended = 0, 0

        async def work() -> None:
            nonlocal begun, ended
            begun += 1
            try:
                await asyncio.sleep(60)
            finally:
                ended += 1

        async with running(locks.run, lambda: lock.hold(work)):
            await until(lambda: begun == 1)
            await _end_lock_sessions(stores.postgres_url)
            await until(lambda: (begun, ended) == (2, 1))

    async def test_waits_for_a_server_that_is_away(self, stores: Stores) -> None:  # noqa: ARG002
        locks, (lock,) = _locks(Pool("postgresql://souk@127.0.0.1:1/souk"), 1)
        async with running(locks.run):
            await asyncio.sleep(0.3)
            assert not lock.held


class TestJobRunner:
    async def test_runs_again_after_its_pause_and_after_a_failure(self) -> None:
        runs = 0

        async def run() -> None:
            nonlocal runs
            runs += 1
            if runs == 1:
                raise ZeroDivisionError

        async with running(JobRunner(Job("test", 0.01, run), held_lock(), _Acting).run):
            await until(lambda: runs >= 3)

    async def test_runs_at_once_when_it_is_woken(self) -> None:
        runs = 0

        async def run() -> None:
            nonlocal runs
            runs += 1

        runner = JobRunner(Job("test", 60, run), held_lock(), _Acting)
        async with running(runner.run):
            await until(lambda: runs == 1)
            await asyncio.sleep(0.01)
            runner.wake()
            await until(lambda: runs == 2, seconds=1)

    async def test_does_not_run_where_another_process_owns_it(self) -> None:
        runs = 0

        async def run() -> None:
            nonlocal runs
            runs += 1

        async with running(JobRunner(Job("test", 0.01, run), Lock("test"), _Acting).run):
            await asyncio.sleep(0.1)
        assert runs == 0


def _locks(pool: Pool, count: int) -> tuple[Locks, list[Lock]]:
    locks = Locks(pool)
    return locks, [locks.lock(f"thing {number}") for number in range(count)]


def _held(locks: list[Lock]) -> set[str]:
    return {lock.name for lock in locks if lock.held}


async def _end_lock_sessions(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    await connection.close()
