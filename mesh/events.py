"""How an event's bytes become its message again."""

import importlib
from functools import cache

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message
from souk.mesh.v1.envelope_pb2 import Envelope


class UnreadableEvent(Exception):
    """The event's type is unknown here, or its bytes are not of that type."""


@cache
def _class_of(full_name: str) -> type[Message] | None:
    pool = descriptor_pool.Default()
    try:
        return message_factory.GetMessageClass(pool.FindMessageTypeByName(full_name))
    except KeyError:
        return None


def _imported(full_name: str) -> type[Message] | None:
    """The class of an event whose module nobody has imported yet: `souk.order.v1.OrderPaid` is in order_events."""
    package, _, _ = full_name.rpartition(".")
    parts = package.split(".")
    try:
        importlib.import_module(f"{package}.{parts[-2]}_events_pb2")
    except (ImportError, IndexError):
        return None
    _class_of.cache_clear()
    return _class_of(full_name)


def decode(envelope: Envelope) -> Message:
    """The event in an envelope. Raises UnreadableEvent."""
    message_class = _class_of(envelope.type) or _imported(envelope.type)
    if message_class is None:
        raise UnreadableEvent(f"{envelope.type} is not known here")
    try:
        return message_class.FromString(envelope.payload)
    except DecodeError as error:
        raise UnreadableEvent(f"the payload is no {envelope.type}") from error
