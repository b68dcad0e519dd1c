"""Adapters to what is outside: the mail server, the services that know people and shops."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from email.charset import BASE64, Charset
from email.errors import MessageError
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
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
# Base64 takes lines of any length and any characters.
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = BASE64


class SmtpMailer:
    """Hands mails to a server by SMTP, over one connection from the first mail until `close`."""

    def __init__(self, url: str, sender: str) -> None:
        """`url` is `smtp://` or `smtps://` with user and password where they are needed. Raises SettingsError."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise SettingsError(f"SOUK_NOTIFICATION_SMTP_URL is {url!r}, which is not smtp://host:port")
        self._host, self._port = parts.hostname, parts.port or _PORTS[parts.scheme]
        self._tls = parts.scheme == "smtps"
        self._user, self._password = parts.username, parts.password
        self._sender = sender
        self._domain = sender.rpartition("@")[2]
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, message_id: UUID, create_time: datetime, address: str, mail: Mail) -> None:
        """Hand a mail over. Its Message-ID is made of our id, so that one that is sent twice is known as one."""
        # The older classes of `email` cost a third of EmailMessage, which was a tenth of what an order costs a worker.
        message = MIMEMultipart("alternative")
        message["Message-ID"] = f"<{message_id}@{self._domain}>"
        message["Date"] = format_datetime(create_time)
        message["From"] = formataddr(("Souk", self._sender))
        message["To"] = address
        message["Subject"] = Header(mail.subject, None if mail.subject.isascii() else "utf-8")
        message.attach(MIMEText(mail.text, "plain", _UTF8))
        message.attach(MIMEText(mail.html, "html", _UTF8))
        try:
            written = message.as_bytes()
            client = await self._connected()
            options = [] if address.isascii() else ["SMTPUTF8"]
            await client.sendmail(self._sender, address, written, mail_options=options)
        except (ValueError, MessageError) as error:
            # What no header or command can hold must not keep the mail of others waiting behind it.
            raise Refused("MESSAGE_MALFORMED") from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _typed(min(refusal.code for refusal in error.recipients), "RECIPIENT_REFUSED") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _typed(error.code, "MESSAGE_REFUSED") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotNow("SERVER_UNREACHABLE") from error

    async def close(self) -> None:
        """Say good-bye to the server, where there is a connection."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is None or not self._client.is_connected:
            self._client = aiosmtplib.SMTP(
                hostname=self._host,
                port=self._port,
                use_tls=self._tls,
                username=unquote(self._user) if self._user else None,
                password=unquote(self._password) if self._password else None,
                # Else the library asks the system for its name, in a thread, for each connection.
                local_hostname=self._domain,
                timeout=_SECONDS,
            )
            await self._client.connect()
        return self._client


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
