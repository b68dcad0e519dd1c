"""Calls to another process: what is repeated, by whom and how often."""

import time
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import grpc
import pytest

from mesh.errors import Aborted, DeadlineExceeded, SoukError, Unavailable
from mesh.principal import Principal, acting_as
from mesh.remote import ATTEMPTS, Budget, RemoteChannel, target_of

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


class Peer:
    """A bare server of the test service that fails as often as it is told."""

    def __init__(self, modules: tuple[ModuleType, ModuleType]) -> None:
        self.messages, self.stubs = modules
        self.failures = 0
        self.code = grpc.StatusCode.UNAVAILABLE
        self.metadata: list[dict[str, Any]] = []
        self.address = ""

    def stub(self) -> Any:
        return self.stubs.EchoServiceStub(RemoteChannel("caller", self.address, lambda principal: repr(principal)))

    async def answer(self, _request: Any, context: grpc.aio.ServicerContext) -> Any:
        self.metadata.append(dict(context.invocation_metadata() or ()))
        if len(self.metadata) <= self.failures:
            await context.abort(self.code, "no")
        return self.messages.EchoReply(text="yes")


@pytest.fixture
async def peer(echo_modules: tuple[ModuleType, ModuleType]) -> AsyncIterator[Peer]:
    peer = Peer(echo_modules)
    request_class = peer.messages.EchoRequest
    handlers = {
        name: grpc.unary_unary_rpc_method_handler(
            peer.answer, request_class.FromString, lambda reply: reply.SerializeToString()
        )
        for name in ("Say", "Sell", "Keyed")
    }
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("souk.echo.v1.EchoService", handlers),))
    peer.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield peer
    await server.stop(0)


async def attempts(peer: Peer, method: str = "Say", **options: Any) -> int:
    try:
        await getattr(peer.stub(), method)(peer.messages.EchoRequest(), **options)
    except SoukError:
        return -len(peer.metadata)
    return len(peer.metadata)


class TestRetry:
    async def test_repeats_a_safe_call_until_it_is_answered(self, peer: Peer) -> None:
        peer.failures = ATTEMPTS - 1
        assert await attempts(peer) == ATTEMPTS

    async def test_ends(self, peer: Peer) -> None:
        peer.failures = 100
        assert await attempts(peer) == -ATTEMPTS

    async def test_repeats_a_keyed_call(self, peer: Peer) -> None:
        peer.failures = 1
        assert await attempts(peer, "Keyed", metadata=(("idempotency-key", "k"),)) == 2

    async def test_never_repeats_what_has_an_effect_each_time(self, peer: Peer) -> None:
        peer.failures = 1
        assert await attempts(peer, "Sell") == -1

    async def test_never_repeats_another_failure(self, peer: Peer) -> None:
        peer.failures, peer.code = 1, grpc.StatusCode.ABORTED
        with pytest.raises(Aborted):
            await peer.stub().Say(peer.messages.EchoRequest())
        assert len(peer.metadata) == 1

    async def test_is_left_to_the_outermost_caller(self, peer: Peer) -> None:
        peer.failures = 1
        with acting_as(Principal(act=("order",))):
            assert await attempts(peer) == -1


class TestBudget:
    def test_runs_out(self) -> None:
        budget = Budget()
        assert [budget.spend() for _ in range(11)] == [True] * 10 + [False]

    def test_is_earned_by_calls_that_go_well(self) -> None:
        budget = Budget()
        while budget.spend():
            pass
        for _ in range(11):
            budget.earn()
        assert budget.spend()
        assert not budget.spend()


class TestCall:
    async def test_carries_the_signed_principal(self, peer: Peer) -> None:
        with acting_as(Principal(subject="u1")):
            await peer.stub().Say(peer.messages.EchoRequest())
        assert peer.metadata[0]["x-souk-principal"] == repr(Principal(subject="u1", act=("caller",)))

    async def test_fails_at_once_without_time(self, peer: Peer) -> None:
        with pytest.raises(DeadlineExceeded):
            await peer.stub().Say(peer.messages.EchoRequest(), timeout=-1)
        assert not peer.metadata

    async def test_tells_that_nobody_is_there(self, peer: Peer) -> None:
        stub = peer.stubs.EchoServiceStub(RemoteChannel("caller", "127.0.0.1:1", str))
        began = time.monotonic()
        with pytest.raises(Unavailable) as failed:
            await stub.Sell(peer.messages.EchoRequest())
        assert failed.value.reason == "UNREACHABLE"
        assert time.monotonic() - began < 1


class TestTargetOf:
    def test_takes_one_address_several_or_a_uri(self) -> None:
        assert target_of("a:1") == "a:1"
        assert target_of("1.2.3.4:1,1.2.3.5:1") == "ipv4:1.2.3.4:1,1.2.3.5:1"
        assert target_of("dns:///order:50051") == "dns:///order:50051"
