"""What the edge refuses by itself has the error shape of the market and the headers of every answer."""

import re
from typing import Any

import grpc
import httpx
import pytest

from edge.replies import REPLIES, error_body
from tests.edge.conftest import Edge, Issuer

JSON = {"content-type": "application/json"}


def reason(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"code", "message", "details"}
    assert body["details"][0]["@type"] == "type.googleapis.com/google.rpc.ErrorInfo"
    assert body["details"][0]["domain"] == "souk"
    return str(body["details"][0]["reason"])


def refused(edge: Edge, method: str, path: str, **request: Any) -> tuple[int, int, str]:
    answer = httpx.request(method, edge.url + path, timeout=10, **request)
    return answer.status_code, answer.json()["code"], reason(answer)


class TestRefusals:
    def test_unknown_path(self, edge: Edge) -> None:
        assert refused(edge, "GET", "/api/v1/nothing") == (404, 5, "NO_SUCH_METHOD")
        assert refused(edge, "GET", "/") == (404, 5, "NO_SUCH_METHOD")

    def test_wrong_verb(self, edge: Edge) -> None:
        assert refused(edge, "DELETE", "/api/v1/things/7") == (404, 5, "NO_SUCH_METHOD")
        assert refused(edge, "POST", "/docs", headers=JSON) == (404, 5, "NO_SUCH_METHOD")

    def test_malformed_json_says_where(self, edge: Edge, bearer: dict[str, str]) -> None:
        answer = httpx.post(edge.url + "/api/v1/things", content='{"displayName": ', headers=bearer | JSON)
        assert answer.status_code == 400
        assert reason(answer) == "REQUEST_MALFORMED"
        assert "Expected a value" in answer.json()["message"]

    def test_deeply_nested_json(self, edge: Edge, bearer: dict[str, str]) -> None:
        content = '{"entries":' + "[" * 1000 + "]" * 1000 + "}"
        answer = httpx.post(edge.url + "/api/v1/things", content=content, headers=bearer | JSON)
        assert (answer.status_code, reason(answer)) == (400, "REQUEST_MALFORMED")

    def test_unknown_parameter_is_named(self, edge: Edge) -> None:
        answer = httpx.get(edge.url + "/api/v1/things/7?nope=1")
        assert (answer.status_code, reason(answer)) == (400, "REQUEST_MALFORMED")
        assert "nope" in answer.json()["message"]

    def test_access_token_in_the_query_is_no_token(self, edge: Edge, issuer: Issuer) -> None:
        path = f"/api/v1/things?access_token={issuer.token()}"
        status, _, _ = refused(edge, "POST", path, json={})
        assert status in {400, 401}

    def test_body_over_the_limit(self, edge: Edge, bearer: dict[str, str]) -> None:
        large = {"displayName": "x" * (1 << 20)}
        assert refused(edge, "POST", "/api/v1/things", json=large, headers=bearer) == (413, 8, "BODY_TOO_LARGE")

    def test_escaped_slash(self, edge: Edge) -> None:
        assert refused(edge, "GET", "/api/v1/things/a%2Fb") == (400, 3, "PATH_MALFORMED")
        assert refused(edge, "GET", "/api/v1/things/a%5Cb") == (400, 3, "PATH_MALFORMED")

    def test_header_with_underscore(self, edge: Edge) -> None:
        """Programs behind a proxy read `x_souk_principal` as `x-souk-principal`."""
        status, _, why = refused(edge, "GET", "/api/v1/things/7", headers={"x_souk_principal": "root"})
        assert (status, why) == (400, "REQUEST_MALFORMED")

    def test_headers_too_large(self, edge: Edge) -> None:
        status, code, why = refused(edge, "GET", "/api/v1/things/7", headers={"x-long": "x" * 40_000})
        assert (status, code, why) == (431, 3, "HEADERS_TOO_LARGE")

    def test_deadline(self, edge: Edge) -> None:
        assert refused(edge, "GET", "/api/v1/act?name=sleep") == (504, 4, "DEADLINE_EXCEEDED")

    def test_grpc_deadline(self, act: Any) -> None:
        with pytest.raises(grpc.RpcError) as error:
            act(b"\n\x05sleep", timeout=5)
        assert error.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED  # type: ignore[attr-defined]  # grpc's own


@pytest.fixture
def act(edge: Edge) -> Any:
    channel = grpc.insecure_channel(edge.target)
    yield channel.unary_unary("/souk.echo.v1.EchoService/Act")
    channel.close()


class TestTable:
    def test_messages_stand_unescaped_in_headers(self) -> None:
        """A message goes into grpc-message as it is, through Envoy's formatter: plain text, no percent."""
        for reply in REPLIES:
            assert re.fullmatch(r"[\x20-\x7e]*", reply.message)
            assert "%" not in reply.message

    def test_reasons_are_stable_words(self) -> None:
        for reply in REPLIES:
            assert re.fullmatch(r"[A-Z][A-Z0-9_]+", reply.reason)

    def test_a_body_has_the_shape_of_a_status(self) -> None:
        body = error_body(REPLIES[0], "What is wrong.")
        assert body["code"] == 16
        assert body["message"] == "What is wrong."
