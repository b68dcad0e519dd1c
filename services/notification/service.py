"""The composition root of notification."""

from souk.identity.v1.identity_service_pb2_grpc import IdentityServiceStub
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from mesh.job import Job
from mesh.node import ServiceNode
from mesh.service import Parts, Service
from services.notification import tables
from services.notification.clients import IdentityContacts, Shops, SmtpMailer
from services.notification.consumers import Consumers
from services.notification.handlers import send_all_due
from services.notification.repository.messages import QueueStore
from services.notification.repository.retention import forget_old
from services.notification.servicer import NotificationServicer
from services.notification.settings import NotificationSettings
from services.notification.story import StoryServicer

SENDER = "notification-send"
FORGET_SECONDS = 3600.0


def build(node: ServiceNode) -> Parts:
    """Make the parts of notification. Without a mail server e-mails wait in the queue."""
    settings = node.settings(NotificationSettings)
    contacts = IdentityContacts(node.stub(IdentityServiceStub))
    shops = Shops(node.stub(SellerServiceStub))
    senders = [_sender(node, settings, contacts)] if settings.smtp_url else []

    async def forget() -> None:
        async with node.db.write() as unit:
            await forget_old(unit)

    def wake() -> None:
        node.wake(SENDER)

    return Parts(
        servicers=(NotificationServicer(node, contacts, wake), StoryServicer()),
        consumers=Consumers(node.keyring, shops, wake).all(),
        jobs=(*senders, Job("notification-forget", FORGET_SECONDS, forget)),
    )


def _sender(node: ServiceNode, settings: NotificationSettings, contacts: IdentityContacts) -> Job:
    store = QueueStore(node.db, node.keyring)
    mailer = SmtpMailer(settings.smtp_url, settings.sender)

    async def send() -> None:
        try:
            await send_all_due(store, contacts, mailer)
        finally:
            await mailer.close()

    return Job(SENDER, settings.send_seconds, send)


SERVICE = Service("notification", tables.metadata, build)
