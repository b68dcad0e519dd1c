"""Routes: one for each method, by its gRPC path, which is what REST calls have become when they are routed."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from envoy_data_plane.envoy.config.core.v3 import DataSource
from envoy_data_plane.envoy.config.route.v3 import (
    Decorator,
    DirectResponseAction,
    HeaderMatcher,
    RetryPolicy,
    RetryPolicyRetryBackOff,
    RetryPolicyRetryHostPredicate,
    Route,
    RouteAction,
    RouteActionClusterNotFoundResponseCode,
    RouteConfiguration,
    RouteMatch,
    VirtualHost,
)
from envoy_data_plane.envoy.extensions.retry.host.previous_hosts.v3 import PreviousHostsPredicate
from envoy_data_plane.envoy.type.matcher.v3 import StringMatcher
from envoy_data_plane.google.protobuf import Any

from edge import bodies, caching, cors, limits, media, strict, tokens, transcoder
from edge.clusters import SANDBOX
from edge.headers import API_CSP, PAGE_CSP
from edge.methods import Method
from edge.placement import Placement
from edge.rest import path_regex
from edge.typed import header, packed, regex
from mesh.contract import DEFAULT_MAX_REQUEST_BYTES, HttpRule

# The service answers at its own deadline, with a reason; the edge gives up a little later.
_MARGIN = timedelta(milliseconds=250)
# A worker that is not there never saw the call, so any call may go to another.
_NEVER_SEEN = "connect-failure,refused-stream"
_MAX_FILE_BYTES = 8 << 20


def route_table(placement: Placement, methods: Sequence[Method]) -> RouteConfiguration:
    """All routes. What none of them names is not there."""
    everything = VirtualHost(
        name="souk",
        domains=["*"],
        routes=[
            *_files(placement),
            *_mailbox(placement),
            *([media.media_route(_open())] if placement.media_folder else []),
            *(_method_route(method, placement) for method in methods),
            *_rest_routes(methods),
            _nothing(),
        ],
        typed_per_filter_config={cors.NAME: cors.policy(placement, methods)},
    )
    return RouteConfiguration(
        name="souk",
        virtual_hosts=[everything],
        max_direct_response_body_size_bytes=_MAX_FILE_BYTES,
        # The cluster of what is nowhere does not exist.
        validate_clusters=False,
    )


def _method_route(method: Method, placement: Placement) -> Route:
    contract = method.contract
    per_filter: dict[str, Any | None] = {
        tokens.NAME: tokens.method_rule(method),
        limits.METHOD: limits.method_limits(method, placement.rate_factor),
    }
    return Route(
        name=contract.path,
        match=RouteMatch(path=contract.path),
        route=RouteAction(
            cluster=contract.host,
            timeout=timedelta(seconds=contract.deadline) + _MARGIN,
            retry_policy=_retries(method),
            hash_policy=caching.same_worker(method),
        ),
        metadata=caching.method_cache(method),
        decorator=Decorator(operation=contract.path.removeprefix("/"), propagate=False),
        typed_per_filter_config={name: value for name, value in per_filter.items() if value is not None},
    )


def _retries(method: Method) -> RetryPolicy:
    return RetryPolicy(
        retry_on=_NEVER_SEEN + (",unavailable" if method.contract.is_safe else ""),
        num_retries=2,
        retry_host_predicate=[
            RetryPolicyRetryHostPredicate(
                name="envoy.retry_host_predicates.previous_hosts", typed_config=packed(PreviousHostsPredicate())
            )
        ],
        host_selection_retry_max_attempts=3,
        retry_back_off=RetryPolicyRetryBackOff(
            base_interval=timedelta(milliseconds=25), max_interval=timedelta(milliseconds=250)
        ),
    )


def _rest_routes(methods: Iterable[Method]) -> list[Route]:
    """Before it is transcoded a call is routed by its REST path: here its body is judged by its own rules."""
    forms = [(method, rule) for method in methods for rule in method.contract.http]
    # `/things/{id}` matches what `/things/{id}:move` is meant for, so that the more exact form comes first.
    forms.sort(key=lambda form: (":" not in form[1].template.text, len(form[1].template.variables)))
    return [route for method, rule in forms if (route := _rest_route(method, rule))]


def _rest_route(method: Method, rule: HttpRule) -> Route | None:
    metadata = strict.body_metadata(method, rule)
    is_larger = method.contract.max_request_bytes > DEFAULT_MAX_REQUEST_BYTES
    if metadata is None and not is_larger:
        return None
    route = _nothing(
        RouteMatch(
            safe_regex=regex(path_regex(rule.template.text)).safe_regex,
            headers=[HeaderMatcher(name=":method", string_match=StringMatcher(exact=rule.verb))],
        ),
        {bodies.NAME: bodies.limit(method)} if is_larger else {},
    )
    route.metadata = metadata
    return route


def _files(placement: Placement) -> list[Route]:
    return [
        _file("/openapi.json", DataSource(filename=str(placement.openapi_file)), "application/json"),
        _file("/docs", DataSource(filename=str(placement.docs_file)), "text/html; charset=utf-8", PAGE_CSP),
        _file("/.well-known/jwks.json", DataSource(filename=str(placement.jwks_file)), "application/jwk-set+json"),
    ]


def _file(path: str, body: DataSource, content_type: str, policy: str = API_CSP) -> Route:
    headers = [
        header("content-type", content_type),
        header("cache-control", "public, max-age=300"),
        header("content-security-policy", policy),
    ]
    return Route(
        name=path,
        match=RouteMatch(path=path, headers=[HeaderMatcher(name=":method", string_match=regex("GET|HEAD"))]),
        direct_response=DirectResponseAction(status=200, body=body),
        response_headers_to_add=headers,
        typed_per_filter_config=_open(),
    )


def _mailbox(placement: Placement) -> list[Route]:
    if placement.sandbox is None:
        return []
    return [
        Route(
            name="/dev/mailbox",
            match=RouteMatch(path="/dev/mailbox"),
            route=RouteAction(cluster=SANDBOX, timeout=timedelta(seconds=5)),
            typed_per_filter_config=_open(),
        )
    ]


def _open() -> dict[str, Any]:
    return {tokens.NAME: tokens.no_rule(), transcoder.NAME: transcoder.without_transcoding()}


def _nothing(match: RouteMatch | None = None, per_filter: dict[str, Any] | None = None) -> Route:
    """A path that nothing lies behind, unless the transcoder turns it into a method's.

    It is no direct response: to those the CORS policy does not apply.
    """
    return Route(
        match=match or RouteMatch(prefix="/"),
        route=RouteAction(
            cluster="nothing",
            cluster_not_found_response_code=RouteActionClusterNotFoundResponseCode.NOT_FOUND,
        ),
        typed_per_filter_config={tokens.NAME: tokens.no_rule(), **(per_filter or {})},
    )
