"""What may be kept by callers and what lies between: only what a contract says is public and safe."""

from pathlib import Path

from envoy_data_plane.envoy.extensions.filters.http.lua.v3 import Lua, LuaPerRoute
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.google.protobuf import Any

from edge.methods import Method
from edge.typed import http_filter, packed, text

NAME = "envoy.filters.http.lua"
_SCRIPT = Path(__file__).parent / "lua" / "not_modified.lua"


def cache_filter() -> HttpFilter:
    return http_filter(NAME, Lua(default_source_code=text(_SCRIPT.read_text())))


def method_cache(method: Method) -> Any | None:
    return None
