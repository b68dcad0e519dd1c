"""Domain events as the contract has them."""

from google.protobuf.message import Message
from souk.identity.v1 import identity_events_pb2 as pb

from services.identity.domain.events import UserEvent, UserRegistered, UserUpdated

_MESSAGES: dict[type[UserEvent], type[pb.UserRegistered | pb.UserUpdated]] = {
    UserRegistered: pb.UserRegistered,
    UserUpdated: pb.UserUpdated,
}


def to_message(event: UserEvent) -> Message:
    """The event as it is published."""
    return _MESSAGES[type(event)](user_id=str(event.user_id))
