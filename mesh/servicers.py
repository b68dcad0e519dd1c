"""Servicers: the methods of the contracts that an object serves, found through its generated base class."""

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import ServiceDescriptor

from mesh.contract import read_descriptor
from mesh.pipeline import Endpoint, compile_endpoint

if TYPE_CHECKING:
    from mesh.node import ServiceNode

_SUFFIX = "Servicer"


class _Capture:
    """Stands for a server while the generated code registers a servicer."""

    def __init__(self) -> None:
        self.services: dict[str, Mapping[str, Any]] = {}

    def add_generic_rpc_handlers(self, handlers: Any) -> None:
        """The registered handlers say the same."""

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        """Keep what is registered."""
        self.services[service] = handlers


def endpoints_of(servicer: Any, node: "ServiceNode") -> Iterator[Endpoint]:
    """The endpoints of a servicer. Raises ContractError where the contract of one of its methods is not complete."""
    capture = _Capture()
    for register in _registrations(type(servicer)):
        register(servicer, capture)
    if not capture.services:
        raise TypeError(f"{type(servicer).__name__} has no generated servicer among its bases")
    for name, handlers in capture.services.items():
        yield from _endpoints(descriptor_pool.Default().FindServiceByName(name), handlers, node)


def _registrations(cls: type) -> Iterator[Any]:
    for base in cls.__mro__:
        register = getattr(sys.modules.get(base.__module__), f"add_{base.__name__}_to_server", None)
        if base.__name__.endswith(_SUFFIX) and register is not None:
            # Generated code does not import its own contract where all messages are those of others.
            import_module(base.__module__.removesuffix("_grpc"))
            yield register


def _endpoints(service: ServiceDescriptor, handlers: Mapping[str, Any], node: "ServiceNode") -> Iterator[Endpoint]:
    for contract in read_descriptor(service).values():
        handler = handlers[contract.name]
        function = handler.unary_stream if contract.response_streaming else handler.unary_unary
        yield compile_endpoint(contract, function, node)
