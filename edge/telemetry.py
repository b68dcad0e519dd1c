"""What the edge tells about each call: one line of its log and one span."""

from datetime import timedelta

from envoy_data_plane.envoy.config.accesslog.v3 import AccessLog
from envoy_data_plane.envoy.config.core.v3 import (
    GrpcService,
    GrpcServiceEnvoyGrpc,
    SubstitutionFormatString,
    TypedExtensionConfig,
)
from envoy_data_plane.envoy.config.trace.v3 import OpenTelemetryConfig, TracingHttp
from envoy_data_plane.envoy.extensions.access_loggers.file.v3 import FileAccessLog
from envoy_data_plane.envoy.extensions.access_loggers.stream.v3 import StdoutAccessLog
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpConnectionManagerTracing
from envoy_data_plane.envoy.extensions.tracers.opentelemetry.samplers.v3 import (
    ParentBasedSamplerConfig,
    TraceIdRatioBasedSamplerConfig,
)
from envoy_data_plane.envoy.type.tracing.v3 import CustomTag
from envoy_data_plane.envoy.type.v3 import FractionalPercent, FractionalPercentDenominatorType, Percent
from envoy_data_plane.google.protobuf import Struct

from edge.clusters import TRACES
from edge.headers import NOTES
from edge.placement import Placement
from edge.typed import extension, packed

_MILLION = 1_000_000
# No query strings, no tokens, no addresses: nothing personal and nothing secret is in a line.
_LINE = {
    "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
    "method": "%REQ(X-ENVOY-ORIGINAL-METHOD?:METHOD)%",
    "path": "%PATH(NQ:ORIG_OR_PATH)%",
    "rpc": "%ROUTE_NAME%",
    "status": "%RESPONSE_CODE%",
    # Only where a service answered with an error.
    "grpcStatus": f"%DYNAMIC_METADATA({NOTES}:grpc_status)%",
    "details": "%RESPONSE_CODE_DETAILS%",
    "flags": "%RESPONSE_FLAGS%",
    "durationMs": "%DURATION%",
    "serviceMs": "%RESPONSE_DURATION%",
    "bytesIn": "%BYTES_RECEIVED%",
    "bytesOut": "%BYTES_SENT%",
    "protocol": "%PROTOCOL%",
    "upstream": "%UPSTREAM_HOST%",
    "requestId": "%REQ(X-REQUEST-ID)%",
    "traceId": "%TRACE_ID%",
}


def access_log(placement: Placement) -> AccessLog:
    """One line of JSON for each call."""
    line = SubstitutionFormatString(json_format=Struct.from_dict(_LINE), omit_empty_values=True)
    if placement.access_log is None:
        return AccessLog(name="envoy.access_loggers.stdout", typed_config=packed(StdoutAccessLog(log_format=line)))
    file = FileAccessLog(path=str(placement.access_log), log_format=line)
    return AccessLog(name="envoy.access_loggers.file", typed_config=packed(file))


def tracing(placement: Placement) -> HttpConnectionManagerTracing | None:
    """Spans to the OTLP receiver. A caller's sampled flag decides; else the placement's share is traced."""
    if placement.otlp is None:
        return None
    exporter = OpenTelemetryConfig(
        grpc_service=GrpcService(envoy_grpc=GrpcServiceEnvoyGrpc(cluster_name=TRACES), timeout=timedelta(seconds=1)),
        service_name="souk.edge",
        sampler=_sampler(placement.trace_ratio),
    )
    return HttpConnectionManagerTracing(
        # The sampler decides: a random choice here would drop what a caller has asked to trace.
        random_sampling=Percent(value=100),
        provider=TracingHttp(name="envoy.tracers.opentelemetry", typed_config=packed(exporter)),
        # The path tag holds the query too: only its slash is kept, and the path stands in a tag of ours.
        max_path_tag_length=1,
        custom_tags=[CustomTag(tag="url.path", value="%PATH(NQ:ORIG_OR_PATH)%")],
    )


def _sampler(ratio: float) -> TypedExtensionConfig:
    share = FractionalPercent(numerator=round(ratio * _MILLION), denominator=FractionalPercentDenominatorType.MILLION)
    by_id = extension(
        "envoy.tracers.opentelemetry.samplers.trace_id_ratio_based",
        TraceIdRatioBasedSamplerConfig(sampling_percentage=share),
    )
    return extension(
        "envoy.tracers.opentelemetry.samplers.parent_based", ParentBasedSamplerConfig(wrapped_sampler=by_id)
    )
