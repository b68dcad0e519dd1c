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

class Wallet(_message.Message):
    __slots__ = ("balances",)
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    balances: _containers.RepeatedCompositeFieldContainer[WalletBalance]
    def __init__(self, balances: _Optional[_Iterable[_Union[WalletBalance, _Mapping]]] = ...) -> None: ...

class WalletBalance(_message.Message):
    __slots__ = ("balance", "held", "available")
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    balance: _money_pb2.Money
    held: _money_pb2.Money
    available: _money_pb2.Money
    def __init__(self, balance: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., held: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., available: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class WalletEntry(_message.Message):
    __slots__ = ("entry_id", "kind", "amount", "balance", "order_id", "reason", "create_time")
    class Kind(_message.Message):
        __slots__ = ()
        class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            UNSPECIFIED: _ClassVar[WalletEntry.Kind.Value]
            CREDIT: _ClassVar[WalletEntry.Kind.Value]
            PAYMENT: _ClassVar[WalletEntry.Kind.Value]
            REFUND: _ClassVar[WalletEntry.Kind.Value]
        UNSPECIFIED: WalletEntry.Kind.Value
        CREDIT: WalletEntry.Kind.Value
        PAYMENT: WalletEntry.Kind.Value
        REFUND: WalletEntry.Kind.Value
        def __init__(self) -> None: ...
    ENTRY_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    entry_id: str
    kind: WalletEntry.Kind.Value
    amount: _money_pb2.Money
    balance: _money_pb2.Money
    order_id: str
    reason: str
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, entry_id: _Optional[str] = ..., kind: _Optional[_Union[WalletEntry.Kind.Value, str]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., balance: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., order_id: _Optional[str] = ..., reason: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
