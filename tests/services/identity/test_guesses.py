"""Guessing passwords against real tables."""

from typing import Any

import pytest
from souk.identity.v1 import auth_service_pb2 as pb
from souk.identity.v1.auth_service_pb2_grpc import AuthServiceStub

from mesh.errors import ResourceExhausted, Unauthenticated
from services.identity.repository.store import Store
from tests.services.market import Market

PASSWORD = "the loom sings"
# What the contract of Login allows for one account.
FREE = 10


async def guess(auth: Any, email: str) -> None:
    with pytest.raises(Unauthenticated):
        await auth.Login(pb.LoginRequest(email=email, password="a wrong one"))


class TestGuessing:
    async def test_must_wait_after_what_the_contract_allows_while_others_need_not(self, market: Market) -> None:
        auth: Any = market.stub(AuthServiceStub)
        for email in ("ada@example.com", "eve@example.com"):
            await auth.Register(pb.RegisterRequest(email=email, password=PASSWORD))
        for _ in range(FREE):
            await guess(auth, "Ada@example.com")
        with pytest.raises(ResourceExhausted) as refused:
            await auth.Login(pb.LoginRequest(email="ada@example.com", password=PASSWORD))
        assert refused.value.reason == "RATE_LIMITED"
        assert 0 < (refused.value.retry_after or 0) <= 1
        assert await auth.Login(pb.LoginRequest(email="eve@example.com", password=PASSWORD))

    async def test_is_forgiven_to_who_knows_the_password(self, market: Market) -> None:
        auth: Any = market.stub(AuthServiceStub)
        await auth.Register(pb.RegisterRequest(email="ada@example.com", password=PASSWORD))
        await guess(auth, "ada@example.com")
        store = Store(market.node.nodes["identity"].db, market.node.keyring)
        async with store.read() as work:
            known = await work.guesses.find("ada@example.com")
        assert known is not None
        assert known.count == 1
        await auth.Login(pb.LoginRequest(email="ada@example.com", password=PASSWORD))
        async with store.read() as work:
            assert await work.guesses.find("ada@example.com") is None

    async def test_is_forgotten_some_time_later(self, market: Market) -> None:
        auth: Any = market.stub(AuthServiceStub)
        await guess(auth, "nobody@example.com")
        store = Store(market.node.nodes["identity"].db, market.node.keyring)
        async with store.read() as work:
            known = await work.guesses.find("nobody@example.com")
        assert known is not None
        async with store.write() as work:
            assert await work.guesses.forget_before(known.last_time, 10) == 0
        async with store.write() as work:
            assert await work.guesses.forget_before(known.last_time.replace(year=known.last_time.year + 1), 10) == 1
