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

class PayoutState(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[PayoutState.Value]
        PENDING: _ClassVar[PayoutState.Value]
        PAID: _ClassVar[PayoutState.Value]
        FAILED: _ClassVar[PayoutState.Value]
    UNSPECIFIED: PayoutState.Value
    PENDING: PayoutState.Value
    PAID: PayoutState.Value
    FAILED: PayoutState.Value
    def __init__(self) -> None: ...

class Payout(_message.Message):
    __slots__ = ("payout_id", "shop_id", "state", "amount", "failed_amount", "create_time")
    PAYOUT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    FAILED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    payout_id: str
    shop_id: str
    state: PayoutState.Value
    amount: _money_pb2.Money
    failed_amount: _money_pb2.Money
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, payout_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., state: _Optional[_Union[PayoutState.Value, str]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., failed_amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PayoutItem(_message.Message):
    __slots__ = ("order_id", "taken", "debt_offset", "amount", "state", "failure_reason", "transfer_reference", "reversed_amount", "entries")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FIELD_NUMBER: _ClassVar[int]
    DEBT_OFFSET_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FAILURE_REASON_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    REVERSED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    taken: _money_pb2.Money
    debt_offset: _money_pb2.Money
    amount: _money_pb2.Money
    state: PayoutState.Value
    failure_reason: str
    transfer_reference: str
    reversed_amount: _money_pb2.Money
    entries: _containers.RepeatedCompositeFieldContainer[PayoutEntry]
    def __init__(self, order_id: _Optional[str] = ..., taken: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., debt_offset: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., state: _Optional[_Union[PayoutState.Value, str]] = ..., failure_reason: _Optional[str] = ..., transfer_reference: _Optional[str] = ..., reversed_amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., entries: _Optional[_Iterable[_Union[PayoutEntry, _Mapping]]] = ...) -> None: ...

class PayoutEntry(_message.Message):
    __slots__ = ("kind", "amount", "post_time")
    KIND_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    POST_TIME_FIELD_NUMBER: _ClassVar[int]
    kind: str
    amount: _money_pb2.Money
    post_time: _timestamp_pb2.Timestamp
    def __init__(self, kind: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., post_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
