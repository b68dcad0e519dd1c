"""Tokens: access tokens of people at the edge of the mesh, and short-lived tokens of nodes inside it."""

import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from mesh.errors import Code, SoukError, Unauthenticated, Unavailable
from mesh.principal import Principal

ISSUER: Final = "souk"
AUDIENCE: Final = "souk"
ACCESS_TYPE: Final = "at+jwt"
NODE_ISSUER: Final = "souk-node"
NODE_AUDIENCE: Final = "souk-mesh"
NODE_TYPE: Final = "souk-principal+jwt"
# Between machines clocks differ; RFC 9068 leaves the leeway to us.
LEEWAY: Final = 30.0
# How long a verified signature is believed without looking again, in seconds.
VERIFIED_SECONDS: Final = 30.0
# How long a session is believed to live; with the above this keeps logout effective within 30 s.
SESSION_SECONDS: Final = 15.0
NODE_TOKEN_SECONDS: Final = 120.0
_CACHE_ENTRIES: Final = 20_000
_JWKS_RELOAD_SECONDS: Final = 5.0

# Asks for the present epoch of a session; raises NotFound where it has ended.
SessionEpoch = Callable[[str], Awaitable[int]]


class _Expiring:
    """A small cache by key, each entry with its own end; emptied when it is full."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: dict[Any, tuple[float, Any]] = {}

    def get(self, key: Any) -> Any:
        entry = self._entries.get(key)
        return entry[1] if entry is not None and entry[0] > time.monotonic() else None

    def put(self, key: Any, value: Any, seconds: float) -> None:
        if len(self._entries) >= _CACHE_ENTRIES:
            self._entries.clear()
        self._entries[key] = (time.monotonic() + seconds, value)

    def drop(self, key: Any) -> None:
        self._entries.pop(key, None)


def _invalid(message: str = "The token is not valid.") -> Unauthenticated:
    return Unauthenticated("TOKEN_INVALID", message)


def _decode(
    token: str, key_of: Callable[[str], Ed25519PublicKey], kind: str, issuer: str, audience: str
) -> dict[str, Any]:
    """The claims of a token of the given `typ`, signed by EdDSA with a key of ours. Raises Unauthenticated."""
    try:
        header = jwt.get_unverified_header(token)
        # A key or certificate that the token itself brings or points to is never looked at, so none may be there.
        if header.get("alg") != "EdDSA" or header.get("typ") != kind or header.keys() - {"alg", "typ", "kid"}:
            raise _invalid()
        claims: dict[str, Any] = jwt.decode(
            token,
            key_of(str(header.get("kid", ""))),
            algorithms=["EdDSA"],
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud", "sub"], "strict_aud": True},
        )
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("TOKEN_EXPIRED", "The token has expired.") from None
    except (jwt.InvalidTokenError, ValueError, TypeError):
        raise _invalid() from None
    return claims


def _words(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    value = claims.get(name, ())
    if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
        raise _invalid()
    return frozenset(value)


class KeySet:
    """The public keys of access tokens, by key id; read again when a new id appears, so that keys can rotate."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._read_time = float("-inf")

    def __call__(self, kid: str) -> Ed25519PublicKey:
        """The key with this id. Raises Unauthenticated where there is none."""
        if time.monotonic() - self._read_time > VERIFIED_SECONDS or (kid not in self._keys and self._may_read()):
            self._read()
        key = self._keys.get(kid)
        if key is None:
            raise _invalid()
        return key

    def _may_read(self) -> bool:
        return time.monotonic() - self._read_time > _JWKS_RELOAD_SECONDS

    def _read(self) -> None:
        try:
            entries = json.loads(self._path.read_text())["keys"]
        except OSError:
            raise Unavailable("KEYS_UNAVAILABLE", "Tokens cannot be verified now.") from None
        self._keys = {str(entry["kid"]): _ed25519(entry) for entry in entries}
        self._read_time = time.monotonic()


def _ed25519(entry: Mapping[str, Any]) -> Ed25519PublicKey:
    key = jwt.PyJWK(dict(entry), algorithm="EdDSA").key
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError("the key set holds a key that is not Ed25519")
    return key


class AccessTokens:
    """Verifies the tokens that people bring."""

    def __init__(self, keys: Callable[[str], Ed25519PublicKey], session_epoch: SessionEpoch) -> None:
        self._keys = keys
        self._session_epoch = session_epoch
        self._verified = _Expiring()
        self._epochs = _Expiring()

    async def verify(self, token: str) -> Principal:
        """The person whom the token names. Raises Unauthenticated TOKEN_INVALID, TOKEN_EXPIRED, SESSION_ENDED."""
        digest = hashlib.sha256(token.encode()).digest()
        principal: Principal | None = self._verified.get(digest)
        if principal is None:
            principal, seconds = self._decode(token)
            self._verified.put(digest, principal, seconds)
        epoch: int | None = self._epochs.get(principal.session_id)
        if epoch is None:
            epoch = await self._ask(principal.session_id)
        if principal.session_epoch < epoch:
            raise _ended()
        return principal

    def end_session(self, session_id: str) -> None:
        """Forget what is known of a session, so that the next call asks again."""
        self._epochs.drop(session_id)

    def _decode(self, token: str) -> tuple[Principal, float]:
        claims = _decode(token, self._keys, ACCESS_TYPE, ISSUER, AUDIENCE)
        session_id, epoch = claims.get("sid"), claims.get("epo")
        if not isinstance(session_id, str) or not session_id or not isinstance(epoch, int):
            raise _invalid()
        principal = Principal(
            subject=claims["sub"],
            roles=_words(claims, "roles") - {"SERVICE"},
            tenants=_words(claims, "shops"),
            scopes=_words(claims, "scopes"),
            session_id=session_id,
            session_epoch=epoch,
        )
        if not principal.is_person:
            raise _invalid()
        return principal, min(VERIFIED_SECONDS, max(0.0, claims["exp"] + LEEWAY - time.time()))

    async def _ask(self, session_id: str) -> int:
        try:
            epoch = await self._session_epoch(session_id)
        except SoukError as error:
            if error.code is Code.NOT_FOUND:
                raise _ended() from None
            raise
        self._epochs.put(session_id, epoch, SESSION_SECONDS)
        return epoch


def _ended() -> Unauthenticated:
    return Unauthenticated("SESSION_ENDED", "The session has ended; sign in again.")


class NodeTokens:
    """Signs and verifies the principals that travel between processes of the mesh."""

    def __init__(self, private: Ed25519PrivateKey, public: Ed25519PublicKey) -> None:
        self._private = private
        self._public = public
        self._signed = _Expiring()
        self._verified = _Expiring()

    @classmethod
    def from_files(cls, keys: Path) -> "NodeTokens":
        """Read `node.pem` and `node.pub.pem`."""
        private = load_pem_private_key((keys / "node.pem").read_bytes(), password=None)
        public = load_pem_public_key((keys / "node.pub.pem").read_bytes())
        if not isinstance(private, Ed25519PrivateKey) or not isinstance(public, Ed25519PublicKey):
            raise TypeError("node.pem and node.pub.pem must hold Ed25519 keys")
        return cls(private, public)

    def sign(self, principal: Principal) -> str:
        """A token for `principal`, the same one for a while."""
        token: str | None = self._signed.get(principal)
        if token is None:
            claims = {
                "iss": NODE_ISSUER,
                "aud": NODE_AUDIENCE,
                "exp": time.time() + NODE_TOKEN_SECONDS,
                "sub": principal.subject,
                "roles": sorted(principal.roles),
                "tenants": sorted(principal.tenants),
                "scopes": sorted(principal.scopes),
                "sid": principal.session_id,
                "epo": principal.session_epoch,
                "act": list(principal.act),
            }
            token = jwt.encode(claims, self._private, algorithm="EdDSA", headers={"typ": NODE_TYPE})
            self._signed.put(principal, token, NODE_TOKEN_SECONDS / 4)
        return token

    def verify(self, token: str) -> Principal:
        """The principal that another node signed. Raises Unauthenticated."""
        digest = hashlib.sha256(token.encode()).digest()
        principal: Principal | None = self._verified.get(digest)
        if principal is None:
            claims = _decode(token, lambda _: self._public, NODE_TYPE, NODE_ISSUER, NODE_AUDIENCE)
            principal = Principal(
                subject=claims["sub"],
                roles=_words(claims, "roles"),
                tenants=_words(claims, "tenants"),
                scopes=_words(claims, "scopes"),
                session_id=claims["sid"],
                session_epoch=claims["epo"],
                act=tuple(claims["act"]),
            )
            self._verified.put(digest, principal, VERIFIED_SECONDS)
        return principal
