"""Access tokens: every route needs one unless its contract says PUBLIC; the services check again."""

from envoy_data_plane.envoy.config.core.v3 import DataSource
from envoy_data_plane.envoy.config.route.v3 import RouteMatch
from envoy_data_plane.envoy.extensions.filters.http.jwt_authn.v3 import (
    JwtAuthentication,
    JwtCacheConfig,
    JwtHeader,
    JwtProvider,
    JwtRequirement,
    JwtRequirementOrList,
    PerRouteConfig,
    RequirementRule,
)
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.google.protobuf import Any, Empty

from edge.methods import Method
from edge.placement import Placement
from edge.typed import http_filter, packed

NAME = "envoy.filters.http.jwt_authn"
METADATA_KEY = "token"
_PROVIDER = "souk"
_NEEDED, _OPTIONAL = "needed", "optional"
_CACHED_TOKENS = 2000
_CLOCK_SKEW_SECONDS = 5


def token_filter(placement: Placement) -> HttpFilter:
    """Verifies the token. The rule on "/" is what holds for a route that says nothing of its own."""
    needed = JwtRequirement(provider_name=_PROVIDER)
    optional = JwtRequirement(
        requires_any=JwtRequirementOrList(requirements=[needed, JwtRequirement(allow_missing=Empty())])
    )
    return http_filter(
        NAME,
        JwtAuthentication(
            providers={_PROVIDER: _provider(placement)},
            requirement_map={_NEEDED: needed, _OPTIONAL: optional},
            rules=[RequirementRule(match=RouteMatch(prefix="/"), requirement_name=_NEEDED)],
            bypass_cors_preflight=True,
            strip_failure_response=True,
        ),
    )


def method_rule(method: Method) -> Any:
    """Public methods may be called without a token, but not with a bad one."""
    return packed(PerRouteConfig(requirement_name=_OPTIONAL if method.contract.is_public else _NEEDED))


def no_rule() -> Any:
    """For routes that serve a public file or nothing at all."""
    return packed(PerRouteConfig(disabled=True))


def _provider(placement: Placement) -> JwtProvider:
    return JwtProvider(
        issuer=placement.issuer,
        audiences=[placement.audience],
        require_expiration=True,
        local_jwks=DataSource(filename=str(placement.jwks_file)),
        forward=True,
        from_headers=[JwtHeader(name="Authorization", value_prefix="Bearer ")],
        payload_in_metadata=METADATA_KEY,
        clock_skew_seconds=_CLOCK_SKEW_SECONDS,
        jwt_cache_config=JwtCacheConfig(jwt_cache_size=_CACHED_TOKENS),
    )
