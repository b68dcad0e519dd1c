"""23, 25, 26, 29: what a page of another site can do in a visitor's browser, and what a browser is told of answers."""

import httpx
import pytest

from tests.security.conftest import Town
from tests.security.wire import bearer, path_of, reason_of, routes
from tests.stack_process import Stack

_FORMS = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "")
_CHANGING = [(contract, rule) for contract, rule in routes() if rule.verb not in {"GET", "HEAD"}]


def test_a_form_of_another_site_reaches_no_method_that_changes_something(http: httpx.Client, town: Town) -> None:
    """These are the types that a page may post without asking first; an import alone accepts plain text as its file."""
    passed = set()
    for contract, rule in _CHANGING:
        path = path_of(rule).removeprefix("/api/v1")
        for kind in _FORMS:
            if any(kind.startswith(each.rstrip("*")) for each in contract.accepts if kind):
                continue
            headers = bearer(town.stranger.token) | ({"content-type": kind} if kind else {})
            answer = http.request(rule.verb, path, content=b'{"a":1}', headers=headers)
            if answer.status_code != 415 or reason_of(answer) != "UNSUPPORTED_MEDIA_TYPE":
                passed.add((rule.verb, path, kind, answer.status_code))
    assert passed == set()


def answers(stack: Stack, town: Town) -> dict[str, httpx.Response]:
    """One answer of each kind that the edge or a service gives."""
    api, mine = f"{stack.edge}/api/v1", bearer(town.buyer.token)
    with httpx.Client(timeout=30) as http:
        return {
            "public": http.get(f"{api}/products"),
            "own": http.get(f"{api}/orders", headers=mine),
            "profile": http.get(f"{api}/users/profile", headers=mine),
            "invalid": http.get(f"{api}/orders?pageSize=-1", headers=mine),
            "unauthenticated": http.get(f"{api}/orders"),
            "forbidden": http.get(f"{api}/users", headers=mine),
            "absent": http.get(f"{api}/orders/00000000-0000-0000-0000-000000000000", headers=mine),
            "no path": http.get(f"{stack.edge}/nothing"),
            "no json": http.post(f"{api}/cart/items", content=b"{", headers={"content-type": "application/json"}),
            "no type": http.post(f"{api}/cart/items", content=b"{}"),
            "too large": http.post(f"{api}/cart/items", json={"variantId": "x" * (2 << 20)}),
            "docs": http.get(f"{stack.edge}/docs"),
            "health": http.get(f"{stack.edge}/healthz"),
            "mailbox": http.get(f"{stack.edge}/dev/mailbox"),
        }


def test_every_answer_carries_the_security_headers(stack: Stack, town: Town) -> None:
    for name, answer in answers(stack, town).items():
        headers = answer.headers
        age = int(headers["strict-transport-security"].partition("max-age=")[2].partition(";")[0])
        assert age >= 365 * 24 * 3600, name
        assert headers["x-content-type-options"] == "nosniff", name
        assert headers["referrer-policy"] == "no-referrer", name
        assert headers["cross-origin-opener-policy"] == "same-origin", name
        assert "frame-ancestors 'none'" in headers["content-security-policy"], name
        assert "script-src" not in headers["content-security-policy"], name
        assert "default-src 'none'" in headers["content-security-policy"], name
        assert headers.get("server") == "souk", name
        assert not {"x-powered-by", "x-envoy-upstream-service-time", "set-cookie"} & headers.keys(), name


def test_what_somebody_sees_signed_in_is_stored_nowhere(stack: Stack, town: Town) -> None:
    found = answers(stack, town)
    for name in ("own", "profile", "invalid", "unauthenticated", "forbidden", "absent", "mailbox"):
        assert "no-store" in found[name].headers["cache-control"], name
    login = httpx.post(
        f"{stack.edge}/api/v1/auth/login", json={"email": town.buyer.email, "password": town.buyer.password}
    )
    assert login.status_code == 200
    assert "no-store" in login.headers["cache-control"]


@pytest.mark.parametrize(
    "origin",
    ["https://attacker.example", "null", "http://localhost.attacker.example", "https://localhost:3000.evil.test"],
)
def test_another_origin_is_not_let_in(stack: Stack, town: Town, origin: str) -> None:
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }
    for answer in (
        httpx.options(f"{stack.edge}/api/v1/orders", headers=asked),
        httpx.get(f"{stack.edge}/api/v1/orders", headers={"origin": origin} | bearer(town.buyer.token)),
        httpx.options(f"{stack.edge}/souk.order.v1.OrderService/ListOrders", headers=asked),
    ):
        allowed = answer.headers.get("access-control-allow-origin")
        assert allowed not in {origin, "*"}
        assert answer.headers.get("access-control-allow-credentials") != "true"


def test_what_is_let_in_is_named_exactly_and_without_credentials(stack: Stack) -> None:
    """Access tokens travel in a header, so no origin is ever allowed to send cookies along."""
    for origin in ("http://localhost:3000", "http://localhost:5173", "http://127.0.0.1:3000"):
        asked = {"origin": origin, "access-control-request-method": "POST"}
        answer = httpx.options(f"{stack.edge}/api/v1/orders", headers=asked)
        assert answer.headers.get("access-control-allow-origin") in {None, origin}
        assert answer.headers.get("access-control-allow-credentials") != "true"
