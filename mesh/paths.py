"""REST path templates, and the check that a request still says what its path said."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

_VARIABLE = re.compile(r"\{([a-zA-Z_][\w.]*)(?:=([^}]+))?\}")


class PathTemplate:
    """One `google.api.http` path, such as `/api/v1/orders/{order_id}:cancel`."""

    __slots__ = ("_match", "text", "variables")

    def __init__(self, text: str) -> None:
        self.text = text
        self.variables = tuple(match[1] for match in _VARIABLE.finditer(text))
        self._match = re.compile(_regex(text)).fullmatch

    def match(self, path: str) -> Mapping[str, str] | None:
        """The variables of a path without its query, decoded, by field path; None where it has another shape."""
        found = self._match(path)
        if found is None:
            return None
        return {name: unquote(value) for name, value in zip(self.variables, found.groups(), strict=True)}


def _regex(text: str) -> str:
    pattern, position = "", 0
    for variable in _VARIABLE.finditer(text):
        pattern += re.escape(text[position : variable.start()]) + f"({_segments(variable[2] or '*')})"
        position = variable.end()
    return pattern + re.escape(text[position:])


def _segments(template: str) -> str:
    """The regular expression of what a variable may hold: `*` is one segment, `**` any number."""
    parts = ({"*": "[^/]+", "**": ".+"}.get(part, re.escape(part)) for part in template.split("/"))
    return "/".join(parts)
