"""The one listener: HTTP/1.1, HTTP/2, REST, gRPC and gRPC-web on the same port."""

from collections.abc import Sequence
from datetime import timedelta

from envoy_data_plane.envoy.config.core.v3 import (
    Http1ProtocolOptions,
    Http2ProtocolOptions,
    HttpProtocolOptions,
    HttpProtocolOptionsHeadersWithUnderscoresAction,
    TransportSocket,
)
from envoy_data_plane.envoy.config.listener.v3 import (
    Filter,
    FilterChain,
    Listener,
    ListenerConnectionBalanceConfig,
    ListenerConnectionBalanceConfigExactBalance,
)
from envoy_data_plane.envoy.config.route.v3 import HeaderMatcher
from envoy_data_plane.envoy.extensions.filters.http.grpc_web.v3 import GrpcWeb
from envoy_data_plane.envoy.extensions.filters.http.health_check.v3 import HealthCheck
from envoy_data_plane.envoy.extensions.filters.http.router.v3 import Router
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import (
    HttpConnectionManager,
    HttpConnectionManagerCodecType,
    HttpConnectionManagerPathWithEscapedSlashesAction,
    HttpConnectionManagerServerHeaderTransformation,
    HttpFilter,
)
from envoy_data_plane.envoy.type.matcher.v3 import StringMatcher
from envoy_data_plane.envoy.type.v3 import Percent
from google.protobuf.descriptor import ServiceDescriptor

from edge import (
    bodies,
    caching,
    compression,
    cors,
    guard,
    headers,
    limits,
    media,
    replies,
    routes,
    strict,
    telemetry,
    tokens,
    transcoder,
)
from edge.methods import Method
from edge.placement import Placement
from edge.tls import server_socket
from edge.typed import address, http_filter, packed
from mesh.contract import host_of

_BUFFER_BYTES = 1 << 20
_MAX_HEADERS_KB = 32
_MAX_HEADERS = 100
_MAX_STREAMS = 256


def listener(placement: Placement, services: Sequence[ServiceDescriptor], methods: Sequence[Method]) -> Listener:
    """The listener with its filters and routes."""
    manager = Filter(
        name="envoy.filters.network.http_connection_manager",
        typed_config=packed(_manager(placement, services, methods)),
    )
    return Listener(
        name="souk",
        address=address(placement.listen),
        per_connection_buffer_limit_bytes=_BUFFER_BYTES,
        # A second server on the same port is an error, not a partner; one socket needs its connections dealt out.
        enable_reuse_port=False,
        connection_balance_config=ListenerConnectionBalanceConfig(
            exact_balance=ListenerConnectionBalanceConfigExactBalance()
        ),
        filter_chains=[FilterChain(filters=[manager], transport_socket=_transport(placement))],
    )


def _transport(placement: Placement) -> TransportSocket | None:
    if placement.tls_certificate is None or placement.tls_key is None:
        return None
    return server_socket(placement.tls_certificate, placement.tls_key)


def _manager(
    placement: Placement, services: Sequence[ServiceDescriptor], methods: Sequence[Method]
) -> HttpConnectionManager:
    return HttpConnectionManager(
        stat_prefix="edge",
        codec_type=HttpConnectionManagerCodecType.AUTO,
        route_config=routes.route_table(placement, methods),
        http_filters=_filters(placement, services, methods),
        local_reply_config=replies.local_replies(),
        access_log=[telemetry.access_log(placement)],
        tracing=telemetry.tracing(placement),
        early_header_mutation_extensions=[headers.refuse_claims(trusted_proxies=placement.trusted_proxies > 0)],
        use_remote_address=True,
        xff_num_trusted_hops=placement.trusted_proxies,
        server_name="souk",
        server_header_transformation=HttpConnectionManagerServerHeaderTransformation.OVERWRITE,
        always_set_request_id_in_response=True,
        normalize_path=True,
        merge_slashes=True,
        path_with_escaped_slashes_action=HttpConnectionManagerPathWithEscapedSlashesAction.REJECT_REQUEST,
        common_http_protocol_options=HttpProtocolOptions(
            headers_with_underscores_action=HttpProtocolOptionsHeadersWithUnderscoresAction.REJECT_REQUEST,
            max_headers_count=_MAX_HEADERS,
            idle_timeout=timedelta(minutes=15),
        ),
        max_request_headers_kb=_MAX_HEADERS_KB,
        http_protocol_options=Http1ProtocolOptions(),
        http2_protocol_options=Http2ProtocolOptions(
            max_concurrent_streams=_MAX_STREAMS,
            initial_stream_window_size=1 << 18,
            initial_connection_window_size=1 << 20,
        ),
        stream_error_on_invalid_http_message=True,
        request_headers_timeout=timedelta(seconds=10),
        stream_idle_timeout=timedelta(minutes=2),
        drain_timeout=timedelta(seconds=5),
    )


def _filters(
    placement: Placement, services: Sequence[ServiceDescriptor], methods: Sequence[Method]
) -> list[HttpFilter]:
    """Requests pass from the top down, answers from the bottom up."""
    return [
        headers.answer_headers(),
        headers.strip_grpc_from_rest(),
        _health(services),
        cors.cors_filter(),
        http_filter("envoy.filters.http.grpc_web", GrpcWeb()),
        limits.floor(placement.rate_factor),
        guard.content_types(methods),
        bodies.body_limit(),
        compression.compressor(),
        *([media.file_server(placement.media_folder)] if placement.media_folder else []),
        caching.cache_filter(),
        strict.strict_json(methods),
        transcoder.transcoder_filter(services, methods),
        # From here on every call is known by its gRPC path, however it came.
        headers.note_grpc_status(),
        tokens.token_filter(placement),
        limits.method_filter(),
        http_filter("envoy.filters.http.router", Router()),
    ]


def _health(services: Sequence[ServiceDescriptor]) -> HttpFilter:
    """/healthz is 200 while this Envoy is not draining and each service has a worker that is healthy."""
    return http_filter(
        "envoy.filters.http.health_check",
        HealthCheck(
            pass_through_mode=False,
            headers=[HeaderMatcher(name=":path", string_match=StringMatcher(exact="/healthz"))],
            cluster_min_healthy_percentages={host_of(service.full_name): Percent(value=1) for service in services},
        ),
    )
