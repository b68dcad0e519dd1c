"""The gRPC server of a process: the pipeline's endpoints on a socket, and no more calls at once than it can bear."""

import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

import grpc

from mesh.admission import Gate, Limit
from mesh.call import Call
from mesh.contract import MethodContract
from mesh.errors import DETAILS_KEY, SoukError, to_status
from mesh.pipeline import Endpoint
from mesh.remote import PRINCIPAL_HEADER
from mesh.statuses import STATUS_CODES
from mesh.trace import parse_traceparent

_MINUTE_MS: Final = 60_000
_ENVOY_TIMEOUT: Final = "x-envoy-expected-rq-timeout-ms"
# The frame around the largest request, so that the contract's own limit speaks first.
_MESSAGE_SLACK: Final = 64 * 1024

Context = grpc.aio.ServicerContext[Any, Any]


def make_server(endpoints: Iterable[Endpoint], *, max_concurrent: int) -> grpc.aio.Server:
    """A server of these endpoints without a port. More than `max_concurrent` calls at once are RESOURCE_EXHAUSTED.

    Calls from outside are refused at half of that: the rest is for what calls that have begun ask of each other.
    """
    endpoints = list(endpoints)
    largest = max((endpoint.contract.max_request_bytes for endpoint in endpoints), default=0)
    server = grpc.aio.server(
        options=(
            # Two servers on one port would share it without a word, and the kernel does not balance them.
            ("grpc.so_reuseport", 0),
            ("grpc.max_receive_message_length", largest + _MESSAGE_SLACK),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_connection_age_ms", 10 * _MINUTE_MS),
            ("grpc.max_connection_age_grace_ms", _MINUTE_MS),
        ),
    )
    # Not as registered methods: for those the server waits on one future each, at every call, which with a hundred
    # methods costs more than the call.
    server.add_generic_rpc_handlers((_Methods(endpoints, Gate(max_concurrent, PRINCIPAL_HEADER)),))
    return server


class _Methods(grpc.GenericRpcHandler):
    """All methods in one look-up: the server asks one generic handler after the other, at every call."""

    def __init__(self, endpoints: Iterable[Endpoint], gate: Gate) -> None:
        self._handlers = {endpoint.contract.path: _rpc_handler(endpoint, gate) for endpoint in endpoints}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        return self._handlers.get(handler_call_details.method)


def _rpc_handler(endpoint: Endpoint, gate: Gate) -> Any:
    limit = Limit(endpoint.contract, gate)
    if endpoint.stream is not None:
        return grpc.unary_stream_rpc_method_handler(_stream(endpoint, limit))
    return grpc.unary_unary_rpc_method_handler(_unary(endpoint, limit))


def _unary(endpoint: Endpoint, limit: Limit) -> Callable[[bytes, Context], Awaitable[bytes]]:
    serve = endpoint.unary
    assert serve is not None  # noqa: S101 - _rpc_handler chose by it

    async def handle(data: bytes, context: Context) -> bytes:
        call = incoming(endpoint, context)
        try:
            began = limit.enter(call.headers)
            try:
                answer = await serve(call, data)
            finally:
                limit.leave(began)
        except SoukError as error:
            await _abort(context, call, error)
            raise
        if call.response_headers:
            await context.send_initial_metadata(call.response_headers)
        return answer

    return handle


def _stream(endpoint: Endpoint, limit: Limit) -> Callable[[bytes, Context], AsyncIterator[bytes]]:
    serve = endpoint.stream
    assert serve is not None  # noqa: S101 - _rpc_handler chose by it

    async def handle(data: bytes, context: Context) -> AsyncIterator[bytes]:
        call = incoming(endpoint, context)
        try:
            began = limit.enter(call.headers)
            try:
                async for message in serve(call, data):
                    yield message
            finally:
                limit.leave(began)
        except SoukError as error:
            await _abort(context, call, error)

    return handle


async def _abort(context: Context, call: Call, error: SoukError) -> None:
    if error.retry_after is not None:
        call.set_header("retry-after", str(math.ceil(error.retry_after)))
    trailing: tuple[tuple[str, str | bytes], ...] = ((DETAILS_KEY, to_status(error)), *call.response_headers)
    await context.abort(STATUS_CODES[error.code], error.message, trailing)


def incoming(endpoint: Endpoint, context: Context) -> Call:
    """The call that has come over a socket."""
    headers: dict[str, Any] = dict(context.invocation_metadata() or ())
    now, contract = time.monotonic(), endpoint.contract
    span = endpoint.node.tracer.start(contract.path[1:], parse_traceparent(headers.get("traceparent")))
    return Call(contract, endpoint.node, headers, now + _allowed(contract, headers, context), span)


def _allowed(contract: MethodContract, headers: Mapping[str, Any], context: Context) -> float:
    """The seconds that the call may take: the least of what caller, edge and contract allow."""
    allowed = contract.deadline
    remaining = context.time_remaining()
    if remaining is not None and remaining < allowed:
        allowed = remaining
    edge = headers.get(_ENVOY_TIMEOUT, "")
    if edge.isdecimal() and 0 < int(edge) < allowed * 1000:
        allowed = int(edge) / 1000
    return allowed
