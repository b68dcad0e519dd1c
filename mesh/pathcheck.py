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
        for fits in bindings:
            if fits(path, request):
                return
        raise InvalidArgument("PATH_MISMATCH", "The request says otherwise than its path.")

    return check


def _binding(contract: MethodContract, rule: HttpRule) -> Callable[[str, Any], bool]:
    readers = [(name, field_reader(contract.descriptor.input_type, name)) for name in rule.template.variables]
    match = rule.template.match

    def fits(path: str, request: Any) -> bool:
        found = match(path)
        if found is None:
            return False
        for name, read in readers:  # noqa: SIM110  # a generator costs more than what it goes through
            if _text(read(request)) != found[name]:
                return False
        return True

    return fits


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
