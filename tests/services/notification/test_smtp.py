"""What is handed to a mail server, without one."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.notification.clients import SmtpMailer
from services.notification.domain.mail import Mail
from services.notification.handlers import Refused

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("address", ["a\nBcc: b@example.com", "a\r\nX-Y: b@example.com"])
async def test_an_address_that_no_header_can_hold_is_refused_for_ever(address: str) -> None:
    """Any other error would leave the message, and those claimed with it, waiting for the next try, every time."""
    mailer = SmtpMailer("smtp://127.0.0.1:1", "souk@example.com")
    with pytest.raises(Refused):
        await mailer.send(UUID(int=1), NOW, address, Mail("s", "t", "h"))
