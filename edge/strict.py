"""Strict JSON: a body that names a field its message does not have is refused, with the field's path."""

from collections.abc import Iterable
from pathlib import Path

from envoy_data_plane.envoy.config.core.v3 import Metadata
from envoy_data_plane.envoy.extensions.filters.http.lua.v3 import Lua
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.google.protobuf import Struct
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from edge.methods import Method
from edge.protocols import unless_read
from edge.typed import extension, text
from mesh.contract import HttpRule

_LUA = "envoy.filters.http.lua"
_SCRIPT = Path(__file__).parent / "lua" / "strict_json.lua"
# The JSON form of these is not made of their fields.
_OPAQUE = ("google.protobuf.", "google.api.")


def strict_json(methods: Iterable[Method]) -> HttpFilter:
    """Checks the bodies of all methods that take JSON; what only reads passes without a look."""
    types: dict[str, dict[str, str]] = {}
    for method in methods:
        for rule in method.contract.http:
            root = body_type(method, rule)
            if root is not None:
                _gather(root, types)
    code = f"local TYPES = {_table(types)}\n{_SCRIPT.read_text()}"
    return unless_read(
        "souk.strict_json", extension(_LUA, Lua(default_source_code=text(code), clear_route_cache=False))
    )


def body_metadata(method: Method, rule: HttpRule) -> Metadata | None:
    """What the filter reads from a route: the message that the body is."""
    root = body_type(method, rule)
    if root is None:
        return None
    return Metadata(filter_metadata={_LUA: Struct.from_dict({"type": root.full_name})})


def body_type(method: Method, rule: HttpRule) -> Descriptor | None:
    """The message that a JSON body is; None where there is no body or it is raw."""
    request = method.contract.descriptor.input_type
    if not rule.body:
        return None
    found = request if rule.body == "*" else request.fields_by_name[rule.body].message_type
    return None if found is None or found.full_name.startswith(_OPAQUE) else found


def _gather(message: Descriptor, types: dict[str, dict[str, str]]) -> None:
    if message.full_name in types:
        return
    fields = types[message.full_name] = {}
    for field in message.fields:
        # Both names of a field are JSON; only one of them is in the reference.
        fields[field.json_name] = fields[field.name] = _kind(field, types)


def _kind(field: FieldDescriptor, types: dict[str, dict[str, str]]) -> str:
    """The name of the type that a field's value is checked by; empty: its inside is not looked at."""
    message = field.message_type
    if message is None or message.full_name.startswith(_OPAQUE):
        return ""
    if message.GetOptions().map_entry:
        types[message.full_name] = {"*": _kind(message.fields_by_name["value"], types)}
    else:
        _gather(message, types)
    return message.full_name


def _table(types: dict[str, dict[str, str]]) -> str:
    return "{\n" + "".join(f'  ["{name}"] = {{ {_fields(fields)} }},\n' for name, fields in sorted(types.items())) + "}"


def _fields(fields: dict[str, str]) -> str:
    return ", ".join(f'["{name}"] = "{kind}"' for name, kind in fields.items())
