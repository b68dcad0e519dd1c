"""The path-binding check: a query parameter or body field must not say otherwise than the path did.

Envoy's transcoder lets them override path variables, and authorisation by path alone would then be about another thing.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from mesh.contract import HttpRule, MethodContract, field_reader
from mesh.errors import InvalidArgument

HEADER = "x-envoy-original-path"
PathCheck = Callable[[str, Any], None]


def compile_path_check(contract: MethodContract) -> PathCheck:
    """A function that raises InvalidArgument `PATH_MISMATCH` unless a REST form of the method fits path and request."""
    bindings = [_binding(contract, rule) for rule in contract.http]

    def check(original_path: str, request: Any) -> None:
        path = urlsplit(original_path).path if "?" in original_path else original_path
        if not any(fits(path, request) for fits in bindings):
            raise InvalidArgument("PATH_MISMATCH", "The request says otherwise than its path.")

    return check


def _binding(contract: MethodContract, rule: HttpRule) -> Callable[[str, Any], bool]:
    readers = {name: field_reader(contract.descriptor.input_type, name) for name in rule.template.variables}

    def fits(path: str, request: Any) -> bool:
        found = rule.template.match(path)
        return found is not None and all(_text(read(request)) == found[name] for name, read in readers.items())

    return fits


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
