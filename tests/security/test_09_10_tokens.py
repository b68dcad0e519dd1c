"""9, 10: an access token counts only if everything in it is right, whatever way it comes."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import grpc.aio
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.security.conftest import Town
from tests.security.test_08_claims import PROFILE, UNAUTHENTICATED, call, worker_ports
from tests.security.wire import bearer
from tests.stack_process import Stack


@pytest.fixture(scope="session")
def key_file(stack: Stack) -> Path:
    return next((stack.home.root / "keys" / "token").glob("*.pem"))


def claims_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def by_hand(header: dict[str, Any], claims: dict[str, Any], secret: bytes | None) -> str:
    signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest() if secret is not None else b""
    return f"{signed}.{b64(signature)}"


def forgeries(key_file: Path, jwks: str, town: Town) -> dict[str, str]:
    """Tokens that are wrong in one thing each; the good one is the first."""
    key: Any = load_pem_private_key(key_file.read_bytes(), None)
    good, other = claims_of(town.stranger.token), Ed25519PrivateKey.generate()
    header = {"typ": "at+jwt", "kid": key_file.stem}
    public = json.loads(jwks)["keys"][0]
    raw = base64.urlsafe_b64decode(public["x"] + "=")

    def signed(claims: dict[str, Any] | None = None, *, by: Any = key, **headers: Any) -> str:
        return jwt.encode(good | (claims or {}), by, "EdDSA", headers=header | headers)

    def without(name: str) -> str:
        return jwt.encode({n: v for n, v in good.items() if n != name}, key, "EdDSA", headers=header)

    now = int(time.time())
    own = {"kty": "OKP", "crv": "Ed25519", "x": b64(other.public_key().public_bytes_raw())}
    return {
        "good": signed(),
        "alg none": by_hand({"alg": "none", **header}, good, None),
        "alg None": by_hand({"alg": "None", **header}, good, None),
        "HS256 by the raw public key": by_hand({"alg": "HS256", **header}, good, raw),
        "HS256 by the published key": by_hand({"alg": "HS256", **header}, good, jwks.encode()),
        "another key": signed(by=other),
        "another key with its jwk": signed(by=other, jwk=own),
        "another key with its jku": signed(by=other, jku="https://attacker.example/jwks.json"),
        "our key with a jwk": signed(jwk=own),
        "unknown kid": signed(kid="unknown"),
        "kid that is a path": signed(kid="../../keys/node"),
        "typ JWT": signed(typ="JWT"),
        "typ of a node": signed(typ="souk-principal+jwt"),
        "expired": signed({"exp": now - 120}),
        "not yet": signed({"nbf": now + 3600}),
        "other audience": signed({"aud": "souk-mesh"}),
        "two audiences": signed({"aud": ["souk", "other"]}),
        "other issuer": signed({"iss": "souk-node"}),
        "no exp": without("exp"),
        "no audience": without("aud"),
        "no subject": without("sub"),
        "a service": signed({"sub": "service:order"}),
        "session that is not there": signed({"sid": "00000000-0000-0000-0000-000000000000"}),
        "earlier epoch": signed({"epo": good["epo"] - 1}),
        "role of a service": signed({"sub": "", "roles": ["SERVICE"]}),
        "refresh token": town.stranger.refresh_token,
        "signature cut": signed()[:-10],
    }


def test_only_the_right_one_passes_the_edge(stack: Stack, town: Town, key_file: Path, http: httpx.Client) -> None:
    jwks = httpx.get(f"{stack.edge}/.well-known/jwks.json").text
    passed = {
        name
        for name, token in forgeries(key_file, jwks, town).items()
        if http.get("/users/profile", headers=bearer(token)).status_code != 401
    }
    assert passed == {"good"}


async def test_only_the_right_one_passes_a_service(stack: Stack, town: Town, key_file: Path) -> None:
    """The services do not lean on the edge: the same tokens at a worker's own port."""
    jwks = (stack.home.root / "keys" / "jwks.json").read_text()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{worker_ports(stack)[0]}") as channel:
        codes = {
            name: await call(channel, PROFILE, {"authorization": f"Bearer {token}"})
            for name, token in forgeries(key_file, jwks, town).items()
        }
    assert codes.pop("good") == 0
    assert set(codes.values()) == {UNAUTHENTICATED}, codes


def test_a_token_counts_in_its_header_alone(http: httpx.Client, town: Town) -> None:
    for query in ("access_token", "token", "authorization", "jwt"):
        assert http.get(f"/users/profile?{query}={town.stranger.token}").status_code in {400, 401}
    assert http.get("/users/profile", headers={"cookie": f"token={town.stranger.token}"}).status_code == 401
    for scheme in ("Basic ", "bearer", "Token "):
        headers = {"authorization": f"{scheme}{town.stranger.token}"}
        assert http.get("/users/profile", headers=headers).status_code == 401


def test_the_access_token_lives_a_quarter_of_an_hour_at_most(town: Town) -> None:
    claims = claims_of(town.stranger.token)
    assert 0 < claims["exp"] - claims["iat"] <= 900
    assert jwt.get_unverified_header(town.stranger.token).keys() == {"alg", "typ", "kid"}
    assert not {"email", "name"} & claims.keys()


def test_an_access_token_is_no_refresh_token(http: httpx.Client, town: Town) -> None:
    answer = http.post("/auth/refresh", json={"refreshToken": town.stranger.token})
    assert answer.status_code in {400, 401}
