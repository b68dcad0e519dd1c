"""Notification with those whom it asks, and a mail server that keeps what it gets."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage  # noqa: TC003  # beside the imports it belongs to
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.services.market import Market, running_market
from tests.stores import Stores


class MailServer:
    """Keeps the mails that it gets, or answers all of them with `refusal`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusal = ""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # its name
        if self.refusal:
            return self.refusal
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"


@pytest.fixture
def mail_server() -> MailServer:
    return MailServer()


@pytest.fixture
async def smtp_url(mail_server: MailServer, stores: Stores) -> AsyncIterator[str]:  # noqa: ARG001  # opens the loopback
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mail_server), "127.0.0.1", 0)
    yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


@pytest.fixture
async def market(stores: Stores, tmp_path: Path, smtp_url: str) -> AsyncIterator[Market]:
    services = ["audit", "identity", "notification", "seller"]
    urls = {"SOUK_NATS_URL": stores.nats_url, "SOUK_NOTIFICATION_SMTP_URL": smtp_url}
    async with running_market(stores, tmp_path, services, **urls) as running:
        yield running


@pytest.fixture
async def quiet_market(stores: Stores, tmp_path: Path) -> AsyncIterator[Market]:
    """Notification alone, without events and without a mail server."""
    async with running_market(stores, tmp_path, ["notification"]) as running:
        yield running
