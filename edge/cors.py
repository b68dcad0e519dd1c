"""CORS: the pages of the configured origins, named exactly, may call from a browser."""

from collections.abc import Iterable

from envoy_data_plane.envoy.extensions.filters.http.cors.v3 import Cors, CorsPolicy
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.envoy.type.matcher.v3 import StringMatcher
from envoy_data_plane.google.protobuf import Any

from edge.methods import Method
from edge.placement import Placement
from edge.typed import always, http_filter, packed

NAME = "envoy.filters.http.cors"
_INPUTS = {
    "authorization",
    "content-type",
    "grpc-timeout",
    "idempotency-key",
    "if-none-match",
    "traceparent",
    "tracestate",
    "x-grpc-web",
    "x-user-agent",
    "connect-protocol-version",
}
_OUTPUTS = (
    "etag",
    "grpc-message",
    "grpc-status",
    "grpc-status-details-bin",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
    "x-trace-id",
)
_PREFLIGHT_SECONDS = 7200


def cors_filter() -> HttpFilter:
    """The place in the chain where the policy applies."""
    return http_filter(NAME, Cors())


def policy(placement: Placement, methods: Iterable[Method]) -> Any:
    """The policy for all routes; the headers that contracts declare as inputs are allowed."""
    inputs = _INPUTS | {header.name for method in methods for header in method.contract.headers}
    return packed(
        CorsPolicy(
            allow_origin_string_match=[StringMatcher(exact=origin) for origin in placement.cors_origins],
            allow_methods="GET, POST, PUT, PATCH, DELETE",
            allow_headers=", ".join(sorted(inputs)),
            expose_headers=", ".join(_OUTPUTS),
            max_age=str(_PREFLIGHT_SECONDS),
            allow_credentials=False,
            filter_enabled=always(),
        )
    )
