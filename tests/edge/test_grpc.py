"""Native gRPC and gRPC-web through the same port."""

import base64
import struct
from collections.abc import AsyncIterator
from typing import Any

import grpc
import httpx
import pytest
from google.protobuf import message_factory
from google.protobuf.descriptor import ServiceDescriptor
from google.rpc import error_details_pb2, status_pb2

from tests.edge.conftest import Edge, Issuer

SERVICE = "/souk.echo.v1.EchoService/"
WEB = {"content-type": "application/grpc-web+proto", "x-grpc-web": "1"}


@pytest.fixture
async def channel(edge: Edge) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(edge.target) as opened:
        yield opened


@pytest.fixture
def messages(contract: ServiceDescriptor) -> dict[str, Any]:
    messages = contract.file.message_types_by_name
    return {name: message_factory.GetMessageClass(descriptor) for name, descriptor in messages.items()}


def frame(message: Any) -> bytes:
    payload = message.SerializeToString()
    return struct.pack(">BI", 0, len(payload)) + payload


def frames(content: bytes) -> list[tuple[int, bytes]]:
    found = []
    while content:
        kind, length = struct.unpack(">BI", content[:5])
        found.append((kind, content[5 : 5 + length]))
        content = content[5 + length :]
    return found


class TestGrpc:
    async def test_unary(self, channel: grpc.aio.Channel, messages: dict[str, Any]) -> None:
        request = messages["GetThingRequest"](thing_id="7").SerializeToString()
        answer = messages["Thing"].FromString(await channel.unary_unary(SERVICE + "GetThing")(request))
        assert answer.thing_id == "7"
        assert "x-envoy-original-path" not in answer.heard

    async def test_with_a_token(self, channel: grpc.aio.Channel, issuer: Issuer) -> None:
        metadata = (("authorization", f"Bearer {issuer.token()}"),)
        await channel.unary_unary(SERVICE + "CreateThing")(b"", metadata=metadata)

    async def test_the_edge_refuses_with_the_details_of_a_status(self, channel: grpc.aio.Channel) -> None:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await channel.unary_unary(SERVICE + "CreateThing")(b"")
        assert error.value.code() is grpc.StatusCode.UNAUTHENTICATED
        assert reason_of(error.value) == "TOKEN_MISSING"

    async def test_errors_of_the_service_pass_whole(self, channel: grpc.aio.Channel, messages: dict[str, Any]) -> None:
        request = messages["ActRequest"](name="fail").SerializeToString()
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await channel.unary_unary(SERVICE + "Act")(request)
        assert error.value.code() is grpc.StatusCode.FAILED_PRECONDITION
        assert reason_of(error.value) == "NOT_TODAY"

    async def test_streaming(self, channel: grpc.aio.Channel, messages: dict[str, Any]) -> None:
        request = messages["CountRequest"](to=3).SerializeToString()
        stream = channel.unary_stream(SERVICE + "Count")(request)
        assert [messages["Thing"].FromString(each).count async for each in stream] == [0, 1, 2]


class TestGrpcWeb:
    def test_unary(self, edge: Edge, messages: dict[str, Any]) -> None:
        request = frame(messages["GetThingRequest"](thing_id="7"))
        answer = httpx.post(edge.url + SERVICE + "GetThing", content=request, headers=WEB)
        (_, body), (trailer, status) = frames(answer.content)
        assert messages["Thing"].FromString(body).thing_id == "7"
        assert trailer == 0x80
        assert b"grpc-status:0" in status

    def test_text_form(self, edge: Edge, messages: dict[str, Any]) -> None:
        request = base64.b64encode(frame(messages["GetThingRequest"](thing_id="7")))
        headers = WEB | {"content-type": "application/grpc-web-text"}
        answer = httpx.post(edge.url + SERVICE + "GetThing", content=request, headers=headers)
        assert messages["Thing"].FromString(frames(answer.content)[0][1]).thing_id == "7"

    def test_streaming(self, edge: Edge, messages: dict[str, Any]) -> None:
        request = frame(messages["CountRequest"](to=3))
        answer = httpx.post(edge.url + SERVICE + "Count", content=request, headers=WEB)
        assert [messages["Thing"].FromString(body).count for kind, body in frames(answer.content) if not kind] == [
            0,
            1,
            2,
        ]

    def test_the_edge_refuses_as_grpc_web_expects(self, edge: Edge) -> None:
        """A client reads the status from headers of a 200; of any other it knows no reason."""
        answer = httpx.post(edge.url + SERVICE + "CreateThing", content=b"\0\0\0\0\0", headers=WEB)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/grpc-web")
        assert answer.headers["grpc-status"] == "16"
        details = answer.headers["grpc-status-details-bin"]
        status = status_pb2.Status.FromString(base64.b64decode(details + "=" * (-len(details) % 4)))
        assert status.code == 16


def reason_of(error: grpc.aio.AioRpcError) -> str:
    trailers = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    return str(info.reason)
