"""What became of a message, as the contract has it."""

from souk.notification.v1 import notification_events_pb2 as pb
from souk.notification.v1 import notification_pb2

from services.notification.domain.delivery import Attempt, Message, Outcome


def to_message(message: Message, attempt: Attempt) -> pb.MessageSent | pb.MessageFailed | None:
    """The event of an attempt; None where the message goes on."""
    email = notification_pb2.Channel.Value.EMAIL
    message_id, user_id = str(message.message_id), str(message.user_id)
    if attempt.outcome is Outcome.SENT:
        return pb.MessageSent(message_id=message_id, user_id=user_id, channel=email, kind=message.kind)
    if attempt.outcome is Outcome.FAILED:
        return pb.MessageFailed(
            message_id=message_id, user_id=user_id, channel=email, kind=message.kind, reason=attempt.reason
        )
    return None
