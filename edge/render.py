"""The whole Envoy configuration, from the contracts and a placement."""

from collections.abc import Sequence
from datetime import timedelta

from betterproto2 import Casing
from envoy_data_plane.envoy.config.bootstrap.v3 import (
    Admin,
    Bootstrap,
    BootstrapStaticResources,
    LayeredRuntime,
    RuntimeLayer,
)
from envoy_data_plane.envoy.config.core.v3 import Node
from envoy_data_plane.envoy.config.overload.v3 import OverloadManager, ResourceMonitor
from envoy_data_plane.envoy.extensions.resource_monitors.downstream_connections.v3 import DownstreamConnectionsConfig
from envoy_data_plane.google.protobuf import Struct
from google.protobuf.descriptor import ServiceDescriptor

from contracts.descriptors import load_services
from edge import caching
from edge.clusters import clusters
from edge.listener import listener
from edge.methods import routed_methods, routed_services
from edge.placement import Placement
from edge.typed import packed, pipe

_MAX_CONNECTIONS = 50_000


def render(placement: Placement, services: Sequence[ServiceDescriptor] | None = None) -> str:
    """The configuration as JSON, of all contracts unless `services` names some."""
    configuration = bootstrap(placement, load_services() if services is None else services)
    # betterproto2 parts a word from its digits in JSON names, which Envoy then does not know.
    return configuration.to_json(indent=2, casing=Casing.SNAKE).replace("consecutive_5_xx", "consecutive_5xx")


def bootstrap(placement: Placement, services: Sequence[ServiceDescriptor]) -> Bootstrap:
    """The configuration as Envoy's own type."""
    routed = routed_services(services, placement.services)
    methods = routed_methods(routed, placement.services)
    return Bootstrap(
        node=Node(id="souk-edge", cluster="souk-edge"),
        admin=Admin(address=pipe(str(placement.admin_path))) if placement.admin_path else None,
        static_resources=BootstrapStaticResources(
            listeners=[listener(placement, routed, methods)],
            clusters=clusters(placement, routed, caching.hosts_with_kept_answers(methods)),
        ),
        layered_runtime=LayeredRuntime(
            layers=[
                RuntimeLayer(name="souk", static_layer=Struct.from_dict({"re2.max_program_size.error_level": 5000}))
            ]
        ),
        overload_manager=OverloadManager(
            refresh_interval=timedelta(seconds=1), resource_monitors=[_connection_limit()]
        ),
    )


def _connection_limit() -> ResourceMonitor:
    return ResourceMonitor(
        name="envoy.resource_monitors.global_downstream_max_connections",
        typed_config=packed(DownstreamConnectionsConfig(max_active_downstream_connections=_MAX_CONNECTIONS)),
    )
