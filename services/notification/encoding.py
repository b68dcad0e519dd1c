"""Between notification's domain and its messages."""

from souk.notification.v1 import notification_pb2

from services.notification.repository.notifications import Notification


def notification_to_proto(notification: Notification) -> notification_pb2.Notification:
    """The notification as its reader sees it."""
    letter = notification.letter
    return notification_pb2.Notification(
        notification_id=str(notification.notification_id),
        kind=letter.kind,
        title=letter.title,
        body=letter.body,
        resource_id=letter.resource_id,
        create_time=notification.create_time,
        read_time=notification.read_time,
    )
