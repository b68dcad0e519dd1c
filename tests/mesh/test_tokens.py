"""Access tokens and the tokens of nodes: what is believed and for how long."""

import base64
import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mesh import tokens
from mesh.authentication import Authenticator
from mesh.errors import NotFound, SoukError, Unauthenticated, Unavailable
from mesh.principal import Principal, service_principal
from mesh.tokens import AccessTokens, KeySet, NodeTokens

KEY = Ed25519PrivateKey.generate()
USER, SESSION = str(uuid.uuid4()), str(uuid.uuid4())


def claims(**changes: Any) -> dict[str, Any]:
    now = time.time()
    standard = {"iss": "souk", "aud": "souk", "sub": USER, "iat": now, "exp": now + 600}
    ours = {"sid": SESSION, "epo": 1, "roles": ["CUSTOMER"], "shops": ["s1"]}
    return {name: value for name, value in {**standard, **ours, **changes}.items() if value is not None}


def token(key: Any = KEY, algorithm: str = "EdDSA", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    merged = {"typ": "at+jwt", "kid": "k1", **(headers or {})}
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers=merged)


class Sessions:
    """Stands for the service that knows the sessions."""

    def __init__(self) -> None:
        self.asked = 0
        self.epoch = 1
        self.error: SoukError | None = None

    async def __call__(self, session_id: str) -> int:
        assert session_id == SESSION
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.epoch


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


@pytest.fixture
def access(sessions: Sessions) -> AccessTokens:
    def key_of(kid: str) -> Any:
        if kid != "k1":
            raise Unauthenticated("TOKEN_INVALID")
        return KEY.public_key()

    return AccessTokens(key_of, sessions)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the monotonic clock that the caches look at."""
    now = [time.monotonic()]
    monkeypatch.setattr(tokens.time, "monotonic", lambda: now[0])

    def advance(seconds: float) -> None:
        now[0] += seconds

    return advance


class TestAccessTokens:
    async def test_name_the_person(self, access: AccessTokens) -> None:
        principal = await access.verify(token())
        assert principal == Principal(
            subject=USER,
            roles=frozenset({"CUSTOMER"}),
            tenants=frozenset({"s1"}),
            session_id=SESSION,
            session_epoch=1,
        )

    @pytest.mark.parametrize(
        "bad",
        [
            token(key="", algorithm="none"),
            token(key="k" * 32, algorithm="HS256"),
            token(key=Ed25519PrivateKey.generate()),
            token(headers={"kid": "k2"}),
            token(headers={"kid": ""}),
            token(headers={"typ": "JWT"}),
            token(headers={"typ": "rt+jwt"}),
            token(headers={"jku": "https://evil.example"}),
            token(headers={"jwk": {"kty": "OKP"}}),
            token(headers={"x5u": "https://evil.example"}),
            token(iss="evil"),
            token(iss=None),
            token(aud="evil"),
            token(aud=["souk", "evil"]),
            token(aud=None),
            token(exp=None),
            token(sub=None),
            token(sid=None),
            token(epo="1"),
            token(nbf=time.time() + 3600),
            token(sub="service:order"),
            token(roles="ADMIN"),
            "a.b.c",
            "",
            "ü",
        ],
    )
    async def test_are_refused_unless_everything_is_right(self, access: AccessTokens, bad: str) -> None:
        with pytest.raises(Unauthenticated) as refused:
            await access.verify(bad)
        assert refused.value.reason == "TOKEN_INVALID"

    async def test_never_make_a_service(self, access: AccessTokens) -> None:
        assert (await access.verify(token(roles=["SERVICE", "ADMIN"]))).roles == {"ADMIN"}

    async def test_expire(self, access: AccessTokens) -> None:
        with pytest.raises(Unauthenticated) as refused:
            await access.verify(token(exp=time.time() - 61))
        assert refused.value.reason == "TOKEN_EXPIRED"

    async def test_are_verified_once_for_a_while(
        self, access: AccessTokens, monkeypatch: pytest.MonkeyPatch, clock: Callable[[float], None]
    ) -> None:
        good, decoded = token(), []
        monkeypatch.setattr(tokens, "_decode", lambda *_: decoded.append(1) or claims())
        for _ in range(3):
            await access.verify(good)
        assert len(decoded) == 1
        clock(31)
        await access.verify(good)
        assert len(decoded) == 2


class TestSessions:
    async def test_are_asked_for_once_for_a_while(
        self, access: AccessTokens, sessions: Sessions, clock: Callable[[float], None]
    ) -> None:
        for _ in range(3):
            await access.verify(token())
        assert sessions.asked == 1
        clock(20.1)
        await access.verify(token())
        assert sessions.asked == 2

    async def test_end(self, access: AccessTokens, sessions: Sessions) -> None:
        sessions.error = NotFound("SESSION_ENDED")
        with pytest.raises(Unauthenticated) as refused:
            await access.verify(token())
        assert refused.value.reason == "SESSION_ENDED"

    async def test_refuse_a_token_from_before_rights_were_taken_away(
        self, access: AccessTokens, sessions: Sessions
    ) -> None:
        sessions.epoch = 2
        with pytest.raises(Unauthenticated):
            await access.verify(token(epo=1))
        assert (await access.verify(token(epo=2))).session_epoch == 2

    async def test_are_not_believed_to_live_where_nobody_answers(
        self, access: AccessTokens, sessions: Sessions
    ) -> None:
        sessions.error = Unavailable("UNREACHABLE")
        with pytest.raises(Unavailable):
            await access.verify(token())


class TestKeySet:
    def write(self, path: Path, **keys: Ed25519PrivateKey) -> None:
        entries = [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "kid": kid,
                "x": base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).decode().rstrip("="),
            }
            for kid, key in keys.items()
        ]
        path.write_text(json.dumps({"keys": entries}))

    def test_finds_a_key_that_was_added_later(self, tmp_path: Path, clock: Callable[[float], None]) -> None:
        path, second = tmp_path / "jwks.json", Ed25519PrivateKey.generate()
        self.write(path, k1=KEY)
        keys = KeySet(path)
        assert keys("k1").public_bytes_raw() == KEY.public_key().public_bytes_raw()
        with pytest.raises(Unauthenticated):
            keys("k2")
        self.write(path, k1=KEY, k2=second)
        clock(6)
        assert keys("k2").public_bytes_raw() == second.public_key().public_bytes_raw()

    def test_forgets_a_key_that_was_retired(self, tmp_path: Path, clock: Callable[[float], None]) -> None:
        path = tmp_path / "jwks.json"
        self.write(path, k1=KEY)
        keys = KeySet(path)
        keys("k1")
        self.write(path)
        clock(31)
        with pytest.raises(Unauthenticated):
            keys("k1")

    def test_says_when_there_are_none(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable):
            KeySet(tmp_path / "jwks.json")("k1")


class TestNodeTokens:
    def test_carry_a_principal(self) -> None:
        nodes = NodeTokens(KEY, KEY.public_key())
        principal = Principal(
            USER, frozenset({"ADMIN"}), frozenset({"s1"}), frozenset({"x"}), SESSION, 4, ("order", "payment")
        )
        assert nodes.verify(nodes.sign(principal)) == principal

    def test_are_the_same_for_a_while(self) -> None:
        nodes = NodeTokens(KEY, KEY.public_key())
        assert nodes.sign(service_principal("a")) == nodes.sign(service_principal("a"))

    def test_of_another_key_are_refused(self) -> None:
        stranger = NodeTokens(Ed25519PrivateKey.generate(), KEY.public_key())
        with pytest.raises(Unauthenticated):
            NodeTokens(KEY, KEY.public_key()).verify(stranger.sign(service_principal("a")))


class TestAuthenticator:
    def make(self, access: AccessTokens) -> Authenticator:
        return Authenticator(access, lambda: NodeTokens(KEY, KEY.public_key()))

    async def test_takes_nobody_for_anonymous(self, access: AccessTokens) -> None:
        assert (await self.make(access)({})).is_anonymous

    async def test_believes_no_other_header(self, access: AccessTokens) -> None:
        assert (await self.make(access)({"x-user-id": USER, "x-forwarded-user": USER})).is_anonymous

    async def test_takes_a_bearer_token(self, access: AccessTokens) -> None:
        assert (await self.make(access)({"authorization": f"Bearer {token()}"})).subject == USER

    @pytest.mark.parametrize("header", ["Basic abc", "Bearer", ""])
    async def test_refuses_what_is_no_bearer_token(self, access: AccessTokens, header: str) -> None:
        with pytest.raises(Unauthenticated):
            await self.make(access)({"authorization": header})

    async def test_does_not_take_an_access_token_for_a_nodes(self, access: AccessTokens) -> None:
        with pytest.raises(Unauthenticated):
            await self.make(access)({"x-souk-principal": token()})

    async def test_does_not_take_a_nodes_token_for_a_persons(self, access: AccessTokens) -> None:
        node_token = NodeTokens(KEY, KEY.public_key()).sign(service_principal("order"))
        with pytest.raises(Unauthenticated):
            await self.make(access)({"authorization": f"Bearer {node_token}"})
