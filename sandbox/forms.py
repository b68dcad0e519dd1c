"""Reads Stripe's form encoding, where `card[number]=1` and `expand[0]=a` nest, into plain Python values."""

import re
from collections.abc import Iterable

Value = str | dict[str, "Value"] | list["Value"]
_PATH = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_STEP = re.compile(r"\[([^\[\]]*)\]")


class MalformedFormError(ValueError):
    """A key whose brackets do not pair, or that is a value and a map at once."""


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Value]:
    """Nest flat pairs; a map whose keys are 0, 1, 2… or empty becomes a list."""
    root: dict[str, object] = {}
    for name, value in pairs:
        match = _PATH.match(name)
        if match is None:
            raise MalformedFormError(name)
        _put(root, [match[1], *_STEP.findall(match[2])], value, name)
    return {key: _settle(value) for key, value in root.items()}


def _put(node: dict[str, object], path: list[str], value: str, name: str) -> None:
    for step in path[:-1]:
        child = node.setdefault(step or str(len(node)), {})
        if not isinstance(child, dict):
            raise MalformedFormError(name)
        node = child
    node[path[-1] or str(len(node))] = value


def _settle(value: object) -> Value:
    if not isinstance(value, dict):
        return str(value)
    if value and all(key.isdigit() for key in value):
        return [_settle(value[key]) for key in sorted(value, key=int)]
    return {key: _settle(child) for key, child in value.items()}
