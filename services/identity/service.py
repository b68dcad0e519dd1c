"""The composition root of identity."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from souk.identity.v1 import auth_service_pb2
from souk.options.v1 import options_pb2
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from mesh.errors import AlreadyExists
from mesh.job import Job
from mesh.node import ServiceNode
from mesh.service import Parts, Service
from services.identity import tables
from services.identity.clients import Argon2, SellerMemberships, TokenSigner
from services.identity.domain.guessing import GuessLimit
from services.identity.handlers.auth import Auth, forget_expired, forget_guesses, make_first_admin
from services.identity.repository.store import Store
from services.identity.servicer import AuthServicer, IdentityServicer, SessionServicer
from services.identity.settings import IdentitySettings

FORGET_SECONDS = 3600.0
_log = logging.getLogger(__name__)


def build(node: ServiceNode) -> Parts:
    """Make the parts of identity."""
    settings = node.settings(IdentitySettings)
    memberships = SellerMemberships(node.stub(SellerServiceStub))
    auth = Auth(
        store=Store(node.db, node.keyring),
        hasher=Argon2(settings.hashing_threads),
        signer=TokenSigner(node.mesh_settings.keys / "token", timedelta(seconds=settings.access_token_seconds)),
        memberships=memberships,
        refresh_lifetime=timedelta(days=settings.refresh_token_days),
        guess_limit=_guess_limit(node.mesh_settings.rate_factor),
        now=lambda: datetime.now(UTC),
        wait=lambda pause: asyncio.sleep(pause.total_seconds()),
    )

    async def on_start() -> None:
        await _make_first_admin(auth, settings)

    async def forget() -> None:
        await forget_expired(auth.store)
        await forget_guesses(auth)

    return Parts(
        servicers=(AuthServicer(auth), SessionServicer(), IdentityServicer(node, memberships)),
        jobs=(Job("identity-forget-sessions", FORGET_SECONDS, forget),),
        on_start=on_start,
    )


def _guess_limit(factor: float) -> GuessLimit:
    """The limit by account that the contract of Login states; the edge cannot count by it."""
    login: Any = auth_service_pb2.DESCRIPTOR.services_by_name["AuthService"].methods_by_name["Login"]
    rates = login.GetOptions().Extensions[options_pb2.rate]
    (rate,) = (rate for rate in rates if rate.by == options_pb2.Rate.By.ACCOUNT)
    return GuessLimit(max(1, round(rate.limit * factor)), timedelta(seconds=rate.window_seconds))


async def _make_first_admin(auth: Auth, settings: IdentitySettings) -> None:
    if not settings.admin_email or settings.admin_password_file is None:
        return
    try:
        await make_first_admin(auth, settings.admin_email, settings.admin_password_file.read_text().strip())
    except AlreadyExists:
        _log.info("another process made the first admin")


SERVICE = Service("identity", tables.metadata, build)
