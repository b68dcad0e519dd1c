"""Small builders for the shapes that Envoy's API repeats everywhere."""

import re

from betterproto2 import Message
from envoy_data_plane.envoy.config.core.v3 import (
    Address,
    DataSource,
    HeaderValue,
    HeaderValueOption,
    HeaderValueOptionHeaderAppendAction,
    Pipe,
    RuntimeFractionalPercent,
    SocketAddress,
    TypedExtensionConfig,
)
from envoy_data_plane.envoy.config.endpoint.v3 import Endpoint as EnvoyEndpoint
from envoy_data_plane.envoy.config.endpoint.v3 import LbEndpoint
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.envoy.type.matcher.v3 import RegexMatcher, StringMatcher
from envoy_data_plane.envoy.type.v3 import FractionalPercent, FractionalPercentDenominatorType
from envoy_data_plane.google.protobuf import Any

from edge.placement import Endpoint

SET = HeaderValueOptionHeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD
SET_IF_ABSENT = HeaderValueOptionHeaderAppendAction.ADD_IF_ABSENT


def packed(message: Message) -> Any:
    """A message as the typed extension that Envoy reads."""
    return Any.pack(message)


def extension(name: str, message: Message) -> TypedExtensionConfig:
    """A named extension."""
    return TypedExtensionConfig(name=name, typed_config=packed(message))


def http_filter(name: str, message: Message) -> HttpFilter:
    """A named filter of the HTTP chain."""
    return HttpFilter(name=name, typed_config=packed(message))


def header(name: str, value: str, action: HeaderValueOptionHeaderAppendAction = SET) -> HeaderValueOption:
    """A header to add."""
    return HeaderValueOption(header=HeaderValue(key=name, value=value), append_action=action)


def text(value: str) -> DataSource:
    """Content that stands in the configuration itself."""
    return DataSource(inline_string=value)


def address(endpoint: Endpoint) -> Address:
    """A TCP address."""
    return Address(socket_address=SocketAddress(address=endpoint.host, port_value=endpoint.port))


def pipe(path: str) -> Address:
    """A unix socket that its owner alone may use."""
    return Address(pipe=Pipe(path=path, mode=0o600))


def lb_endpoint(endpoint: Endpoint) -> LbEndpoint:
    """One member of a cluster."""
    return LbEndpoint(endpoint=EnvoyEndpoint(address=address(endpoint)))


def always() -> RuntimeFractionalPercent:
    """All requests."""
    return RuntimeFractionalPercent(
        default_value=FractionalPercent(numerator=100, denominator=FractionalPercentDenominatorType.HUNDRED)
    )


def any_of(values: tuple[str, ...]) -> StringMatcher:
    """Matches exactly one of `values`."""
    return regex("|".join(re.escape(value) for value in values))


def regex(pattern: str) -> StringMatcher:
    """Matches the whole of a string (RE2)."""
    return StringMatcher(safe_regex=RegexMatcher(regex=pattern))
