import httpx

from tests.edge.conftest import ORIGIN, Edge

PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,x-cart-token"}


def test_configured_origins_may_ask(edge: Edge) -> None:
    answer = httpx.options(edge.url + "/api/v1/things", headers={"origin": ORIGIN, **PREFLIGHT})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "x-cart-token" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


def test_native_paths_are_open_to_grpc_web(edge: Edge) -> None:
    url = edge.url + "/souk.echo.v1.EchoService/GetThing"
    answer = httpx.options(url, headers={"origin": ORIGIN, **PREFLIGHT})
    assert answer.headers["access-control-allow-origin"] == ORIGIN


def test_answers_and_errors_can_be_read_by_the_page(edge: Edge) -> None:
    for path in ("/api/v1/things/7", "/api/v1/nothing", "/api/v1/act?name=fail"):
        answer = httpx.get(edge.url + path, headers={"origin": ORIGIN})
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "grpc-status" in answer.headers["access-control-expose-headers"]


def test_other_origins_are_not_allowed(edge: Edge) -> None:
    for origin in ("https://evil.example", ORIGIN + ".evil.example", "null"):
        preflight = httpx.options(edge.url + "/api/v1/things", headers={"origin": origin, **PREFLIGHT})
        assert "access-control-allow-origin" not in preflight.headers
        answer = httpx.get(edge.url + "/api/v1/things/7", headers={"origin": origin})
        assert "access-control-allow-origin" not in answer.headers
