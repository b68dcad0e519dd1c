"""The mesh from inside this machine: generated stubs that call as `service:cli`, with the key of the home."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from itertools import chain
from typing import Any

from mesh.principal import acting_as, service_principal
from mesh.remote import RemoteChannel
from mesh.stack.errors import StackError
from mesh.stack.home import Home
from mesh.stack.state import Status, read_state
from mesh.tokens import NodeTokens

CLI = "cli"


@asynccontextmanager
async def service_stubs(home: Home) -> AsyncIterator[dict[str, Any]]:
    """The main stub of every service that runs here, by the service's name; calls act as `service:cli`.

    Raises StackError where no stack runs.
    """
    async with service_channels(home) as channels:
        yield {name: _stub(name, channel) for name, channel in channels.items()}


@asynccontextmanager
async def service_channels(home: Home) -> AsyncIterator[dict[str, RemoteChannel]]:
    """A channel to every service that runs here, by the service's name; calls act as `service:cli`.

    Raises StackError where no stack runs.
    """
    state = read_state(home)
    if state.status is not Status.RUNNING:
        raise StackError("The market does not run here. Start it with `make up`.")
    sign = NodeTokens.from_files(home.keys).sign
    async with AsyncExitStack() as stack:
        channels = {name: RemoteChannel(CLI, ",".join(where), sign) for name, where in state.addresses.items()}
        for channel in channels.values():
            stack.push_async_callback(channel.close)
        with acting_as(service_principal(CLI)):
            yield dict(sorted(channels.items()))


@asynccontextmanager
async def process_channels(home: Home) -> AsyncIterator[list[RemoteChannel]]:
    """A channel to each process that hosts services; calls act as `service:cli`. Raises StackError as above."""
    state = read_state(home)
    if state.status is not Status.RUNNING:
        raise StackError("The market does not run here. Start it with `make up`.")
    sign = NodeTokens.from_files(home.keys).sign
    async with AsyncExitStack() as stack:
        channels = [RemoteChannel(CLI, where, sign) for where in sorted({*chain(*state.addresses.values())})]
        for channel in channels:
            stack.push_async_callback(channel.close)
        with acting_as(service_principal(CLI)):
            yield channels


def _stub(service: str, channel: RemoteChannel) -> Any:
    module = import_module(f"souk.{service}.v1.{service}_service_pb2_grpc")
    return getattr(module, f"{service.capitalize()}ServiceStub")(channel)
