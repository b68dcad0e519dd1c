"""Rate limits of this one Envoy: a floor under everything, and what each method's contract states."""

from datetime import timedelta

from envoy_data_plane.envoy.config.route.v3 import (
    RateLimit,
    RateLimitAction,
    RateLimitActionGenericKey,
    RateLimitActionMetaData,
    RateLimitActionRemoteAddress,
)
from envoy_data_plane.envoy.extensions.common.ratelimit.v3 import (
    LocalRateLimitDescriptor,
    RateLimitDescriptorEntry,
    XRateLimitHeadersRfcVersion,
)
from envoy_data_plane.envoy.extensions.filters.http.local_ratelimit.v3 import LocalRateLimit
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.envoy.type.metadata.v3 import MetadataKey, MetadataKeyPathSegment
from envoy_data_plane.envoy.type.v3 import TokenBucket
from envoy_data_plane.google.protobuf import Any
from souk.options.v1 import options_pb2

from edge import tokens
from edge.methods import Method
from edge.typed import always, header, http_filter, packed

FLOOR, METHOD = "souk.floor", "souk.rate"
# One address may call this often in a second before anything is verified or parsed for it.
_FLOOR_PER_ADDRESS = 200
# The buckets kept for addresses and people; beyond it the least recently used is forgotten.
_TRACKED = 10_000
# The bucket that a request without any descriptor falls into. It exists because Envoy demands one.
_UNLIMITED = 4_000_000_000
_HEADERS = XRateLimitHeadersRfcVersion.DRAFT_VERSION_03
_ADDRESS = RateLimitAction(remote_address=RateLimitActionRemoteAddress())
_By = options_pb2.Rate.By


def floor(factor: float) -> HttpFilter:
    """What one address may call, whatever it calls."""
    limit = _scaled(_FLOOR_PER_ADDRESS, factor)
    descriptor = LocalRateLimitDescriptor(
        entries=[RateLimitDescriptorEntry(key="remote_address")], token_bucket=_bucket(limit, 1)
    )
    return http_filter(
        FLOOR, _limits("floor", [descriptor], [RateLimit(actions=[_ADDRESS])], retry_after=1, told=False)
    )


def method_filter() -> HttpFilter:
    """The place in the chain where `method_limits` of a route apply."""
    return http_filter(METHOD, LocalRateLimit(stat_prefix="rate"))


def method_limits(method: Method, factor: float) -> Any | None:
    """The limits that a method's contract states and that the edge can count; None where there are none.

    An account is known only to the service, which counts by it.
    """
    counted = [rate for rate in method.rates if rate.by != _By.ACCOUNT]
    if not counted:
        return None
    descriptors = [_descriptor(rate, factor) for rate in counted]
    actions = [RateLimit(actions=_actions(rate)) for rate in counted]
    retry_after = max(rate.window_seconds for rate in counted)
    return packed(_limits(f"rate.{method.contract.name}", descriptors, actions, retry_after))


def _actions(rate: options_pb2.Rate) -> list[RateLimitAction]:
    kind = RateLimitAction(generic_key=RateLimitActionGenericKey(descriptor_key="by", descriptor_value=_kind(rate)))
    if rate.by == _By.IP:
        return [kind, _ADDRESS]
    subject = MetadataKey(
        key=tokens.NAME, path=[MetadataKeyPathSegment(key=tokens.METADATA_KEY), MetadataKeyPathSegment(key="sub")]
    )
    return [
        kind,
        RateLimitAction(metadata=RateLimitActionMetaData(descriptor_key="subject", metadata_key=subject)),
    ]


def _descriptor(rate: options_pb2.Rate, factor: float) -> LocalRateLimitDescriptor:
    """An entry without a value has one bucket for each value that comes."""
    counted_by = "remote_address" if rate.by == _By.IP else "subject"
    return LocalRateLimitDescriptor(
        entries=[
            RateLimitDescriptorEntry(key="by", value=_kind(rate)),
            RateLimitDescriptorEntry(key=counted_by),
        ],
        token_bucket=_bucket(_scaled(rate.limit, factor), rate.window_seconds),
    )


def _kind(rate: options_pb2.Rate) -> str:
    return f"{_By.Value.Name(rate.by).lower()}/{rate.window_seconds}"


def _limits(
    name: str,
    descriptors: list[LocalRateLimitDescriptor],
    actions: list[RateLimit],
    retry_after: int,
    *,
    told: bool = True,
) -> LocalRateLimit:
    return LocalRateLimit(
        stat_prefix=name,
        token_bucket=_bucket(_UNLIMITED, 1),
        filter_enabled=always(),
        filter_enforced=always(),
        descriptors=descriptors,
        rate_limits=actions,
        max_dynamic_descriptors=_TRACKED,
        always_consume_default_token_bucket=False,
        rate_limited_as_resource_exhausted=True,
        enable_x_ratelimit_headers=_HEADERS if told else XRateLimitHeadersRfcVersion.OFF,
        response_headers_to_add=[header("retry-after", str(retry_after))],
    )


def _bucket(tokens_: int, seconds: int) -> TokenBucket:
    return TokenBucket(max_tokens=tokens_, tokens_per_fill=tokens_, fill_interval=timedelta(seconds=seconds))


def _scaled(limit: int, factor: float) -> int:
    return max(1, round(limit * factor))
