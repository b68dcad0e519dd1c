from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class DisputeState(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[DisputeState.Value]
        OPEN: _ClassVar[DisputeState.Value]
        WON: _ClassVar[DisputeState.Value]
        LOST: _ClassVar[DisputeState.Value]
    UNSPECIFIED: DisputeState.Value
    OPEN: DisputeState.Value
    WON: DisputeState.Value
    LOST: DisputeState.Value
    def __init__(self) -> None: ...
