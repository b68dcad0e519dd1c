import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from souk.money.v1 import money_pb2 as _money_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RefundState(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[RefundState.Value]
        PENDING: _ClassVar[RefundState.Value]
        SUCCEEDED: _ClassVar[RefundState.Value]
        FAILED: _ClassVar[RefundState.Value]
    UNSPECIFIED: RefundState.Value
    PENDING: RefundState.Value
    SUCCEEDED: RefundState.Value
    FAILED: RefundState.Value
    def __init__(self) -> None: ...

class Refund(_message.Message):
    __slots__ = ("refund_id", "payment_id", "order_id", "state", "amount", "reason", "lines", "create_time", "parts")
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    refund_id: str
    payment_id: str
    order_id: str
    state: RefundState.Value
    amount: _money_pb2.Money
    reason: str
    lines: _containers.RepeatedCompositeFieldContainer[RefundLine]
    create_time: _timestamp_pb2.Timestamp
    parts: _containers.RepeatedCompositeFieldContainer[RefundPart]
    def __init__(self, refund_id: _Optional[str] = ..., payment_id: _Optional[str] = ..., order_id: _Optional[str] = ..., state: _Optional[_Union[RefundState.Value, str]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., reason: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[RefundLine, _Mapping]]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., parts: _Optional[_Iterable[_Union[RefundPart, _Mapping]]] = ...) -> None: ...

class RefundPart(_message.Message):
    __slots__ = ("refund_id", "payment_id", "state", "amount")
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    refund_id: str
    payment_id: str
    state: RefundState.Value
    amount: _money_pb2.Money
    def __init__(self, refund_id: _Optional[str] = ..., payment_id: _Optional[str] = ..., state: _Optional[_Union[RefundState.Value, str]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class RefundLine(_message.Message):
    __slots__ = ("line_id", "shop_id", "quantity", "amount")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    shop_id: str
    quantity: int
    amount: _money_pb2.Money
    def __init__(self, line_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., quantity: _Optional[int] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...
