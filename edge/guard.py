"""The content-type guard: a body that changes something is JSON or gRPC, so that no form of another site can send it.

The transcoder would parse any body as JSON, whatever its type says (a cross-site form post works otherwise).
"""

import re
from collections.abc import Iterable

from envoy_data_plane.envoy.config.rbac.v3 import Permission, PermissionSet, Policy, Principal, Rbac, RbacAction
from envoy_data_plane.envoy.config.route.v3 import HeaderMatcher
from envoy_data_plane.envoy.extensions.filters.http.rbac.v3 import Rbac as RbacFilter
from envoy_data_plane.envoy.extensions.filters.network.http_connection_manager.v3 import HttpFilter
from envoy_data_plane.envoy.type.matcher.v3 import PathMatcher

from edge.methods import Method
from edge.rest import path_regex
from edge.typed import http_filter, regex

_PARAMETERS = r"[ \t]*(;.*)?"
_JSON_OR_GRPC = rf"(?i)(application/json{_PARAMETERS}|application/grpc.*)"


def content_types(methods: Iterable[Method]) -> HttpFilter:
    """Refuses a body of another type than JSON or gRPC, except where a method's contract accepts it."""
    allowed = {
        "reads": _allow(_header(":method", "GET|HEAD|OPTIONS")),
        "json-or-grpc": _allow(_header("content-type", _JSON_OR_GRPC)),
        # A POST without a body has no type to state ("orders/7:cancel").
        "no-body": _allow(
            _absent("content-type"), _absent("transfer-encoding"), _header("content-length", "0?", absent="")
        ),
    }
    for method in methods:
        if method.contract.accepts:
            allowed[method.contract.path] = _accepts(method)
    rules = Rbac(action=RbacAction.ALLOW, policies=allowed)
    return http_filter("envoy.filters.http.rbac", RbacFilter(rules=rules))


def _accepts(method: Method) -> Policy:
    types = "|".join(re.escape(each).replace(r"\*", "[^;]*") for each in method.contract.accepts)
    paths = "|".join(path_regex(rule.template.text) for rule in method.contract.http)
    return _allow(
        _header("content-type", rf"(?i)({types}){_PARAMETERS}"),
        Permission(url_path=PathMatcher(path=regex(paths))),
    )


def _allow(*conditions: Permission) -> Policy:
    return Policy(
        permissions=[Permission(and_rules=PermissionSet(rules=list(conditions)))], principals=[Principal(any=True)]
    )


def _header(name: str, pattern: str, absent: str | None = None) -> Permission:
    matcher = HeaderMatcher(name=name, string_match=regex(pattern), treat_missing_header_as_empty=absent is not None)
    return Permission(header=matcher)


def _absent(name: str) -> Permission:
    return Permission(header=HeaderMatcher(name=name, present_match=False))
