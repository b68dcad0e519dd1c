"""What becomes of events while a store is away."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from mesh.broker import Broker
from mesh.database import Database
from mesh.delivery import verify_delivery
from mesh.intake import Intake
from mesh.locks import Locks
from mesh.pool import Pool
from mesh.published import LocalLogs
from mesh.relay import Relay
from mesh.stack.home import Home
from mesh.stack.nats import PORT as NATS_PORT
from mesh.stack.nats import Nats
from mesh.stack.part import Part
from mesh.stack.ports import Ports
from mesh.stack.postgres import PORT as POSTGRES_PORT
from mesh.stack.postgres import Postgres
from mesh.trace import Tracer
from tests.mesh.data.events import Recorder, count, publish, running, until
from tests.mesh.data.service import make_database, running_broker
from tests.stores import Stores


class Servers:
    """A PostgreSQL and a NATS that the test may stop."""

    def __init__(self, home: Home) -> None:
        ports = Ports(private=True)
        self._home = home
        postgres, nats = Postgres(home, ports.usual(POSTGRES_PORT)), Nats(home, ports.usual(NATS_PORT))
        self.postgres_url, self.nats_url = postgres.url, nats.url
        self.postgres = Part(postgres.component(), home, lambda _text: None, lambda: None)
        self.nats = Part(nats.component(), home, lambda _text: None, lambda: None)

    async def wipe_nats(self) -> None:
        await self.nats.stop()
        shutil.rmtree(self._home.data("nats"))
        await self.nats.start()


@pytest.fixture
async def servers(tmp_path: Path, stores: Stores) -> AsyncIterator[Servers]:  # noqa: ARG001  # lets the loopback through
    home = Home(tmp_path / "home")
    home.prepare()
    tmp_path.chmod(0o755)
    servers = Servers(home)
    await asyncio.gather(servers.postgres.start(), servers.nats.start())
    yield servers
    await asyncio.gather(servers.postgres.stop(), servers.nats.stop())


class TestNats:
    async def test_events_wait_in_the_outbox_while_it_is_away(self, servers: Servers) -> None:
        await servers.nats.stop()
        pool = Pool(servers.postgres_url)
        database = await make_database(pool)
        recorder = Recorder(database)
        async with running_broker(servers.nats_url) as broker, _working(database, recorder, broker):
            await publish(database, "a", "1", "2")
            await asyncio.sleep(0.5)
            assert await count(database, "outbox") == 2
            await servers.nats.start()
            await until(lambda: recorder.notes("a") == ["1", "2"], seconds=20)
        await pool.close()

    async def test_a_restart_in_between_loses_and_doubles_nothing(self, servers: Servers) -> None:
        pool = Pool(servers.postgres_url)
        database = await make_database(pool)
        recorder = Recorder(database)
        async with running_broker(servers.nats_url) as broker, _working(database, recorder, broker):
            for number in range(100):
                await publish(database, f"key{number % 7}", str(number))
                if number == 50:
                    await servers.nats.stop()
                    restart = asyncio.create_task(servers.nats.start())
            await restart
            await until(lambda: len(recorder.applied) >= 100, seconds=30)
            assert sorted(int(note) for _, note in recorder.applied) == list(range(100))
            for key in range(7):
                notes = [int(note) for note in recorder.notes(f"key{key}")]
                assert notes == sorted(notes)
        await pool.close()

    async def test_a_store_that_was_lost_is_filled_again_from_the_log(self, servers: Servers) -> None:
        pool = Pool(servers.postgres_url)
        database = await make_database(pool)
        early, late = Recorder(database, "test-early"), Recorder(database, "test-late")
        async with running_broker(servers.nats_url) as broker:
            async with _working(database, early, broker):
                await publish(database, "a", "1", "2", "3")
                await until(lambda: early.notes("a") == ["1", "2", "3"])
                await servers.wipe_nats()
                await publish(database, "a", "4")
                await until(lambda: early.notes("a") == ["1", "2", "3", "4"], seconds=20)
            async with _working(database, late, broker):
                await until(lambda: late.notes("a") == ["1", "2", "3", "4"], seconds=20)
            result = await verify_delivery(
                LocalLogs({database.name: database}), database, [early.consumer, late.consumer], 0
            )
            assert (result.checked_count, result.violation_count) == (8, 0)
        await pool.close()


class TestPostgres:
    async def test_consumers_and_relays_go_on_after_a_restart(self, servers: Servers) -> None:
        pool = Pool(servers.postgres_url)
        database = await make_database(pool)
        recorder = Recorder(database)
        async with running_broker(servers.nats_url) as broker, _working(database, recorder, broker):
            await publish(database, "a", "1")
            await until(lambda: recorder.notes("a") == ["1"])
            await servers.postgres.stop()
            await asyncio.sleep(0.5)
            await servers.postgres.start()
            await publish(database, "a", "2")
            await until(lambda: recorder.notes("a") == ["1", "2"], seconds=20)
        await pool.close()


def _working(database: Database, recorder: Recorder, broker: Broker) -> AbstractAsyncContextManager[None]:
    locks = Locks(database.pool)
    relay = Relay(database, broker, locks.lock("relay"))
    intake = Intake(recorder.consumer, database, broker, locks.lock("consumer"), Tracer("test"))
    return running(locks.run, relay.run, intake.run)
