"""A service to test the mesh with, generated from protos/echo.proto, and the worlds that it runs in."""

import importlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

from google.api import annotations_pb2
from grpc_tools import protoc

from mesh.call import Call
from mesh.node import Node, ServiceNode
from mesh.service import Parts, Service
from mesh.stack.home import Home
from mesh.stack.keys import make_keys
from mesh.trace import ReadableSpan

PROTOS = Path(__file__).parent / "protos"
CONTRACTS = Path(__file__).parents[2] / "proto"
GOOGLE = Path(annotations_pb2.__file__).parents[2]
Behaviour = Callable[[Any, Call], Awaitable[Any]]


def generate(folder: Path) -> tuple[ModuleType, ModuleType]:
    """The messages and the stubs of the test's own proto."""
    well_known = files("grpc_tools").joinpath("_proto")
    includes = [f"-I{path}" for path in (PROTOS, CONTRACTS, GOOGLE, well_known)]
    outputs = [f"--python_out={folder}", f"--grpc_python_out={folder}"]
    assert protoc.main(["protoc", *includes, *outputs, *(path.name for path in PROTOS.iterdir())]) == 0
    sys.path.insert(0, str(folder))
    try:
        for path in PROTOS.iterdir():
            importlib.import_module(f"{path.stem}_pb2")
        return importlib.import_module("echo_pb2"), importlib.import_module("echo_pb2_grpc")
    finally:
        sys.path.remove(str(folder))


def make_servicer(messages: ModuleType, stubs: ModuleType) -> Any:
    """A servicer whose unary methods do what `behave` says."""

    class Echo(stubs.EchoServiceServicer):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            self.calls: list[Call] = []
            self.behave: Behaviour = self.echo
            self.sent = 0

        async def echo(self, request: Any, call: Call) -> Any:
            del call
            return messages.EchoReply(text=request.text, number=request.number)

        async def _any(self, request: Any, call: Call) -> Any:
            self.calls.append(call)
            return await self.behave(request, call)

        Say = Own = Sell = Inner = Keyed = Audited = _any

        async def Count(self, request: Any, call: Call) -> AsyncIterator[Any]:  # noqa: N802 - the contract's name
            self.calls.append(call)
            for number in range(request.number):
                self.sent = number
                yield messages.EchoReply(number=number)
            if request.text == "fail":
                raise ValueError("secret")

    return Echo()


class Spans:
    """Keeps the spans that are exported."""

    def __init__(self) -> None:
        self.ended: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.ended.append(span)

    def shutdown(self) -> None:
        """Nothing is open."""


class World:
    """The service `echo`, and a service `caller` that has a stub of it."""

    def __init__(self, messages: ModuleType, servicer: Any, stub: Any, caller: ServiceNode, spans: Spans) -> None:
        self.messages = messages
        self.echo = servicer
        self.stub = stub
        self.caller = caller
        self.spans = spans

    def request(self, **fields: Any) -> Any:
        return self.messages.EchoRequest(**fields)

    def reply(self, **fields: Any) -> Any:
        return self.messages.EchoReply(**fields)


@asynccontextmanager
async def running_world(
    modules: tuple[ModuleType, ModuleType], home: Path, *, socket: bool, settings: Mapping[str, str] | None = None
) -> AsyncIterator[World]:
    """Both services in one process, or each in a node of its own with a socket between them."""
    messages, stubs = modules
    servicer, nodes, spans = make_servicer(messages, stubs), {}, Spans()

    def build(node: ServiceNode) -> Parts:
        nodes[node.name] = node
        return Parts([servicer] if node.name == "echo" else [])

    environ = {"SOUK_HOME": str(home), "SOUK_TRACE_RATIO": "0", **(settings or {})}
    make_keys_in(home)
    echo, caller = Service("echo", None, build), Service("caller", None, build)
    if socket:
        first = Node([echo], environ, spans)
        port = await first.start("127.0.0.1:0")
        second = Node([caller], {**environ, "SOUK_ECHO_ADDR": f"127.0.0.1:{port}"}, spans)
        await second.start(None)
        running = [second, first]
    else:
        running = [Node([echo, caller], environ, spans)]
        await running[0].start(None)
    try:
        stub = nodes["caller"].stub(stubs.EchoServiceStub)
        yield World(messages, servicer, stub, nodes["caller"], spans)
    finally:
        for node in running:
            await node.stop()


def make_keys_in(home: Path) -> None:
    """The key files of a stack."""
    keys = Home(home)
    keys.prepare()
    make_keys(keys)
