"""What may be kept by callers and what lies between: only what a contract says is public and safe."""

from collections.abc import Iterable
from pathlib import Path

from envoy_data_plane.envoy.config.core.v3 import Metadata
from envoy_data_plane.envoy.config.route.v3 import RouteActionHashPolicy, RouteActionHashPolicyHeader
from envoy_data_plane.envoy.extensions.filters.http.lua.v3 import Lua
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.google.protobuf import Struct

from edge.methods import Method
from edge.typed import http_filter, text

_LUA = "envoy.filters.http.lua"
_ORIGINAL_PATH = "x-envoy-original-path"
_SCRIPT = Path(__file__).parent / "lua" / "not_modified.lua"


def cache_filter() -> HttpFilter:
    """Sets cache-control and answers 304 where the caller holds what would be sent."""
    return http_filter(_LUA, Lua(default_source_code=text(_SCRIPT.read_text()), clear_route_cache=False))


def hosts_with_kept_answers(methods: Iterable[Method]) -> frozenset[str]:
    """The services some of whose answers may be kept."""
    return frozenset(method.contract.host for method in methods if method.contract.cache_seconds)


def same_worker(method: Method) -> list[RouteActionHashPolicy]:
    """What may be kept is asked of one worker, by its path: it keeps the answer in its memory, once among all."""
    if not method.contract.cache_seconds:
        return []
    return [RouteActionHashPolicy(header=RouteActionHashPolicyHeader(header_name=_ORIGINAL_PATH))]


def method_cache(method: Method) -> Metadata | None:
    """What the filter reads from a method's route; None where nothing may be kept."""
    contract = method.contract
    if not contract.cache_seconds:
        return None
    values = {"cache_control": f"public, max-age={contract.cache_seconds}"}
    if contract.cache_vary:
        values["vary"] = ", ".join(contract.cache_vary)
    return Metadata(filter_metadata={_LUA: Struct.from_dict(values)})
