import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PaymentState(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[PaymentState.Value]
        PENDING: _ClassVar[PaymentState.Value]
        REQUIRES_ACTION: _ClassVar[PaymentState.Value]
        DECLINED: _ClassVar[PaymentState.Value]
        AUTHORIZED: _ClassVar[PaymentState.Value]
        CANCELLED: _ClassVar[PaymentState.Value]
        CAPTURED: _ClassVar[PaymentState.Value]
        PARTIALLY_REFUNDED: _ClassVar[PaymentState.Value]
        REFUNDED: _ClassVar[PaymentState.Value]
        DISPUTED: _ClassVar[PaymentState.Value]
    UNSPECIFIED: PaymentState.Value
    PENDING: PaymentState.Value
    REQUIRES_ACTION: PaymentState.Value
    DECLINED: PaymentState.Value
    AUTHORIZED: PaymentState.Value
    CANCELLED: PaymentState.Value
    CAPTURED: PaymentState.Value
    PARTIALLY_REFUNDED: PaymentState.Value
    REFUNDED: PaymentState.Value
    DISPUTED: PaymentState.Value
    def __init__(self) -> None: ...

class Payment(_message.Message):
    __slots__ = ("payment_id", "order_id", "state", "amount", "captured_amount", "refunded_amount", "decline_reason", "client_secret", "provider_reference", "provider", "create_time", "companion_id")
    PAYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CAPTURED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    REFUNDED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    DECLINE_REASON_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SECRET_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    COMPANION_ID_FIELD_NUMBER: _ClassVar[int]
    payment_id: str
    order_id: str
    state: PaymentState.Value
    amount: _money_pb2.Money
    captured_amount: _money_pb2.Money
    refunded_amount: _money_pb2.Money
    decline_reason: str
    client_secret: str
    provider_reference: str
    provider: str
    create_time: _timestamp_pb2.Timestamp
    companion_id: str
    def __init__(self, payment_id: _Optional[str] = ..., order_id: _Optional[str] = ..., state: _Optional[_Union[PaymentState.Value, str]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., captured_amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., refunded_amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., decline_reason: _Optional[str] = ..., client_secret: _Optional[str] = ..., provider_reference: _Optional[str] = ..., provider: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., companion_id: _Optional[str] = ...) -> None: ...

class PaymentLine(_message.Message):
    __slots__ = ("line_id", "shop_id", "quantity", "amount", "commission", "tax", "shipping")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    COMMISSION_FIELD_NUMBER: _ClassVar[int]
    TAX_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    shop_id: str
    quantity: int
    amount: _money_pb2.Money
    commission: _money_pb2.Money
    tax: _money_pb2.Money
    shipping: _money_pb2.Money
    def __init__(self, line_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., quantity: _Optional[int] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., commission: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., tax: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., shipping: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...
