from souk.notification.v1 import notification_pb2 as _notification_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MessageSent(_message.Message):
    __slots__ = ("message_id", "user_id", "channel", "kind")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    user_id: str
    channel: _notification_pb2.Channel.Value
    kind: str
    def __init__(self, message_id: _Optional[str] = ..., user_id: _Optional[str] = ..., channel: _Optional[_Union[_notification_pb2.Channel.Value, str]] = ..., kind: _Optional[str] = ...) -> None: ...

class MessageFailed(_message.Message):
    __slots__ = ("message_id", "user_id", "channel", "kind", "reason")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    user_id: str
    channel: _notification_pb2.Channel.Value
    kind: str
    reason: str
    def __init__(self, message_id: _Optional[str] = ..., user_id: _Optional[str] = ..., channel: _Optional[_Union[_notification_pb2.Channel.Value, str]] = ..., kind: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...
