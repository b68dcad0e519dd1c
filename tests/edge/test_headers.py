"""Claims of callers are not believed, and every answer carries the security headers."""

import socket

import httpx
import pytest

from edge.headers import API_CSP
from tests.edge.conftest import Edge

EXPECTED = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "content-security-policy": API_CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/things/7",
        "/api/v1/act?name=fail",
        "/api/v1/act?name=unavailable",
        "/api/v1/nothing",
        "/api/v1/things/a%2Fb",
        "/openapi.json",
        "/healthz",
    ],
)
def test_every_answer_carries_them(edge: Edge, path: str) -> None:
    assert EXPECTED.items() <= httpx.get(edge.url + path).headers.items()


def test_even_the_answer_to_no_http_request_carries_them(edge: Edge) -> None:
    with socket.create_connection((edge.placement.listen.host, edge.placement.listen.port)) as raw:
        raw.sendall(b"GET /docs HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n")
        answer = raw.recv(10_000).decode().lower()
    assert answer.startswith("http/1.1 400")
    assert "nosniff" in answer


def test_a_page_has_a_policy_of_its_own(edge: Edge) -> None:
    """The reference page styles itself; it still loads nothing from anywhere."""
    policy = httpx.get(edge.url + "/docs").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "style-src" in policy
    assert "frame-ancestors 'none'" in policy


def test_answers_are_not_stored_unless_the_contract_says_so(edge: Edge, bearer: dict[str, str]) -> None:
    answer = httpx.post(edge.url + "/api/v1/things", json={}, headers=bearer)
    assert answer.headers["cache-control"] == "no-store"


def test_claims_are_removed(edge: Edge) -> None:
    claims = {
        "x-souk-principal": "root",
        "x-user-id": "root",
        "x-envoy-original-path": "/api/v1/other",
        "x-envoy-external-address": "10.0.0.1",
        "x-envoy-retry-on": "5xx",
        "x-envoy-upstream-rq-timeout-ms": "1",
        "x-forwarded-for": "10.0.0.1",
        "x-forwarded-host": "evil.example",
        "x-real-ip": "10.0.0.1",
        "forwarded": "for=10.0.0.1",
    }
    heard = httpx.get(edge.url + "/api/v1/things/7", headers=claims).json()["heard"]
    assert "root" not in heard.values()
    assert "evil.example" not in heard.values()
    assert "10.0.0.1" not in " ".join(heard.values())
    assert heard["x-envoy-original-path"] == "/api/v1/things/7"
    assert heard["x-envoy-external-address"] == "127.0.0.1"


def test_a_forged_path_does_not_reach_a_native_call(edge: Edge) -> None:
    """The path-binding check believes this header, so only the transcoder may set it."""
    headers = {"content-type": "application/grpc", "x-envoy-original-path": "/forged"}
    answer = httpx.post(edge.url + "/souk.echo.v1.EchoService/GetThing", content=b"\0\0\0\0\0", headers=headers)
    assert b"/forged" not in answer.content


def test_the_inside_does_not_show(edge: Edge) -> None:
    headers = httpx.get(edge.url + "/api/v1/things/7").headers
    assert not [name for name in headers if name.startswith(("x-envoy-", "x-souk-", "grpc-"))]
    assert headers["server"] == "souk"


def test_errors_of_services_show_no_grpc_headers(edge: Edge) -> None:
    headers = httpx.get(edge.url + "/api/v1/act?name=fail").headers
    assert not [name for name in headers if name.startswith("grpc-")]
