"""Clusters: the workers of each service, watched by health checks and taken out when they stop answering."""

import ipaddress
from collections.abc import Container, Iterable, Sequence
from datetime import timedelta

from envoy_data_plane.envoy.config.cluster.v3 import (
    CircuitBreakers,
    CircuitBreakersThresholds,
    CircuitBreakersThresholdsRetryBudget,
    Cluster,
    ClusterCommonLbConfig,
    ClusterCommonLbConfigConsistentHashingLbConfig,
    ClusterDiscoveryType,
    ClusterLbPolicy,
    OutlierDetection,
)
from envoy_data_plane.envoy.config.core.v3 import (
    HealthCheck,
    HealthCheckGrpcHealthCheck,
    Http1ProtocolOptions,
    Http2ProtocolOptions,
    KeepaliveSettings,
)
from envoy_data_plane.envoy.config.endpoint.v3 import ClusterLoadAssignment, LocalityLbEndpoints
from envoy_data_plane.envoy.extensions.upstreams.http.v3 import (
    HttpProtocolOptions,
    HttpProtocolOptionsExplicitHttpConfig,
)
from envoy_data_plane.envoy.type.v3 import Percent
from google.protobuf.descriptor import ServiceDescriptor

from edge.placement import Endpoint, Placement
from edge.typed import lb_endpoint, packed
from mesh.contract import host_of

SANDBOX, TRACES = "sandbox", "traces"
# As many calls at once as a worker takes from outside by default.
_MOST_OF_A_WORKER = 128
_MOST = 100_000
# How many of the calls in progress one worker of a service may have, in percent of an equal share.
_MOST_OF_AVERAGE_PERCENT = 125
_PROTOCOL = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def clusters(placement: Placement, services: Sequence[ServiceDescriptor], keeping: Container[str]) -> list[Cluster]:
    """A cluster for each service that is routed, and for what else the placement names.

    The services of `keeping` have answers that their workers keep.
    """
    made = [
        service_cluster(name, placement.services[name], probe, keeps=name in keeping)
        for name, probe in sorted(_probes(services).items())
    ]
    if placement.sandbox:
        made.append(_cluster(SANDBOX, [placement.sandbox], http2=False))
    if placement.otlp:
        made.append(_cluster(TRACES, [placement.otlp], http2=True))
    return made


def service_cluster(name: str, endpoints: Sequence[Endpoint], probe: str, *, keeps: bool = False) -> Cluster:
    """The workers of one service; where they keep answers (`keeps`), each is asked for its own share of them."""
    cluster = _cluster(name, endpoints, http2=True)
    if keeps:
        cluster.lb_policy = ClusterLbPolicy.MAGLEV
        # What is asked for most does not overload the one worker that keeps it: beyond this the next one helps.
        cluster.common_lb_config = ClusterCommonLbConfig(
            consistent_hashing_lb_config=ClusterCommonLbConfigConsistentHashingLbConfig(
                hash_balance_factor=_MOST_OF_AVERAGE_PERCENT
            )
        )
    else:
        cluster.lb_policy = ClusterLbPolicy.LEAST_REQUEST
    cluster.health_checks = [_health_check(probe)]
    cluster.outlier_detection = _outliers()
    cluster.circuit_breakers = _breakers(_MOST_OF_A_WORKER * len(endpoints) if _are_addresses(endpoints) else _MOST)
    return cluster


def _probes(services: Iterable[ServiceDescriptor]) -> dict[str, str]:
    """The gRPC service that is asked for the health of each host: the first by name."""
    probes: dict[str, str] = {}
    for service in services:
        probes.setdefault(host_of(service.full_name), service.full_name)
    return probes


def _cluster(name: str, endpoints: Sequence[Endpoint], *, http2: bool) -> Cluster:
    options = HttpProtocolOptionsExplicitHttpConfig(
        http2_protocol_options=_http2() if http2 else None,
        http_protocol_options=None if http2 else Http1ProtocolOptions(),
    )
    return Cluster(
        name=name,
        type=ClusterDiscoveryType.STATIC if _are_addresses(endpoints) else ClusterDiscoveryType.STRICT_DNS,
        connect_timeout=timedelta(seconds=1),
        load_assignment=ClusterLoadAssignment(
            cluster_name=name,
            endpoints=[LocalityLbEndpoints(lb_endpoints=[lb_endpoint(each) for each in endpoints])],
        ),
        typed_extension_protocol_options={_PROTOCOL: packed(HttpProtocolOptions(explicit_http_config=options))},
    )


def _http2() -> Http2ProtocolOptions:
    """The keepalive finds a connection that is half open."""
    return Http2ProtocolOptions(
        connection_keepalive=KeepaliveSettings(interval=timedelta(seconds=30), timeout=timedelta(seconds=5))
    )


def _are_addresses(endpoints: Iterable[Endpoint]) -> bool:
    try:
        return all(ipaddress.ip_address(endpoint.host) for endpoint in endpoints)
    except ValueError:
        return False


def _health_check(service: str) -> HealthCheck:
    """Asks often while a worker starts, calmly while it serves; a busy worker is given time."""
    return HealthCheck(
        timeout=timedelta(seconds=3),
        interval=timedelta(seconds=3),
        no_traffic_interval=timedelta(seconds=3),
        no_traffic_healthy_interval=timedelta(seconds=3),
        unhealthy_interval=timedelta(milliseconds=500),
        unhealthy_threshold=3,
        healthy_threshold=1,
        grpc_health_check=HealthCheckGrpcHealthCheck(service_name=service),
    )


def _outliers() -> OutlierDetection:
    """Counts only connections that fail: an error that a service itself answers says nothing about the worker."""
    return OutlierDetection(
        split_external_local_origin_errors=True,
        consecutive_local_origin_failure=3,
        enforcing_consecutive_local_origin_failure=100,
        enforcing_local_origin_success_rate=0,
        enforcing_consecutive_5xx=0,
        enforcing_consecutive_gateway_failure=0,
        enforcing_success_rate=0,
        interval=timedelta(seconds=1),
        base_ejection_time=timedelta(seconds=5),
        max_ejection_percent=50,
    )


def _breakers(most: int) -> CircuitBreakers:
    """What is more than the workers bear is refused here, at a fraction of what a worker spends on refusing it.

    Behind one DNS name there may be any number of workers, which then shed load themselves. Retries are limited too.
    """
    return CircuitBreakers(
        thresholds=[
            CircuitBreakersThresholds(
                max_connections=_MOST,
                max_pending_requests=most,
                max_requests=most,
                retry_budget=CircuitBreakersThresholdsRetryBudget(
                    budget_percent=Percent(value=20), min_retry_concurrency=3
                ),
            )
        ]
    )
