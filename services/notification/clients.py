"""Adapters to what is outside: the mail server, the services that know people and shops."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
from souk.identity.v1.identity_service_pb2 import BatchGetUsersRequest
from souk.identity.v1.identity_service_pb2_grpc import IdentityServiceStub
from souk.seller.v1.seller_service_pb2 import BatchGetShopsRequest, ListShopMembersRequest
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from mesh.settings import SettingsError
from services.notification.domain.mail import Mail
from services.notification.handlers import Contact, NotNow, Refused

_PORTS = {"smtp": 25, "smtps": 465}
_SECONDS = 20.0
_PERMANENT = 500


class SmtpMailer:
    """Hands mails to a server by SMTP, a connection for each."""

    def __init__(self, url: str, sender: str) -> None:
        """`url` is `smtp://` or `smtps://` with user and password where they are needed. Raises SettingsError."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise SettingsError(f"SOUK_NOTIFICATION_SMTP_URL is {url!r}, which is not smtp://host:port")
        self._host, self._port = parts.hostname, parts.port or _PORTS[parts.scheme]
        self._tls = parts.scheme == "smtps"
        self._user, self._password = parts.username, parts.password
        self._sender = Address("Souk", addr_spec=sender)

    async def send(self, message_id: UUID, create_time: datetime, address: str, mail: Mail) -> None:
        """Hand a mail over. Its Message-ID is made of our id, so that one that is sent twice is known as one."""
        message = EmailMessage()
        message["Message-ID"] = f"<{message_id}@{self._sender.domain}>"
        message["Date"] = format_datetime(create_time)
        message["From"] = self._sender
        message["To"] = address
        message["Subject"] = mail.subject
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        try:
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=self._port,
                use_tls=self._tls,
                username=unquote(self._user) if self._user else None,
                password=unquote(self._password) if self._password else None,
                timeout=_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _typed(min(refusal.code for refusal in error.recipients), "RECIPIENT_REFUSED") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _typed(error.code, "MESSAGE_REFUSED") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotNow("SERVER_UNREACHABLE") from error


def _typed(code: int, reason: str) -> Refused | NotNow:
    """SMTP's own distinction: 5xx for ever, 4xx for now."""
    return Refused(reason) if code >= _PERMANENT else NotNow(reason)


class IdentityContacts:
    """People, asked of identity at the moment of sending: no address is kept here."""

    def __init__(self, identity: IdentityServiceStub) -> None:
        """Ask through `identity`."""
        self._identity = identity

    async def of(self, user_ids: Iterable[UUID]) -> Mapping[UUID, Contact]:
        """Where people are reached; who is gone is left out."""
        request = BatchGetUsersRequest(user_ids=[str(user_id) for user_id in user_ids])
        answer = await self._identity.BatchGetUsers(request)
        return {UUID(user.user_id): Contact(user.email, user.display_name) for user in answer.users}


class Shops:
    """Shops, asked of seller."""

    def __init__(self, seller: SellerServiceStub) -> None:
        """Ask through `seller`."""
        self._seller = seller

    async def names(self, shop_ids: Iterable[str]) -> Mapping[str, str]:
        """The names of shops."""
        answer = await self._seller.BatchGetShops(BatchGetShopsRequest(shop_ids=shop_ids))
        return {shop.shop_id: shop.name for shop in answer.shops}

    async def members(self, shop_id: str) -> list[UUID]:
        """Who runs a shop."""
        answer = await self._seller.ListShopMembers(ListShopMembersRequest(shop_id=shop_id))
        return [UUID(user_id) for user_id in answer.user_ids]
