"""Without a good token nothing is reached that its contract does not call public, on any transport."""

import base64
import json
import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.edge.conftest import Edge, Issuer

FRAME = b"\0\0\0\0\0"
CREATE = "/souk.echo.v1.EchoService/CreateThing"


def create(edge: Edge, token: str | None) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token is not None else {}
    return httpx.post(edge.url + "/api/v1/things", json={}, headers=headers)


def reason(answer: httpx.Response) -> str:
    return str(answer.json()["details"][0]["reason"])


class TestTokens:
    def test_a_good_one_passes_and_reaches_the_service(self, edge: Edge, issuer: Issuer) -> None:
        """The service verifies it again."""
        token = issuer.token()
        answer = create(edge, token)
        assert answer.status_code == 200
        assert answer.json()["heard"]["authorization"] == f"Bearer {token}"

    def test_none(self, edge: Edge) -> None:
        answer = create(edge, None)
        assert (answer.status_code, reason(answer)) == (401, "TOKEN_MISSING")
        assert answer.headers["www-authenticate"] == 'Bearer realm="souk"'

    def test_expired(self, edge: Edge, issuer: Issuer) -> None:
        answer = create(edge, issuer.token(exp=int(time.time()) - 60))
        assert (answer.status_code, reason(answer)) == (401, "TOKEN_EXPIRED")

    @pytest.mark.parametrize(
        "claims", [{"iss": "other"}, {"aud": "other"}, {"nbf": int(time.time()) + 3600}, {"exp": None}]
    )
    def test_wrong_claims(self, edge: Edge, issuer: Issuer, claims: dict[str, Any]) -> None:
        answer = create(edge, issuer.token(**claims))
        assert answer.status_code in {401, 403}
        assert answer.json()["code"] in {16, 7}

    def test_unknown_key(self, edge: Edge, issuer: Issuer) -> None:
        stranger = Issuer(Ed25519PrivateKey.generate(), kid=issuer.kid)
        assert create(edge, stranger.token()).status_code == 401
        assert create(edge, issuer.token(kid="other")).status_code == 401

    def test_alg_none(self, edge: Edge) -> None:
        def part(value: dict[str, Any]) -> str:
            return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

        payload = {"iss": "souk", "aud": "souk", "sub": "x", "exp": int(time.time()) + 60}
        assert create(edge, f"{part({'alg': 'none'})}.{part(payload)}.").status_code == 401

    def test_public_key_as_a_shared_secret(self, edge: Edge, issuer: Issuer) -> None:
        payload = {"iss": "souk", "aud": "souk", "sub": "x", "exp": int(time.time()) + 60}
        secret = issuer.key.public_key().public_bytes_raw()
        forged = jwt.encode(payload, secret, algorithm="HS256", headers={"kid": issuer.kid})
        assert create(edge, forged).status_code == 401

    def test_junk(self, edge: Edge) -> None:
        assert reason(create(edge, "junk")) == "TOKEN_INVALID"


class TestPublicMethods:
    def test_need_no_token(self, edge: Edge) -> None:
        assert httpx.get(edge.url + "/api/v1/things/7").status_code == 200

    def test_refuse_a_bad_one(self, edge: Edge, issuer: Issuer) -> None:
        expired = {"authorization": f"Bearer {issuer.token(exp=1)}"}
        assert httpx.get(edge.url + "/api/v1/things/7", headers=expired).status_code == 401


class TestNativePaths:
    """JWT rules on REST paths alone would leave these open."""

    @pytest.mark.parametrize("kind", ["application/grpc", "application/grpc-web+proto"])
    def test_need_a_token_as_well(self, edge: Edge, kind: str) -> None:
        calls = edge.echo.calls
        answer = httpx.post(edge.url + CREATE, content=FRAME, headers={"content-type": kind})
        assert (answer.status_code, answer.headers["grpc-status"]) == (200, "16")
        assert edge.echo.calls == calls

    @pytest.mark.parametrize("path", ["/souk.echo.v1.EchoService/GetSecret", "/grpc.health.v1.Health/Check", "/a.B/C"])
    def test_what_is_not_for_callers_from_outside_is_not_there(
        self, edge: Edge, bearer: dict[str, str], path: str
    ) -> None:
        calls = edge.echo.calls
        headers = bearer | {"content-type": "application/grpc"}
        answer = httpx.post(edge.url + path, content=FRAME, headers=headers)
        assert (answer.status_code, answer.headers["grpc-status"]) == (200, "5")
        assert edge.echo.calls == calls

    def test_cannot_be_called_with_json(self, edge: Edge, bearer: dict[str, str]) -> None:
        assert httpx.post(edge.url + CREATE, json={}, headers=bearer).status_code == 404
