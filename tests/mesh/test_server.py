"""What only a socket shows: headers of the edge, malformed bytes, caching, health."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import grpc
import pytest

from mesh.contract import DEFAULT_MAX_REQUEST_BYTES
from mesh.health import LIVENESS, NOT_SERVING, SERVING, Health, service_of
from mesh.node import Node
from mesh.service import Parts, Service
from tests.mesh.echo import make_keys_in, make_servicer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


class Wire:
    """A plain gRPC client of the test service."""

    def __init__(
        self, node: Node, echo: Any, channel: grpc.aio.Channel, modules: tuple[ModuleType, ModuleType]
    ) -> None:
        self.node = node
        self.echo = echo
        self.channel = channel
        self.messages = modules[0]
        self.stub = modules[1].EchoServiceStub(channel)

    def raw(self, method: str) -> Any:
        return self.channel.unary_unary(method, lambda data: data, lambda data: data)


@pytest.fixture
async def wire(echo_modules: tuple[ModuleType, ModuleType], tmp_path: Path) -> AsyncIterator[Wire]:
    make_keys_in(tmp_path)
    echo = make_servicer(*echo_modules)
    node = Node(
        [Service("echo", None, lambda _: Parts([echo]))], {"SOUK_HOME": str(tmp_path), "SOUK_MAX_CONCURRENT_CALLS": "4"}
    )
    port = await node.start("127.0.0.1:0")
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Wire(node, echo, channel, echo_modules)
    await node.stop()


def reason(error: grpc.aio.AioRpcError) -> str:
    details = dict(error.trailing_metadata() or ())["grpc-status-details-bin"]
    return details.decode(errors="replace") if isinstance(details, bytes) else str(details)


class TestHeaders:
    async def test_limit_the_time_to_what_the_edge_waits(self, wire: Wire) -> None:
        metadata = (("x-envoy-expected-rq-timeout-ms", "500"),)
        await wire.stub.Say(wire.messages.EchoRequest(), metadata=metadata)
        assert wire.echo.calls[0].deadline <= time.monotonic() + 0.5

    async def test_believe_no_identity_that_is_not_signed(self, wire: Wire) -> None:
        metadata = (("x-souk-principal", "service:order"),)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await wire.stub.Inner(wire.messages.EchoRequest(), metadata=metadata)
        assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED

    async def test_go_on_with_the_callers_trace(self, wire: Wire) -> None:
        traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        await wire.stub.Say(wire.messages.EchoRequest(), metadata=(("traceparent", traceparent),))
        span = wire.echo.calls[0].span
        assert span.trace_id_text == "0af7651916cd43dd8448eb211c80319c"
        assert span.sampled


class TestBytes:
    @pytest.mark.parametrize("data", [b"\xff", b"\x0a\xff\xff\xff\xff\x0f", b"\x0a\x02\xff\xfe", b"\x00" * 100])
    async def test_that_are_no_message_are_an_invalid_argument(self, wire: Wire, data: bytes) -> None:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await wire.raw("/souk.echo.v1.EchoService/Say")(data)
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert "MALFORMED_REQUEST" in reason(refused.value)

    async def test_that_are_too_many_are_refused(self, wire: Wire) -> None:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await wire.raw("/souk.echo.v1.EchoService/Say")(b"\x1a" * (2 * DEFAULT_MAX_REQUEST_BYTES))
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED

    async def test_to_nowhere_are_unimplemented(self, wire: Wire) -> None:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await wire.raw("/souk.echo.v1.EchoService/Nothing")(b"")
        assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED


class TestPort:
    async def test_is_never_shared(self, wire: Wire, tmp_path: Path) -> None:
        other = Node([Service("echo", None, lambda _: Parts([]))], {"SOUK_HOME": str(tmp_path)})
        with pytest.raises(RuntimeError, match=str(wire.node.port)):
            await other.start(f"127.0.0.1:{wire.node.port}")
        await other.stop()


class TestStop:
    async def test_lets_calls_in_flight_end(self, wire: Wire) -> None:
        began = asyncio.Event()

        async def behave(_request: Any, _call: Any) -> Any:
            began.set()
            await asyncio.sleep(0.3)
            return wire.messages.EchoReply(text="done")

        wire.echo.behave = behave
        answer = asyncio.ensure_future(say(wire))
        await began.wait()
        await wire.node.stop()
        assert (await answer).text == "done"
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await say(wire)
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


async def say(wire: Wire) -> Any:
    return await wire.stub.Say(wire.messages.EchoRequest())


async def always() -> bool:
    return True


async def never() -> bool:
    return False


class TestGate:
    async def test_refuses_calls_from_outside_at_half_and_says_when_to_come_again(self, wire: Wire) -> None:
        going_on = asyncio.Event()

        async def behave(_request: Any, _call: Any) -> Any:
            await going_on.wait()
            return wire.messages.EchoReply()

        wire.echo.behave = behave
        first = [asyncio.ensure_future(say(wire)) for _ in range(2)]
        while len(wire.echo.calls) < 2:
            await asyncio.sleep(0.01)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await say(wire)
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert ("retry-after", "1") in tuple(refused.value.trailing_metadata() or ())
        # Whoever is busy is alive.
        assert await wire.raw("/grpc.health.v1.Health/Check")(b"") == SERVING
        # A token that is not good, but a call from inside: it is let in, and refused for another reason.
        with pytest.raises(grpc.aio.AioRpcError) as inside:
            await wire.stub.Say(wire.messages.EchoRequest(), metadata=(("x-souk-principal", "x"),))
        assert inside.value.code() is grpc.StatusCode.UNAUTHENTICATED
        going_on.set()
        await asyncio.gather(*first)
        assert await say(wire) == wire.messages.EchoReply()


class TestHealth:
    async def test_follows_the_start_and_the_end(self) -> None:
        health = Health({"souk.echo.v1.EchoService"}, always)
        assert await health.status("") == NOT_SERVING
        health.serve()
        assert await health.status("souk.echo.v1.EchoService") == SERVING
        health.drain()
        assert await health.status("") == NOT_SERVING

    async def test_follows_what_the_node_depends_on(self) -> None:
        health = Health((), never)
        health.serve()
        assert await health.status("") == NOT_SERVING
        assert await health.status(LIVENESS) == SERVING

    async def test_knows_no_other_service(self) -> None:
        assert await Health((), always).status("souk.other.v1.OtherService") is None

    def test_reads_the_name(self) -> None:
        assert service_of(b"") == ""
        assert service_of(b"\x0a\x03abc") == "abc"

    async def test_answers_on_the_wire(self, wire: Wire) -> None:
        assert await wire.raw("/grpc.health.v1.Health/Check")(b"\x0a\x08liveness") == SERVING
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await wire.raw("/grpc.health.v1.Health/Check")(b"\x0a\x01x")
        assert refused.value.code() is grpc.StatusCode.NOT_FOUND
