"""/healthz tells whether the edge and every service behind it answer."""

import time
from collections.abc import Callable

import httpx

from tests.edge.conftest import Edge


def status_within(edge: Edge, wanted: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if httpx.get(edge.url + "/healthz").status_code == wanted:
            return True
        time.sleep(0.1)
    return False


def admin(edge: Edge, path: str) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(edge.placement.admin_path))) as client:
        assert client.post("http://admin" + path).status_code == 200


def test_a_service_that_does_not_serve_makes_it_503(start_edge: Callable[..., Edge]) -> None:
    edge = start_edge()
    assert status_within(edge, 200, 5)
    edge.echo.healthy = False
    assert status_within(edge, 503, 12)
    assert httpx.get(edge.url + "/healthz").json()["details"][0]["reason"] == "SERVICE_UNAVAILABLE"
    edge.echo.healthy = True
    assert status_within(edge, 200, 5)


def test_an_edge_that_drains_says_so_and_ends_what_is_in_flight(start_edge: Callable[..., Edge]) -> None:
    edge = start_edge()
    admin(edge, "/healthcheck/fail")
    assert httpx.get(edge.url + "/healthz").status_code == 503
    assert httpx.get(edge.url + "/api/v1/things/7").status_code == 200


def test_a_retry_hides_a_service_that_is_away_for_a_moment(edge: Edge) -> None:
    """Only what is safe is tried again."""
    calls = edge.echo.calls
    assert httpx.get(edge.url + "/api/v1/act?name=unavailable").status_code == 503
    assert edge.echo.calls == calls + 3
