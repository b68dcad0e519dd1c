"""The RPCs of notification: decode, call the use case, encode."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from souk.mesh.v1 import invariants_pb2
from souk.notification.v1 import notification_pb2
from souk.notification.v1 import notification_service_pb2 as pb
from souk.notification.v1.notification_service_pb2_grpc import NotificationServiceServicer

from mesh.call import Call
from mesh.errors import NotFound
from mesh.node import ServiceNode
from mesh.page import decode_id, next_page, page_size
from services.notification.clients import IdentityContacts
from services.notification.domain.letters import Letter
from services.notification.encoding import notification_to_proto
from services.notification.handlers import tell
from services.notification.repository.messages import Messages
from services.notification.repository.notifications import Notification, Notifications, WrittenNotifications

# The settling time of an invariant check that asks for none, in seconds.
SETTLE_SECONDS = 30
_ANNOUNCEMENT = "announcement"


@dataclass(frozen=True, slots=True)
class NotificationServicer(NotificationServiceServicer):
    """What people are told."""

    node: ServiceNode
    contacts: IdentityContacts
    wake: Callable[[], None]

    async def ListNotifications(self, request: pb.ListNotificationsRequest, call: Call) -> pb.ListNotificationsResponse:
        size, after = page_size(request.page_size), decode_id(request.page_token)
        async with call.db.read() as unit:
            shown = Notifications(unit, self.node.keyring)
            found = await shown.page(call.principal, after, size + 1, unread=request.unread)
        return pb.ListNotificationsResponse(
            notifications=[notification_to_proto(notification) for notification in found[:size]],
            next_page_token=next_page([notification.notification_id for notification in found], size),
        )

    async def ReadNotification(self, request: pb.ReadNotificationRequest, call: Call) -> notification_pb2.Notification:
        shown = WrittenNotifications(call.uow, self.node.keyring)
        return notification_to_proto(await shown.mark_read(UUID(request.notification_id), call.principal))

    async def CreateNotification(
        self, request: pb.CreateNotificationRequest, call: Call
    ) -> notification_pb2.Notification:
        user_id = UUID(request.user_id)
        if user_id not in await self.contacts.of([user_id]):
            raise NotFound("USER_NOT_FOUND", "There is no such account.")
        letter = Letter(_ANNOUNCEMENT, "", request.title, (request.body,) if request.body else ())
        queue = Messages(call.uow, self.node.keyring) if request.email else None
        shown = WrittenNotifications(call.uow, self.node.keyring)
        (told,) = await tell(shown, queue, [(user_id, letter)])
        call.uow.after_commit(self.wake)
        return notification_to_proto(Notification(told.id, letter, await shown.create_time()))

    async def CheckInvariants(
        self, request: invariants_pb2.CheckInvariantsRequest, call: Call
    ) -> invariants_pb2.CheckInvariantsResponse:
        result = await self.node.verify_delivery(request.settle_seconds or SETTLE_SECONDS)
        return invariants_pb2.CheckInvariantsResponse(results=[result])
