"""The methods that may be called from outside, as their contracts state them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import ServiceDescriptor
from souk.options.v1 import options_pb2

from edge.placement import Endpoint
from mesh.contract import MethodContract, read_descriptor

# The mesh's own services are never called from outside.
INTERNAL_PACKAGE = "souk.mesh."


@dataclass(frozen=True, slots=True)
class Method:
    """A method that the edge routes, and the rates its contract states."""

    contract: MethodContract
    rates: tuple[options_pb2.Rate, ...]


def routed_services(
    services: Iterable[ServiceDescriptor], placed: Mapping[str, tuple[Endpoint, ...]]
) -> list[ServiceDescriptor]:
    """The services that have a place and at least one method for callers from outside."""
    return [service for service in services if routed_methods([service], placed)]


def routed_methods(services: Iterable[ServiceDescriptor], placed: Mapping[str, tuple[Endpoint, ...]]) -> list[Method]:
    """The methods that callers from outside may reach, of the services that have a place."""
    return [
        Method(contract, _rates(contract))
        for service in services
        if not service.full_name.startswith(INTERNAL_PACKAGE)
        for contract in read_descriptor(service).values()
        if contract.host in placed and not contract.is_internal
    ]


def _rates(contract: MethodContract) -> tuple[options_pb2.Rate, ...]:
    extensions: Any = contract.descriptor.GetOptions().Extensions
    return tuple(extensions[options_pb2.rate])
