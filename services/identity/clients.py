"""Adapters to what is outside: the password hash function, the token keys, the service that owns shops."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from souk.seller.v1 import seller_service_pb2
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from mesh.settings import SettingsError
from mesh.tokens import ACCESS_TYPE, AUDIENCE, ISSUER
from services.identity.domain.sessions import Session

T = TypeVar("T")


class Argon2:
    """Argon2id as RFC 9106 and OWASP have it (19 MiB, 2 passes, 1 lane), in few threads: each hash fills a core."""

    def __init__(self, threads: int) -> None:
        """Hash at most `threads` passwords side by side."""
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        # Checked where there is no account, so that the answer takes as long as for a wrong password.
        self._dummy = self._hasher.hash("no password is this one")

    async def hash(self, password: str) -> str:
        """The hash of a password with a salt of its own."""
        return await self._run(self._hasher.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is right; without a hash it takes as long and is wrong."""
        right = await self._run(self._matches, password_hash or self._dummy, password)
        return right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except VerificationError:
            return False

    async def _run(self, function: Callable[..., T], *arguments: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)


class TokenSigner:
    """Signs access tokens with the newest key."""

    def __init__(self, keys: Path, lifetime: timedelta) -> None:
        """Read the private keys in the folder `keys`; a key's id is its file's name. Raises SettingsError."""
        paths = sorted(keys.glob("*.pem"), key=lambda path: (path.stat().st_mtime, path.name))
        if not paths:
            raise SettingsError(f"there is no token key in {keys}")
        key = load_pem_private_key(paths[-1].read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsError(f"{paths[-1]} is not an Ed25519 key")
        self._key = key
        self._kid = paths[-1].stem
        self.lifetime = lifetime

    def sign(self, session: Session, roles: frozenset[str], shop_ids: frozenset[str]) -> str:
        """An access token for a session."""
        now = datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(session.user_id),
            "sid": str(session.session_id),
            "epo": session.epoch,
            "roles": sorted(roles),
            "shops": sorted(shop_ids),
            "iat": now,
            "exp": now + self.lifetime,
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"typ": ACCESS_TYPE, "kid": self._kid})


class SellerMemberships:
    """The shops of people, asked of seller."""

    def __init__(self, seller: SellerServiceStub) -> None:
        """Ask through `seller`."""
        self._seller = seller

    async def shops_of(self, user_id: UUID) -> frozenset[str]:
        """The ids of the shops that a person belongs to."""
        request = seller_service_pb2.ListMembershipsRequest(user_ids=[str(user_id)])
        answer = await self._seller.ListMemberships(request)
        return frozenset(membership.shop_id for membership in answer.memberships)

    async def sellers_among(self, user_ids: Sequence[UUID]) -> frozenset[UUID]:
        """Those of the people who belong to a shop."""
        if not user_ids:
            return frozenset()
        request = seller_service_pb2.ListMembershipsRequest(user_ids=[str(user_id) for user_id in user_ids])
        answer = await self._seller.ListMemberships(request)
        return frozenset(UUID(membership.user_id) for membership in answer.memberships)
