"""The service behind the edge in its tests, and its contract in a pool of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.rpc import error_details_pb2, status_pb2
from grpc_tools import protoc

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ETAG = 'W/"1-a"'


def compile_contract(target: Path) -> ServiceDescriptor:
    """The service's descriptor, compiled into a pool that no other test sees."""
    output = target / "echo.binpb"
    well_known = files("grpc_tools").joinpath("_proto")
    google = files("google.api").joinpath("http.proto")
    includes = [HERE, ROOT / "proto", Path(str(google)).parent.parent.parent, Path(str(well_known))]
    paths = [f"-I{each}" for each in includes]
    code = protoc.main(["protoc", *paths, "--include_imports", f"--descriptor_set_out={output}", "echo.proto"])
    assert code == 0
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes()).file:
        pool.Add(file)
    return pool.FindServiceByName("souk.echo.v1.EchoService")


class Echo:
    """Handlers by method name; `seen` keeps the metadata of each call."""

    def __init__(self, contract: ServiceDescriptor) -> None:
        self.contract = contract
        self.thing = message_factory.GetMessageClass(contract.methods_by_name["GetThing"].output_type)
        self.calls = 0
        self.healthy = True

    async def answer(self, method: MethodDescriptor, request: Any, context: grpc.aio.ServicerContext) -> Any:
        self.calls += 1
        heard = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        if method.name == "Act":
            return await self.act(request.name, context)
        if method.name == "ImportThings":
            body = request.body
            heard["body-type"] = body.content_type
            return self.thing(thing_id=request.shop_id, count=len(body.data), heard=heard)
        thing_id = getattr(request, "thing_id", "") or getattr(request, "email", "")
        if thing_id.startswith("unnamed"):  # no etag of its own, and the same answer each time
            return self.thing(thing_id=thing_id)
        await context.send_initial_metadata(
            (("etag", ETAG), ("x-souk-inside", "secret"), ("x-envoy-upstream-service-time", "3"))
        )
        return self.thing(thing_id=thing_id, heard=heard, display_name=getattr(request, "display_name", ""))

    async def act(self, name: str, context: grpc.aio.ServicerContext) -> Any:
        if name == "sleep":
            await asyncio.sleep(5)
        if name == "large":
            return self.thing(entries=["x" * 1000] * 3000)
        if name == "unavailable":
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not now")
        if name == "fail":
            detail = any_pb2.Any()
            detail.Pack(error_details_pb2.ErrorInfo(reason="NOT_TODAY", domain="souk", metadata={"day": "monday"}))
            status = status_pb2.Status(code=9, message="Not today.", details=[detail])
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, "Not today.")
        return self.thing(thing_id=name)

    async def count(self, request: Any) -> AsyncIterator[Any]:
        for number in range(request.to):
            yield self.thing(count=number)

    def handlers(self) -> grpc.GenericRpcHandler:
        """All methods as one generic handler, with messages of the contract's own pool."""
        return grpc.method_handlers_generic_handler(
            self.contract.full_name, {method.name: self.handler(method) for method in self.contract.methods}
        )

    def handler(self, method: MethodDescriptor) -> grpc.RpcMethodHandler:
        read = message_factory.GetMessageClass(method.input_type).FromString
        if method.server_streaming:

            async def stream(request: Any, _context: Any) -> AsyncIterator[Any]:
                async for each in self.count(request):
                    yield each

            return grpc.unary_stream_rpc_method_handler(stream, read, write)

        async def unary(request: Any, context: grpc.aio.ServicerContext) -> Any:
            return await self.answer(method, request, context)

        return grpc.unary_unary_rpc_method_handler(unary, read, write)

    def health(self) -> grpc.GenericRpcHandler:
        """The standard health service: 1 is SERVING, 2 is NOT_SERVING."""

        async def check(_request: bytes, _context: Any) -> bytes:
            return b"\x08\x01" if self.healthy else b"\x08\x02"

        same: Callable[[bytes], bytes] = bytes
        return grpc.method_handlers_generic_handler(
            "grpc.health.v1.Health", {"Check": grpc.unary_unary_rpc_method_handler(check, same, same)}
        )


def write(message: Any) -> bytes:
    return message.SerializeToString()  # type: ignore[no-any-return]  # the message's class is made at run time


async def serve(echo: Echo, port: int = 0) -> tuple[grpc.aio.Server, int]:
    """Start the service on a port of its own."""
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((echo.handlers(), echo.health()))
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    return server, port
