"""Idempotency keys on a real PostgreSQL."""

import asyncio
import time
from contextvars import Context
from dataclasses import replace

import pytest

from mesh import idempotency
from mesh.database import Database
from mesh.errors import Aborted, FailedPrecondition, InvalidArgument
from mesh.idempotency import CallKey, New, Running, Stored
from mesh.keyring import BrokenSeal
from mesh.retention import clean
from mesh.statement import in_schema

KEY = CallKey("/souk.test.v1.TestService/Pay", "person", "key-1", b"request")


class TestClaim:
    async def test_the_first_call_is_new_and_the_next_gets_its_answer(self, database: Database) -> None:
        assert await _claim(database) == New()
        async with database.write() as uow:
            await idempotency.finish(uow, KEY, b"answer")
        claim = await _claim(database)
        assert isinstance(claim, Stored)
        assert claim.answer() == b"answer"

    async def test_a_stored_failure_never_turns_into_success(self, database: Database) -> None:
        await _claim(database)
        async with database.write() as uow:
            await idempotency.finish(uow, KEY, FailedPrecondition("OUT_OF_STOCK", "Gone.", orderId="7"))
        async with database.write() as uow:
            await idempotency.finish(uow, KEY, b"answer")
        claim = await _claim(database)
        assert isinstance(claim, Stored)
        with pytest.raises(FailedPrecondition) as raised:
            claim.answer()
        assert (raised.value.reason, raised.value.metadata) == ("OUT_OF_STOCK", {"orderId": "7"})

    async def test_another_request_with_the_key_is_refused(self, database: Database) -> None:
        await _claim(database)
        with pytest.raises(InvalidArgument, match="IDEMPOTENCY_KEY_REUSED"):
            await _claim(database, replace(KEY, request_hash=b"other"))

    async def test_another_caller_or_method_has_a_key_of_its_own(self, database: Database) -> None:
        await _claim(database)
        assert await _claim(database, replace(KEY, caller="other")) == New()
        assert await _claim(database, replace(KEY, method="other")) == New()

    async def test_a_call_in_flight_holds_the_key_for_its_lease(self, database: Database) -> None:
        await _claim(database)
        assert isinstance(await _claim(database), Running)

    async def test_a_killed_holder_blocks_nobody_after_its_lease(self, database: Database) -> None:
        await _claim(database, lease=0.05)
        await asyncio.sleep(0.1)
        assert await _claim(database) == New(resumed=True)
        assert isinstance(await _claim(database), Running)

    async def test_a_released_key_is_new_again(self, database: Database) -> None:
        await _claim(database)
        async with database.write() as uow:
            await idempotency.release(uow, KEY)
        assert await _claim(database) == New()

    async def test_one_of_fifty_at_once_is_new(self, database: Database) -> None:
        claims = await asyncio.gather(*(asyncio.create_task(_claim(database)) for _ in range(50)))
        assert [type(claim) for claim in claims].count(New) == 1

    async def test_a_transaction_that_fails_leaves_the_key_to_the_one_that_waits(self, database: Database) -> None:
        async with database.write() as uow:
            await idempotency.claim(uow, KEY, 10)
            waiting = asyncio.create_task(_claim(database), context=Context())
            await asyncio.sleep(0.1)
            await uow.close()
            assert await waiting == New()


class TestAwaitAnswer:
    async def test_gets_the_answer_when_it_comes(self, database: Database) -> None:
        await _claim(database)
        waiting = asyncio.create_task(idempotency.await_answer(database, KEY, time.monotonic() + 5))
        await asyncio.sleep(0.05)
        async with database.write() as uow:
            await idempotency.finish(uow, KEY, b"answer")
        assert await waiting == b"answer"

    async def test_gives_up_in_time(self, database: Database) -> None:
        await _claim(database)
        with pytest.raises(Aborted, match="REQUEST_IN_PROGRESS"):
            await idempotency.await_answer(database, KEY, time.monotonic() + 0.2)


async def _claim(database: Database, key: CallKey = KEY, lease: float = 10.0) -> idempotency.Claim:
    async with database.write() as uow:
        return await idempotency.claim(uow, key, lease)


class TestSeal:
    async def test_an_answer_lies_sealed_and_opens_for_its_own_key(self, database: Database) -> None:
        """Personal data in an answer is not to be read in the table, and a row moved to another key opens nothing."""
        await _claim(database)
        async with database.write() as uow:
            await idempotency.finish(uow, KEY, b"mira@example.com")
        async with database.read() as unit:
            row = await unit.fetch_one(in_schema(database.name, "SELECT response FROM {schema}.idempotency_keys"))
            assert row is not None
            assert b"mira" not in row["response"]
            assert await idempotency.find(unit, KEY) == Stored(b"mira@example.com", None)
        async with database.write() as uow:
            await uow.execute(in_schema(database.name, "UPDATE {schema}.idempotency_keys SET caller = 'thief'"))
        async with database.read() as unit:
            with pytest.raises(BrokenSeal):
                await idempotency.find(unit, replace(KEY, caller="thief"))

    async def test_an_answer_of_an_earlier_version_is_given_as_it_is(self, database: Database) -> None:
        await _claim(database)
        plain = "UPDATE {schema}.idempotency_keys SET response = '\\x0a0161'"
        async with database.write() as uow:
            await uow.execute(in_schema(database.name, plain))
        async with database.read() as unit:
            assert await idempotency.find(unit, KEY) == Stored(b"\x0a\x01a", None)


class TestRetention:
    async def test_keys_go_after_seven_days(self, database: Database) -> None:
        await _claim(database)
        await _claim(database, replace(KEY, key="old"))
        old = "UPDATE {schema}.idempotency_keys SET create_time = now() - interval '8 days' WHERE key = 'old'"
        async with database.write() as uow:
            await uow.execute(in_schema(database.name, old))
        await clean(database)
        assert isinstance(await _claim(database), Running)
        assert await _claim(database, replace(KEY, key="old")) == New()
