"""Mails that go out, over the real event stream and a real SMTP connection."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from souk.audit.v1.audit_service_pb2 import ListAuditEntriesRequest
from souk.audit.v1.audit_service_pb2_grpc import AuditServiceStub
from souk.identity.v1.auth_service_pb2 import RegisterRequest
from souk.identity.v1.auth_service_pb2_grpc import AuthServiceStub
from souk.notification.v1.notification_service_pb2 import (
    CreateNotificationRequest,
    ListNotificationsRequest,
    ReadNotificationRequest,
)
from souk.notification.v1.notification_service_pb2_grpc import NotificationServiceStub
from souk.seller.v1.seller_service_pb2 import CreateShopRequest, VerifyShopRequest
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from mesh.errors import NotFound
from mesh.principal import Principal, acting_as
from tests.services.market import Market
from tests.services.notification.conftest import MailServer

ADMIN = Principal(subject="01890000-0000-8000-8000-000000000001", roles=frozenset({"CUSTOMER", "ADMIN"}))


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds; the test's time limit ends the waiting."""
    while not await holds():
        await asyncio.sleep(0.05)


async def register(market: Market) -> Principal:
    auth: Any = market.stub(AuthServiceStub)
    request = RegisterRequest(email="ada@example.com", password="the loom sings", display_name="Ada <b>")
    answer = await auth.Register(request)
    return Principal(subject=answer.user.user_id, roles=frozenset({"CUSTOMER"}))


class TestWelcome:
    async def test_reaches_the_person_by_mail_and_in_the_apps(self, market: Market, mail_server: MailServer) -> None:
        person = await register(market)
        notification: Any = market.stub(NotificationServiceStub)

        async def sent() -> bool:
            return bool(mail_server.mails) and "MessageSent" in await market.events("notification")

        await eventually(sent)
        with acting_as(person):
            shown = (await notification.ListNotifications(ListNotificationsRequest(unread=True))).notifications
        mail = mail_server.mails[0]
        html = mail.get_body(("html",))
        assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Welcome to Souk")
        assert shown[0].kind == "user.registered"
        assert mail["Message-ID"] == f"<{shown[0].notification_id}@souk.example>"
        assert html is not None
        assert "Ada &lt;b&gt;" in html.get_content()


class TestRefusal:
    async def test_for_now_leaves_the_mail_in_the_queue(self, market: Market, mail_server: MailServer) -> None:
        mail_server.refusal = "451 later"
        await register(market)
        assert await self.settled(market) == ("QUEUED", "MESSAGE_REFUSED", 1)

    async def test_for_ever_ends_the_mail(self, market: Market, mail_server: MailServer) -> None:
        mail_server.refusal = "550 never"
        await register(market)
        assert await self.settled(market) == ("FAILED", "MESSAGE_REFUSED", 1)
        assert "MessageFailed" in await market.events("notification")

    async def settled(self, market: Market) -> tuple[Any, ...]:
        """The one message, once it was tried."""
        query = "SELECT state, reason, attempt_count FROM notification.messages WHERE attempt_count > 0"

        async def tried() -> bool:
            return bool(await market.rows(query))

        await eventually(tried)
        return tuple((await market.rows(query))[0])


class TestNotifications:
    async def test_are_read_by_their_person_alone(self, market: Market) -> None:
        person = await register(market)
        notification: Any = market.stub(NotificationServiceStub)
        request = CreateNotificationRequest(user_id=person.subject, title="Fair on Sunday", body="Come early.")
        with acting_as(ADMIN):
            made = await notification.CreateNotification(request)
        with acting_as(ADMIN), pytest.raises(NotFound, match="NOTIFICATION_NOT_FOUND"):
            await notification.ReadNotification(ReadNotificationRequest(notification_id=made.notification_id))
        with acting_as(person):
            read = await notification.ReadNotification(ReadNotificationRequest(notification_id=made.notification_id))
            unread = await notification.ListNotifications(ListNotificationsRequest(unread=True))
        assert (read.title, read.body) == ("Fair on Sunday", "Come early.")
        assert read.HasField("read_time")
        assert made.notification_id not in {each.notification_id for each in unread.notifications}

    async def test_are_not_made_for_nobody(self, market: Market) -> None:
        notification: Any = market.stub(NotificationServiceStub)
        request = CreateNotificationRequest(user_id=ADMIN.subject, title="Hello")
        with acting_as(ADMIN), pytest.raises(NotFound, match="USER_NOT_FOUND"):
            await notification.CreateNotification(request)


class TestTrail:
    async def test_holds_what_staff_did(self, market: Market) -> None:
        person = await register(market)
        seller: Any = market.stub(SellerServiceStub)
        audit: Any = market.stub(AuditServiceStub)
        with acting_as(person):
            shop = await seller.CreateShop(CreateShopRequest(name="Loom", country="DE", currency="EUR"))
        with acting_as(ADMIN):
            await seller.VerifyShop(VerifyShopRequest(shop_id=shop.shop_id))
            request = ListAuditEntriesRequest(resource_id=shop.shop_id)

            async def recorded() -> bool:
                return bool((await audit.ListAuditEntries(request)).entries)

            await eventually(recorded)
            entry = (await audit.ListAuditEntries(request)).entries[0]
        assert (entry.service, entry.actor) == ("seller", ADMIN.subject)
        assert entry.method == "/souk.seller.v1.SellerService/VerifyShop"
        assert json.loads(entry.before_json)["state"] == "PENDING"
        assert json.loads(entry.after_json)["state"] == "VERIFIED"
