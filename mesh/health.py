"""The standard gRPC health service, `grpc.health.v1.Health`, for the node and each service on it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Final

import grpc

NAME: Final = "grpc.health.v1.Health"
# HealthCheckResponse with its one field, `status`, in the protobuf wire format.
SERVING: Final = b"\x08\x01"
NOT_SERVING: Final = b"\x08\x02"
# The process lives, whatever it depends on.
LIVENESS: Final = "liveness"
_STRING_FIELD_1: Final = 0x0A
_WATCH_SECONDS: Final = 1.0

# Whether what the node depends on answers.
Ready = Callable[[], Awaitable[bool]]


class Health:
    """What the node says of itself. The empty name stands for the whole node."""

    def __init__(self, services: Iterable[str], ready: Ready) -> None:
        """`services` are full gRPC names."""
        self._names = {"", *services}
        self._ready = ready
        self._serving = False

    def serve(self) -> None:
        """Say SERVING from now on, where the dependencies answer."""
        self._serving = True

    def drain(self) -> None:
        """Say NOT_SERVING, so that nobody sends new calls."""
        self._serving = False

    def register(self, server: grpc.aio.Server) -> None:
        """Add the health service to a server."""
        handlers: dict[str, Any] = {
            "Check": grpc.unary_unary_rpc_method_handler(self._check),
            "Watch": grpc.unary_stream_rpc_method_handler(self._watch),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(NAME, handlers),))

    async def status(self, name: str) -> bytes | None:
        """The serialised answer for one name, None for a name that is not here."""
        if name == LIVENESS:
            return SERVING
        if name not in self._names:
            return None
        return SERVING if self._serving and await self._ready() else NOT_SERVING

    async def _check(self, request: bytes, context: Any) -> bytes:
        status = await self.status(service_of(request))
        if status is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
            raise AssertionError
        return status

    async def _watch(self, request: bytes, _context: Any) -> AsyncIterator[bytes]:
        """The present status and each change. An unknown name is SERVICE_UNKNOWN, as the protocol asks."""
        last = b""
        while True:
            status = await self.status(service_of(request)) or b"\x08\x03"
            if status != last:
                yield status
                last = status
            await asyncio.sleep(_WATCH_SECONDS)


def service_of(request: bytes) -> str:
    """The one field of a HealthCheckRequest, `service`; a name has less than 128 bytes."""
    if len(request) > 1 and request[0] == _STRING_FIELD_1 and request[1] == len(request) - 2:
        return request[2:].decode(errors="replace")
    return ""
