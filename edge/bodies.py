"""How large the body of a REST call may be. gRPC messages are limited by the services, which see them whole."""

from envoy_data_plane.envoy.extensions.filters.http.buffer.v3 import Buffer, BufferPerRoute
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.google.protobuf import Any

from edge.methods import Method
from edge.protocols import unless_grpc
from edge.typed import extension, packed
from mesh.contract import DEFAULT_MAX_REQUEST_BYTES

NAME = "souk.body_limit"


def body_limit() -> HttpFilter:
    """Holds a body until it is whole, as the transcoder would, and refuses it beyond the limit of its route."""
    buffer = Buffer(max_request_bytes=DEFAULT_MAX_REQUEST_BYTES)
    return unless_grpc(NAME, extension("envoy.filters.http.buffer", buffer))


def limit(method: Method) -> Any:
    """The limit of a method that takes more; what is streamed is not held and counted by the service."""
    if method.contract.request_streaming:
        return packed(BufferPerRoute(disabled=True))
    return packed(BufferPerRoute(buffer=Buffer(max_request_bytes=method.contract.max_request_bytes)))
