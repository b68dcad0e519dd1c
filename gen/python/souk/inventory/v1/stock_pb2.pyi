import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Stock(_message.Message):
    __slots__ = ("variant_id", "location", "on_hand", "reserved", "available", "backorder_limit", "low_stock_threshold", "version", "update_time")
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    ON_HAND_FIELD_NUMBER: _ClassVar[int]
    RESERVED_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    BACKORDER_LIMIT_FIELD_NUMBER: _ClassVar[int]
    LOW_STOCK_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    variant_id: str
    location: str
    on_hand: int
    reserved: int
    available: int
    backorder_limit: int
    low_stock_threshold: int
    version: int
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, variant_id: _Optional[str] = ..., location: _Optional[str] = ..., on_hand: _Optional[int] = ..., reserved: _Optional[int] = ..., available: _Optional[int] = ..., backorder_limit: _Optional[int] = ..., low_stock_threshold: _Optional[int] = ..., version: _Optional[int] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class MovementKind(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[MovementKind.Value]
        RECEIVED: _ClassVar[MovementKind.Value]
        ADJUSTED: _ClassVar[MovementKind.Value]
        RESERVED: _ClassVar[MovementKind.Value]
        RELEASED: _ClassVar[MovementKind.Value]
        COMMITTED: _ClassVar[MovementKind.Value]
        RESTOCKED: _ClassVar[MovementKind.Value]
        LOST: _ClassVar[MovementKind.Value]
    UNSPECIFIED: MovementKind.Value
    RECEIVED: MovementKind.Value
    ADJUSTED: MovementKind.Value
    RESERVED: MovementKind.Value
    RELEASED: MovementKind.Value
    COMMITTED: MovementKind.Value
    RESTOCKED: MovementKind.Value
    LOST: MovementKind.Value
    def __init__(self) -> None: ...

class Movement(_message.Message):
    __slots__ = ("variant_id", "location", "version", "kind", "on_hand_delta", "reserved_delta", "order_id", "reason", "create_time")
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ON_HAND_DELTA_FIELD_NUMBER: _ClassVar[int]
    RESERVED_DELTA_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    variant_id: str
    location: str
    version: int
    kind: MovementKind.Value
    on_hand_delta: int
    reserved_delta: int
    order_id: str
    reason: str
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, variant_id: _Optional[str] = ..., location: _Optional[str] = ..., version: _Optional[int] = ..., kind: _Optional[_Union[MovementKind.Value, str]] = ..., on_hand_delta: _Optional[int] = ..., reserved_delta: _Optional[int] = ..., order_id: _Optional[str] = ..., reason: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Availability(_message.Message):
    __slots__ = ("variant_id", "available", "version", "expired_count", "update_time")
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_COUNT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    variant_id: str
    available: int
    version: int
    expired_count: int
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, variant_id: _Optional[str] = ..., available: _Optional[int] = ..., version: _Optional[int] = ..., expired_count: _Optional[int] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
