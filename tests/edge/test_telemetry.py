"""The access log names what was called and how it ended, and nothing secret or personal."""

import httpx

from tests.edge.conftest import Edge, Issuer


def line_of(edge: Edge, request_id: str) -> dict[str, object]:
    found = [line for line in edge.log_lines() if line.get("requestId") == request_id]
    assert len(found) == 1
    return found[0]


def test_a_rest_call(edge: Edge) -> None:
    answer = httpx.get(edge.url + "/api/v1/things/7?thing_id=canary")
    line = line_of(edge, answer.headers["x-request-id"])
    assert line["method"] == "GET"
    assert line["path"] == "/api/v1/things/7"
    assert line["rpc"] == "/souk.echo.v1.EchoService/GetThing"
    assert line["status"] == 200
    assert line["flags"] == "-"


def test_an_error_is_logged_with_its_grpc_status(edge: Edge) -> None:
    answer = httpx.get(edge.url + "/api/v1/act?name=fail")
    line = line_of(edge, answer.headers["x-request-id"])
    assert (line["status"], line["grpcStatus"]) == (400, "9")


def test_no_secret_is_in_the_log(edge: Edge, issuer: Issuer) -> None:
    token = issuer.token(sub="canary-person")
    httpx.post(
        edge.url + "/api/v1/things?canary=1",
        json={"displayName": "canary"},
        headers={"authorization": f"Bearer {token}"},
    )
    edge.log_lines()
    assert edge.placement.access_log is not None
    log = edge.placement.access_log.read_text()
    assert token not in log
    assert "canary" not in log
