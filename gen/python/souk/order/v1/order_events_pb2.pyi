from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OrderPlaced(_message.Message):
    __slots__ = ("order_id", "order_number", "user_id", "cart_id", "cart_version", "total", "lines")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    CART_ID_FIELD_NUMBER: _ClassVar[int]
    CART_VERSION_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    order_number: str
    user_id: str
    cart_id: str
    cart_version: int
    total: _money_pb2.Money
    lines: _containers.RepeatedCompositeFieldContainer[OrderEventLine]
    def __init__(self, order_id: _Optional[str] = ..., order_number: _Optional[str] = ..., user_id: _Optional[str] = ..., cart_id: _Optional[str] = ..., cart_version: _Optional[int] = ..., total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[OrderEventLine, _Mapping]]] = ...) -> None: ...

class OrderPaid(_message.Message):
    __slots__ = ("order_id", "order_number", "user_id", "cart_id", "cart_version", "total", "lines")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    CART_ID_FIELD_NUMBER: _ClassVar[int]
    CART_VERSION_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    order_number: str
    user_id: str
    cart_id: str
    cart_version: int
    total: _money_pb2.Money
    lines: _containers.RepeatedCompositeFieldContainer[OrderEventLine]
    def __init__(self, order_id: _Optional[str] = ..., order_number: _Optional[str] = ..., user_id: _Optional[str] = ..., cart_id: _Optional[str] = ..., cart_version: _Optional[int] = ..., total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[OrderEventLine, _Mapping]]] = ...) -> None: ...

class OrderRejected(_message.Message):
    __slots__ = ("order_id", "order_number", "user_id", "cart_id", "cart_version", "total", "lines", "reason")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    CART_ID_FIELD_NUMBER: _ClassVar[int]
    CART_VERSION_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    order_number: str
    user_id: str
    cart_id: str
    cart_version: int
    total: _money_pb2.Money
    lines: _containers.RepeatedCompositeFieldContainer[OrderEventLine]
    reason: str
    def __init__(self, order_id: _Optional[str] = ..., order_number: _Optional[str] = ..., user_id: _Optional[str] = ..., cart_id: _Optional[str] = ..., cart_version: _Optional[int] = ..., total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[OrderEventLine, _Mapping]]] = ..., reason: _Optional[str] = ...) -> None: ...

class OrderCancelled(_message.Message):
    __slots__ = ("order_id", "order_number", "user_id", "cart_id", "cart_version", "total", "lines", "reason", "superseded_by_order_id", "was_paid")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    CART_ID_FIELD_NUMBER: _ClassVar[int]
    CART_VERSION_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SUPERSEDED_BY_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    WAS_PAID_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    order_number: str
    user_id: str
    cart_id: str
    cart_version: int
    total: _money_pb2.Money
    lines: _containers.RepeatedCompositeFieldContainer[OrderEventLine]
    reason: str
    superseded_by_order_id: str
    was_paid: bool
    def __init__(self, order_id: _Optional[str] = ..., order_number: _Optional[str] = ..., user_id: _Optional[str] = ..., cart_id: _Optional[str] = ..., cart_version: _Optional[int] = ..., total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[OrderEventLine, _Mapping]]] = ..., reason: _Optional[str] = ..., superseded_by_order_id: _Optional[str] = ..., was_paid: _Optional[bool] = ...) -> None: ...

class OrderCompleted(_message.Message):
    __slots__ = ("order_id", "order_number", "user_id", "cart_id", "cart_version", "total", "lines")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    CART_ID_FIELD_NUMBER: _ClassVar[int]
    CART_VERSION_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    order_number: str
    user_id: str
    cart_id: str
    cart_version: int
    total: _money_pb2.Money
    lines: _containers.RepeatedCompositeFieldContainer[OrderEventLine]
    def __init__(self, order_id: _Optional[str] = ..., order_number: _Optional[str] = ..., user_id: _Optional[str] = ..., cart_id: _Optional[str] = ..., cart_version: _Optional[int] = ..., total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[OrderEventLine, _Mapping]]] = ...) -> None: ...

class SellerOrderProcessing(_message.Message):
    __slots__ = ("seller_order_id", "order_id", "order_number", "user_id", "shop_id", "lines")
    SELLER_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    seller_order_id: str
    order_id: str
    order_number: str
    user_id: str
    shop_id: str
    lines: _containers.RepeatedCompositeFieldContainer[OrderEventLine]
    def __init__(self, seller_order_id: _Optional[str] = ..., order_id: _Optional[str] = ..., order_number: _Optional[str] = ..., user_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[OrderEventLine, _Mapping]]] = ...) -> None: ...

class SellerOrderShipped(_message.Message):
    __slots__ = ("seller_order_id", "order_id", "order_number", "user_id", "shop_id", "lines", "carrier", "tracking_number", "complete")
    SELLER_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NUMBER_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    seller_order_id: str
    order_id: str
    order_number: str
    user_id: str
    shop_id: str
    lines: _containers.RepeatedCompositeFieldContainer[OrderEventLine]
    carrier: str
    tracking_number: str
    complete: bool
    def __init__(self, seller_order_id: _Optional[str] = ..., order_id: _Optional[str] = ..., order_number: _Optional[str] = ..., user_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[OrderEventLine, _Mapping]]] = ..., carrier: _Optional[str] = ..., tracking_number: _Optional[str] = ..., complete: _Optional[bool] = ...) -> None: ...

class SellerOrderDelivered(_message.Message):
    __slots__ = ("seller_order_id", "order_id", "order_number", "user_id", "shop_id", "lines")
    SELLER_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    seller_order_id: str
    order_id: str
    order_number: str
    user_id: str
    shop_id: str
    lines: _containers.RepeatedCompositeFieldContainer[OrderEventLine]
    def __init__(self, seller_order_id: _Optional[str] = ..., order_id: _Optional[str] = ..., order_number: _Optional[str] = ..., user_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[OrderEventLine, _Mapping]]] = ...) -> None: ...

class OrderEventLine(_message.Message):
    __slots__ = ("line_id", "variant_id", "product_id", "shop_id", "title", "quantity", "unit_price", "line_total")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    LINE_TOTAL_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    variant_id: str
    product_id: str
    shop_id: str
    title: str
    quantity: int
    unit_price: _money_pb2.Money
    line_total: _money_pb2.Money
    def __init__(self, line_id: _Optional[str] = ..., variant_id: _Optional[str] = ..., product_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., title: _Optional[str] = ..., quantity: _Optional[int] = ..., unit_price: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., line_total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...
