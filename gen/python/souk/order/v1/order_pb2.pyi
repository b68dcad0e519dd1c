import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from souk.address.v1 import address_pb2 as _address_pb2
from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from souk.order.v1 import seller_order_pb2 as _seller_order_pb2
from souk.order.v1 import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Order(_message.Message):
    __slots__ = ("order_id", "order_number", "user_id", "status", "state", "payment_state", "fulfilment_state", "currency", "lines", "seller_orders", "subtotal", "discount", "shipping", "tax", "total", "shipping_address", "billing_address", "payments", "place_time", "hold_expire_time", "history", "reason", "reason_message", "version", "unreturned")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_STATE_FIELD_NUMBER: _ClassVar[int]
    FULFILMENT_STATE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    SELLER_ORDERS_FIELD_NUMBER: _ClassVar[int]
    SUBTOTAL_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_FIELD_NUMBER: _ClassVar[int]
    TAX_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    BILLING_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    PLACE_TIME_FIELD_NUMBER: _ClassVar[int]
    HOLD_EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REASON_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    UNRETURNED_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    order_number: str
    user_id: str
    status: _status_pb2.OrderStatus.Value
    state: _status_pb2.OrderState.Value
    payment_state: _status_pb2.OrderPaymentState.Value
    fulfilment_state: _status_pb2.FulfilmentState.Value
    currency: str
    lines: _containers.RepeatedCompositeFieldContainer[_seller_order_pb2.OrderLine]
    seller_orders: _containers.RepeatedCompositeFieldContainer[_seller_order_pb2.SellerOrder]
    subtotal: _money_pb2.Money
    discount: _money_pb2.Money
    shipping: _money_pb2.Money
    tax: _money_pb2.Money
    total: _money_pb2.Money
    shipping_address: _address_pb2.Address
    billing_address: _address_pb2.Address
    payments: _containers.RepeatedCompositeFieldContainer[PaymentAttempt]
    place_time: _timestamp_pb2.Timestamp
    hold_expire_time: _timestamp_pb2.Timestamp
    history: _containers.RepeatedCompositeFieldContainer[StatusChange]
    reason: str
    reason_message: str
    version: int
    unreturned: _money_pb2.Money
    def __init__(self, order_id: _Optional[str] = ..., order_number: _Optional[str] = ..., user_id: _Optional[str] = ..., status: _Optional[_Union[_status_pb2.OrderStatus.Value, str]] = ..., state: _Optional[_Union[_status_pb2.OrderState.Value, str]] = ..., payment_state: _Optional[_Union[_status_pb2.OrderPaymentState.Value, str]] = ..., fulfilment_state: _Optional[_Union[_status_pb2.FulfilmentState.Value, str]] = ..., currency: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[_seller_order_pb2.OrderLine, _Mapping]]] = ..., seller_orders: _Optional[_Iterable[_Union[_seller_order_pb2.SellerOrder, _Mapping]]] = ..., subtotal: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., discount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., shipping: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., tax: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., shipping_address: _Optional[_Union[_address_pb2.Address, _Mapping]] = ..., billing_address: _Optional[_Union[_address_pb2.Address, _Mapping]] = ..., payments: _Optional[_Iterable[_Union[PaymentAttempt, _Mapping]]] = ..., place_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., hold_expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., history: _Optional[_Iterable[_Union[StatusChange, _Mapping]]] = ..., reason: _Optional[str] = ..., reason_message: _Optional[str] = ..., version: _Optional[int] = ..., unreturned: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class PaymentAttempt(_message.Message):
    __slots__ = ("payment_id", "state", "provider", "amount", "decline_reason", "client_secret", "refunded_amount")
    class State(_message.Message):
        __slots__ = ()
        class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            UNSPECIFIED: _ClassVar[PaymentAttempt.State.Value]
            PENDING: _ClassVar[PaymentAttempt.State.Value]
            REQUIRES_ACTION: _ClassVar[PaymentAttempt.State.Value]
            DECLINED: _ClassVar[PaymentAttempt.State.Value]
            AUTHORIZED: _ClassVar[PaymentAttempt.State.Value]
            CAPTURED: _ClassVar[PaymentAttempt.State.Value]
            CANCELLED: _ClassVar[PaymentAttempt.State.Value]
            PARTIALLY_REFUNDED: _ClassVar[PaymentAttempt.State.Value]
            REFUNDED: _ClassVar[PaymentAttempt.State.Value]
            DISPUTED: _ClassVar[PaymentAttempt.State.Value]
        UNSPECIFIED: PaymentAttempt.State.Value
        PENDING: PaymentAttempt.State.Value
        REQUIRES_ACTION: PaymentAttempt.State.Value
        DECLINED: PaymentAttempt.State.Value
        AUTHORIZED: PaymentAttempt.State.Value
        CAPTURED: PaymentAttempt.State.Value
        CANCELLED: PaymentAttempt.State.Value
        PARTIALLY_REFUNDED: PaymentAttempt.State.Value
        REFUNDED: PaymentAttempt.State.Value
        DISPUTED: PaymentAttempt.State.Value
        def __init__(self) -> None: ...
    PAYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    DECLINE_REASON_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SECRET_FIELD_NUMBER: _ClassVar[int]
    REFUNDED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    payment_id: str
    state: PaymentAttempt.State.Value
    provider: str
    amount: _money_pb2.Money
    decline_reason: str
    client_secret: str
    refunded_amount: _money_pb2.Money
    def __init__(self, payment_id: _Optional[str] = ..., state: _Optional[_Union[PaymentAttempt.State.Value, str]] = ..., provider: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., decline_reason: _Optional[str] = ..., client_secret: _Optional[str] = ..., refunded_amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class StatusChange(_message.Message):
    __slots__ = ("status", "time", "reason")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    status: _status_pb2.OrderStatus.Value
    time: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, status: _Optional[_Union[_status_pb2.OrderStatus.Value, str]] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class OrderSummary(_message.Message):
    __slots__ = ("order_id", "order_number", "status", "total", "place_time", "item_count", "user_id")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    PLACE_TIME_FIELD_NUMBER: _ClassVar[int]
    ITEM_COUNT_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    order_number: str
    status: _status_pb2.OrderStatus.Value
    total: _money_pb2.Money
    place_time: _timestamp_pb2.Timestamp
    item_count: int
    user_id: str
    def __init__(self, order_id: _Optional[str] = ..., order_number: _Optional[str] = ..., status: _Optional[_Union[_status_pb2.OrderStatus.Value, str]] = ..., total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., place_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., item_count: _Optional[int] = ..., user_id: _Optional[str] = ...) -> None: ...

class Quote(_message.Message):
    __slots__ = ("quote_id", "expire_time", "currency", "sellers", "subtotal", "discount", "shipping", "tax", "total")
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    SELLERS_FIELD_NUMBER: _ClassVar[int]
    SUBTOTAL_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_FIELD_NUMBER: _ClassVar[int]
    TAX_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    quote_id: str
    expire_time: _timestamp_pb2.Timestamp
    currency: str
    sellers: _containers.RepeatedCompositeFieldContainer[QuoteSeller]
    subtotal: _money_pb2.Money
    discount: _money_pb2.Money
    shipping: _money_pb2.Money
    tax: _money_pb2.Money
    total: _money_pb2.Money
    def __init__(self, quote_id: _Optional[str] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., currency: _Optional[str] = ..., sellers: _Optional[_Iterable[_Union[QuoteSeller, _Mapping]]] = ..., subtotal: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., discount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., shipping: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., tax: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class QuoteSeller(_message.Message):
    __slots__ = ("shop_id", "shop_name", "items", "discount", "shipping", "tax", "total")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_NAME_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_FIELD_NUMBER: _ClassVar[int]
    TAX_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    shop_name: str
    items: _money_pb2.Money
    discount: _money_pb2.Money
    shipping: _money_pb2.Money
    tax: _money_pb2.Money
    total: _money_pb2.Money
    def __init__(self, shop_id: _Optional[str] = ..., shop_name: _Optional[str] = ..., items: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., discount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., shipping: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., tax: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...
