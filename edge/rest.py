"""REST path templates as the regular expressions that Envoy matches."""

import re

_VARIABLE = re.compile(r"\{[a-zA-Z_][\w.]*(?:=([^}]+))?\}")


def path_regex(template: str) -> str:
    """The RE2 expression of a `google.api.http` path such as `/api/v1/orders/{order_id}:cancel`."""
    pattern, position = "", 0
    for variable in _VARIABLE.finditer(template):
        pattern += re.escape(template[position : variable.start()]) + _segments(variable[1] or "*")
        position = variable.end()
    return pattern + re.escape(template[position:])


def _segments(template: str) -> str:
    return "/".join({"*": "[^/]+", "**": ".+"}.get(part, re.escape(part)) for part in template.split("/"))
