"""Checks the parameters of a request as Stripe does: unknown ones and wrong types are refused by name."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.errors import invalid, missing_param
from sandbox.forms import Value

Reader = Callable[[str, Value], Any]


def text(name: str, value: Value) -> str:
    if not isinstance(value, str):
        raise invalid(f"Invalid string: {value}", param=name)
    return value


def integer(name: str, value: Value) -> int:
    try:
        return int(text(name, value))
    except ValueError:
        raise invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name) from None


def boolean(name: str, value: Value) -> bool:
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {value}", param=name)
    return value == "true"


def mapping(name: str, value: Value) -> dict[str, Any]:
    if value == "":
        return {}
    if not isinstance(value, dict):
        raise invalid("Invalid object", param=name)
    return value


def sequence(name: str, value: Value) -> list[Any]:
    if not isinstance(value, list):
        raise invalid("Invalid array", param=name)
    return value


def created(name: str, value: Value) -> dict[str, int]:
    """A time or a range of times, as the list endpoints take it."""
    if isinstance(value, dict):
        return {key: integer(f"{name}[{key}]", bound) for key, bound in value.items()}
    return {"eq": integer(name, value)}


LIST: Mapping[str, Reader] = {
    "limit": integer,
    "starting_after": text,
    "ending_before": text,
    "created": created,
    "expand": sequence,
}


def read(form: dict[str, Value], allowed: Mapping[str, Reader], *required: str) -> dict[str, Any]:
    """Return the typed parameters, or raise the error that names the first wrong one."""
    for name in form:
        if name not in allowed and name != "expand":
            raise invalid(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    for name in required:
        if form.get(name, "") == "":
            raise missing_param(name)
    return {name: allowed[name](name, value) for name, value in form.items() if name in allowed}
