"""REST/JSON to gRPC and back."""

from collections.abc import Iterable, Sequence

from envoy_data_plane.envoy.extensions.filters.http.grpc_json_transcoder.v3 import (
    GrpcJsonTranscoder,
    GrpcJsonTranscoderPrintOptions,
    GrpcJsonTranscoderRequestValidationOptions,
)
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.google.protobuf import Any
from google.protobuf.descriptor import ServiceDescriptor

from contracts.descriptors import descriptor_set
from edge.methods import Method
from edge.typed import http_filter, packed
from mesh.contract import DEFAULT_MAX_REQUEST_BYTES

NAME = "envoy.filters.http.grpc_json_transcoder"
_MAX_RESPONSE_BYTES = 16 << 20


def transcoder_filter(services: Sequence[ServiceDescriptor], methods: Iterable[Method]) -> HttpFilter:
    """Transcodes every REST path; a path or parameter that no contract names is refused.

    How large a body may be is the body limit's to say: here it is the largest of all.
    """
    largest = max((method.contract.max_request_bytes for method in methods), default=DEFAULT_MAX_REQUEST_BYTES)
    return http_filter(NAME, _transcoder(services, largest))


def without_transcoding() -> Any:
    """For routes that no contract describes: an empty configuration transcodes nothing."""
    return packed(GrpcJsonTranscoder(proto_descriptor_bin=b""))


def _transcoder(services: Sequence[ServiceDescriptor], max_request_bytes: int) -> GrpcJsonTranscoder:
    return GrpcJsonTranscoder(
        proto_descriptor_bin=descriptor_set(service.file for service in services),
        services=[service.full_name for service in services],
        print_options=GrpcJsonTranscoderPrintOptions(always_print_primitive_fields=True),
        convert_grpc_status=True,
        query_param_unescape_plus=True,
        request_validation_options=GrpcJsonTranscoderRequestValidationOptions(
            reject_unknown_method=True,
            reject_unknown_query_parameters=True,
            reject_binding_body_field_collisions=True,
        ),
        max_request_body_size=max_request_bytes,
        max_response_body_size=_MAX_RESPONSE_BYTES,
    )
