"""Headers: which are believed on the way in, which leave on the way out."""

from envoy_data_plane.envoy.config.common.mutation_rules.v3 import HeaderMutation, HeaderMutationRemoveOnMatch
from envoy_data_plane.envoy.config.core.v3 import HeaderValueOption, TypedExtensionConfig
from envoy_data_plane.envoy.extensions.filters.http.header_mutation.v3 import HeaderMutation as HeaderMutationFilter
from envoy_data_plane.envoy.extensions.filters.http.header_mutation.v3 import Mutations
from envoy_data_plane.envoy.extensions.filters.http.header_to_metadata.v3 import Config as HeaderToMetadata
from envoy_data_plane.envoy.extensions.filters.http.header_to_metadata.v3 import ConfigKeyValuePair, ConfigRule
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.envoy.extensions.http.early_header_mutation.header_mutation.v3 import (
    HeaderMutation as EarlyHeaderMutation,
)
from envoy_data_plane.envoy.type.matcher.v3 import StringMatcher

from edge.protocols import unless_grpc
from edge.typed import SET_IF_ABSENT, extension, header, http_filter

# What only the mesh and the edge itself may say about a caller or a request.
_CLAIMS = (
    StringMatcher(prefix="x-souk-"),
    StringMatcher(prefix="x-envoy-"),
    StringMatcher(exact="x-user-id"),
    StringMatcher(exact="x-real-ip"),
    StringMatcher(exact="forwarded"),
)
# A proxy of ours in front may say where a call came from; a caller may not.
_FORWARDED = StringMatcher(prefix="x-forwarded-")
NAME = "envoy.filters.http.header_mutation"
NOTES = "souk"
API_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# The reference page brings its style along, loads nothing and runs no script.
PAGE_CSP = API_CSP + "; style-src 'unsafe-inline'"
_SECURITY = (
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
)
# When the request reached the edge: a service that asks which of two came first must not count its own queue.
_ARRIVAL = HeaderMutation(append=header("x-souk-arrive-time", "%START_TIME(%s.%3f)%"))


def security_headers() -> list[HeaderValueOption]:
    """What every answer carries. A page of ours may bring a policy of its own; the API's is the strictest."""
    return [
        *(header(name, value) for name, value in _SECURITY),
        header("content-security-policy", API_CSP, SET_IF_ABSENT),
        header("cache-control", "no-store", SET_IF_ABSENT),
    ]


def refuse_claims(*, trusted_proxies: bool) -> TypedExtensionConfig:
    """Remove what a caller may not say about itself, before anything reads it."""
    refused = _CLAIMS if trusted_proxies else (*_CLAIMS, _FORWARDED)
    return extension(
        "envoy.http.early_header_mutation.header_mutation", EarlyHeaderMutation(mutations=[*map(_remove, refused)])
    )


def answer_headers() -> HttpFilter:
    """The outermost filter: every answer leaves with the security headers and without those of the inside."""
    mutations = [
        _remove(StringMatcher(prefix="x-envoy-")),
        _remove(StringMatcher(prefix="x-souk-")),
        *(HeaderMutation(append=each) for each in security_headers()),
        HeaderMutation(append=header("x-trace-id", "%TRACE_ID%", SET_IF_ABSENT)),
    ]
    return http_filter(
        NAME,
        HeaderMutationFilter(mutations=Mutations(request_mutations=[_ARRIVAL], response_mutations=mutations)),
    )


def strip_grpc_from_rest() -> HttpFilter:
    """REST answers leave without the headers of gRPC."""
    strip = HeaderMutationFilter(mutations=Mutations(response_mutations=[_remove(StringMatcher(prefix="grpc-"))]))
    return unless_grpc("souk.strip_grpc", extension("envoy.filters.http.header_mutation", strip))


def note_grpc_status() -> HttpFilter:
    """Notes the status of an error for the access log, before the transcoder takes it out."""
    note = ConfigKeyValuePair(metadata_namespace=NOTES, key="grpc_status")
    config = HeaderToMetadata(response_rules=[ConfigRule(header="grpc-status", on_header_present=note)])
    return http_filter("envoy.filters.http.header_to_metadata", config)


def _remove(names: StringMatcher) -> HeaderMutation:
    return HeaderMutation(remove_on_match=HeaderMutationRemoveOnMatch(key_matcher=names))
