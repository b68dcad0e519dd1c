"""Filters that only some calls pass, told by a header of the request."""

from envoy_data_plane.envoy.config.core.v3 import TypedExtensionConfig
from envoy_data_plane.envoy.extensions.common.matching.v3 import ExtensionWithMatcher
from envoy_data_plane.envoy.extensions.filters.common.matcher.action.v3 import SkipFilter
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.envoy.type.matcher.v3 import HttpRequestHeaderMatchInput
from envoy_data_plane.xds.core.v3 import TypedExtensionConfig as XdsExtension
from envoy_data_plane.xds.type.matcher.v3 import (
    Matcher,
    MatcherMatcherList,
    MatcherMatcherListFieldMatcher,
    MatcherMatcherListPredicate,
    MatcherMatcherListPredicateSinglePredicate,
    MatcherOnMatch,
    StringMatcher,
)

from edge.typed import http_filter, packed


def unless_grpc(name: str, wrapped: TypedExtensionConfig) -> HttpFilter:
    """A filter that calls which speak gRPC or gRPC-web skip."""
    return _unless(name, wrapped, "content-type", StringMatcher(prefix="application/grpc"))


def unless_read(name: str, wrapped: TypedExtensionConfig) -> HttpFilter:
    """A filter that calls which read by REST skip."""
    return _unless(name, wrapped, ":method", StringMatcher(exact="GET"))


def _unless(name: str, wrapped: TypedExtensionConfig, header: str, value: StringMatcher) -> HttpFilter:
    matches = MatcherMatcherListPredicate(
        single_predicate=MatcherMatcherListPredicateSinglePredicate(
            input=XdsExtension(name=header, typed_config=packed(HttpRequestHeaderMatchInput(header_name=header))),
            value_match=value,
        )
    )
    skip = MatcherOnMatch(action=XdsExtension(name="skip", typed_config=packed(SkipFilter())))
    matcher = Matcher(
        matcher_list=MatcherMatcherList(matchers=[MatcherMatcherListFieldMatcher(predicate=matches, on_match=skip)])
    )
    return http_filter(name, ExtensionWithMatcher(xds_matcher=matcher, extension_config=wrapped))
