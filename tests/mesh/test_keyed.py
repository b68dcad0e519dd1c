"""Calls with an Idempotency-Key, on a real PostgreSQL."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import asyncpg
import pytest
from sqlalchemy import BigInteger, Column, Table, bindparam
from sqlalchemy.ext.asyncio import create_async_engine

from mesh.call import Call
from mesh.errors import Aborted, FailedPrecondition, InvalidArgument
from mesh.migrations import make_schema
from mesh.principal import Principal, acting_as
from mesh.statement import statement
from mesh.tables import service_metadata
from tests.mesh.echo import World, running_world
from tests.stores import Stores

METADATA = service_metadata("echo")
EFFECTS = Table("effects", METADATA, Column("number", BigInteger, nullable=False))
ADD = statement(EFFECTS.insert().values(number=bindparam("number")))


@pytest.fixture
async def world(stores: Stores, echo_modules: tuple[ModuleType, ModuleType], tmp_path: Path) -> AsyncIterator[World]:
    """The test service on a schema of its own, emptied, in one process with its caller."""
    connection = await asyncpg.connect(stores.postgres_url)
    await make_schema(connection, "echo")
    engine = create_async_engine(stores.postgres_url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as begun:
        await begun.run_sync(METADATA.create_all)
    await engine.dispose()
    await connection.execute("TRUNCATE echo.effects, echo.idempotency_keys, echo.outbox")
    await connection.close()
    settings = {"SOUK_POSTGRES_URL": stores.postgres_url}
    async with running_world(echo_modules, tmp_path, socket=False, settings=settings) as running:
        running.echo.behave = add_of(running)
        with acting_as(Principal(subject=str(uuid.uuid4()))):
            yield running


def add_of(world: World) -> Any:
    async def add(request: Any, call: Call) -> Any:
        await call.uow.execute(ADD, number=request.number)
        return world.reply(number=request.number, text=uuid.uuid4().hex)

    return add


async def effects(world: World) -> int:
    async with world.echo.calls[-1].db.read() as unit:
        return len(await unit.fetch(statement(EFFECTS.select())))


def keyed(world: World, key: str = "k1", **fields: Any) -> Any:
    return world.stub.Keyed(world.request(**fields), metadata=(("idempotency-key", key),))


class TestKeyedCall:
    async def test_takes_effect_once_and_answers_the_same(self, world: World) -> None:
        first, second = await keyed(world, number=1), await keyed(world, number=1)
        assert first.text == second.text
        assert await effects(world) == 1
        assert len(world.echo.calls) == 1

    async def test_takes_effect_once_when_two_come_at_once(self, world: World) -> None:
        async def ask() -> Any:
            return await keyed(world, number=1)

        answers = await asyncio.gather(*(ask() for _ in range(5)))
        assert len({answer.text for answer in answers}) == 1
        assert await effects(world) == 1

    async def test_refuses_another_request_under_the_same_key(self, world: World) -> None:
        await keyed(world, number=1)
        with pytest.raises(InvalidArgument) as refused:
            await keyed(world, number=2)
        assert refused.value.reason == "IDEMPOTENCY_KEY_REUSED"

    async def test_keeps_the_keys_of_two_callers_apart(self, world: World) -> None:
        await keyed(world, number=1)
        with acting_as(Principal(subject=str(uuid.uuid4()))):
            await keyed(world, number=2)
        assert await effects(world) == 2

    async def test_needs_a_key_where_the_contract_says_so(self, world: World) -> None:
        with pytest.raises(InvalidArgument) as refused:
            await world.stub.Keyed(world.request(number=1))
        assert refused.value.reason == "IDEMPOTENCY_KEY_REQUIRED"

    @pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ключ"])
    async def test_refuses_what_is_no_key(self, world: World, key: str) -> None:
        with pytest.raises(InvalidArgument) as refused:
            await keyed(world, key)
        assert refused.value.reason == "IDEMPOTENCY_KEY_INVALID"

    async def test_replays_a_lasting_failure_even_if_it_would_now_succeed(self, world: World) -> None:
        async def fail(request: Any, call: Call) -> Any:
            await call.uow.execute(ADD, number=request.number)
            raise FailedPrecondition("OUT_OF_STOCK", "None is left.")

        world.echo.behave = fail
        with pytest.raises(FailedPrecondition):
            await keyed(world, number=1)
        world.echo.behave = add_of(world)
        with pytest.raises(FailedPrecondition) as replayed:
            await keyed(world, number=1)
        assert replayed.value.reason == "OUT_OF_STOCK"
        assert await effects(world) == 0

    async def test_frees_the_key_after_a_passing_failure(self, world: World) -> None:
        async def fail(request: Any, call: Call) -> Any:
            await call.uow.execute(ADD, number=request.number)
            raise Aborted("CONFLICT", "Another was faster.")

        world.echo.behave = fail
        with pytest.raises(Aborted):
            await keyed(world, number=1)
        world.echo.behave = add_of(world)
        await keyed(world, number=1)
        assert await effects(world) == 1

    async def test_is_kept_where_the_handler_writes_nothing(self, world: World) -> None:
        async def answer(_request: Any, _call: Call) -> Any:
            return world.reply(text=uuid.uuid4().hex)

        world.echo.behave = answer
        assert (await keyed(world)).text == (await keyed(world)).text


class TestUnkeyedCall:
    async def test_commits_when_the_method_returns(self, world: World) -> None:
        with acting_as(Principal(subject=(user := str(uuid.uuid4())))):
            await world.stub.Own(world.request(user_id=user, number=1))
        assert await effects(world) == 1

    async def test_undoes_everything_when_it_raises(self, world: World) -> None:
        async def fail(request: Any, call: Call) -> Any:
            await call.uow.execute(ADD, number=request.number)
            raise ValueError

        world.echo.behave = fail
        with acting_as(Principal(subject=(user := str(uuid.uuid4())))), pytest.raises(Exception, match="INTERNAL"):
            await world.stub.Own(world.request(user_id=user, number=1))
        assert await effects(world) == 0


class TestAudit:
    async def test_records_a_privileged_write_without_personal_data(self, world: World, stores: Stores) -> None:
        with acting_as(Principal(subject=str(uuid.uuid4()), roles=frozenset({"ADMIN"}))):
            await world.stub.Audited(world.request(number=7, secret="canary"))
        connection = await asyncpg.connect(stores.postgres_url)
        payload = await connection.fetchval("SELECT payload FROM echo.outbox")
        await connection.close()
        assert b"/souk.echo.v1.EchoService/Audited" in payload
        assert b'"number": "7"' in payload
        assert b"canary" not in payload
