from google.api import annotations_pb2 as _annotations_pb2
from souk.address.v1 import address_pb2 as _address_pb2
from souk.mesh.v1 import invariants_pb2 as _invariants_pb2
from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from souk.order.v1 import order_pb2 as _order_pb2
from souk.order.v1 import seller_order_pb2 as _seller_order_pb2
from souk.order.v1 import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class QuoteOrderRequest(_message.Message):
    __slots__ = ("shipping_address",)
    SHIPPING_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    shipping_address: _address_pb2.Address
    def __init__(self, shipping_address: _Optional[_Union[_address_pb2.Address, _Mapping]] = ...) -> None: ...

class PlaceOrderRequest(_message.Message):
    __slots__ = ("shipping_address", "billing_address", "payments", "expected_total", "quote_id")
    SHIPPING_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    BILLING_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_TOTAL_FIELD_NUMBER: _ClassVar[int]
    QUOTE_ID_FIELD_NUMBER: _ClassVar[int]
    shipping_address: _address_pb2.Address
    billing_address: _address_pb2.Address
    payments: _containers.RepeatedCompositeFieldContainer[PaymentSource]
    expected_total: _money_pb2.Money
    quote_id: str
    def __init__(self, shipping_address: _Optional[_Union[_address_pb2.Address, _Mapping]] = ..., billing_address: _Optional[_Union[_address_pb2.Address, _Mapping]] = ..., payments: _Optional[_Iterable[_Union[PaymentSource, _Mapping]]] = ..., expected_total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., quote_id: _Optional[str] = ...) -> None: ...

class PaymentSource(_message.Message):
    __slots__ = ("provider", "token", "saved_method_id", "wallet", "save_method")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    SAVED_METHOD_ID_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    SAVE_METHOD_FIELD_NUMBER: _ClassVar[int]
    provider: str
    token: str
    saved_method_id: str
    wallet: bool
    save_method: bool
    def __init__(self, provider: _Optional[str] = ..., token: _Optional[str] = ..., saved_method_id: _Optional[str] = ..., wallet: _Optional[bool] = ..., save_method: _Optional[bool] = ...) -> None: ...

class PayOrderRequest(_message.Message):
    __slots__ = ("order_id", "payments")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    payments: _containers.RepeatedCompositeFieldContainer[PaymentSource]
    def __init__(self, order_id: _Optional[str] = ..., payments: _Optional[_Iterable[_Union[PaymentSource, _Mapping]]] = ...) -> None: ...

class CancelOrderRequest(_message.Message):
    __slots__ = ("order_id",)
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    def __init__(self, order_id: _Optional[str] = ...) -> None: ...

class GetOrderRequest(_message.Message):
    __slots__ = ("order_id",)
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    def __init__(self, order_id: _Optional[str] = ...) -> None: ...

class ListOrdersRequest(_message.Message):
    __slots__ = ("status", "page_size", "page_token")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    status: _status_pb2.OrderStatus.Value
    page_size: int
    page_token: str
    def __init__(self, status: _Optional[_Union[_status_pb2.OrderStatus.Value, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListOrdersResponse(_message.Message):
    __slots__ = ("orders", "next_page_token")
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    orders: _containers.RepeatedCompositeFieldContainer[_order_pb2.OrderSummary]
    next_page_token: str
    def __init__(self, orders: _Optional[_Iterable[_Union[_order_pb2.OrderSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListAllOrdersRequest(_message.Message):
    __slots__ = ("status", "shop_id", "user_id", "page_size", "page_token")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    status: _status_pb2.OrderStatus.Value
    shop_id: str
    user_id: str
    page_size: int
    page_token: str
    def __init__(self, status: _Optional[_Union[_status_pb2.OrderStatus.Value, str]] = ..., shop_id: _Optional[str] = ..., user_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListAllOrdersResponse(_message.Message):
    __slots__ = ("orders", "next_page_token")
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    orders: _containers.RepeatedCompositeFieldContainer[_order_pb2.OrderSummary]
    next_page_token: str
    def __init__(self, orders: _Optional[_Iterable[_Union[_order_pb2.OrderSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListSellerOrdersRequest(_message.Message):
    __slots__ = ("shop_id", "status", "page_size", "page_token")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    status: _status_pb2.OrderStatus.Value
    page_size: int
    page_token: str
    def __init__(self, shop_id: _Optional[str] = ..., status: _Optional[_Union[_status_pb2.OrderStatus.Value, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListSellerOrdersResponse(_message.Message):
    __slots__ = ("seller_orders", "next_page_token")
    SELLER_ORDERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    seller_orders: _containers.RepeatedCompositeFieldContainer[_seller_order_pb2.SellerOrder]
    next_page_token: str
    def __init__(self, seller_orders: _Optional[_Iterable[_Union[_seller_order_pb2.SellerOrder, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetSellerOrderRequest(_message.Message):
    __slots__ = ("shop_id", "seller_order_id")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    SELLER_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    seller_order_id: str
    def __init__(self, shop_id: _Optional[str] = ..., seller_order_id: _Optional[str] = ...) -> None: ...

class ProcessSellerOrderRequest(_message.Message):
    __slots__ = ("shop_id", "seller_order_id")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    SELLER_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    seller_order_id: str
    def __init__(self, shop_id: _Optional[str] = ..., seller_order_id: _Optional[str] = ...) -> None: ...

class ShipSellerOrderRequest(_message.Message):
    __slots__ = ("shop_id", "seller_order_id", "carrier", "tracking_number", "lines")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    SELLER_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NUMBER_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    seller_order_id: str
    carrier: str
    tracking_number: str
    lines: _containers.RepeatedCompositeFieldContainer[_seller_order_pb2.ShipmentLine]
    def __init__(self, shop_id: _Optional[str] = ..., seller_order_id: _Optional[str] = ..., carrier: _Optional[str] = ..., tracking_number: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[_seller_order_pb2.ShipmentLine, _Mapping]]] = ...) -> None: ...

class DeliverSellerOrderRequest(_message.Message):
    __slots__ = ("shop_id", "seller_order_id")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    SELLER_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    seller_order_id: str
    def __init__(self, shop_id: _Optional[str] = ..., seller_order_id: _Optional[str] = ...) -> None: ...

class UpdateOrderStatusRequest(_message.Message):
    __slots__ = ("order_id", "status", "carrier", "tracking_number", "shop_id")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    status: _status_pb2.OrderStatus.Value
    carrier: str
    tracking_number: str
    shop_id: str
    def __init__(self, order_id: _Optional[str] = ..., status: _Optional[_Union[_status_pb2.OrderStatus.Value, str]] = ..., carrier: _Optional[str] = ..., tracking_number: _Optional[str] = ..., shop_id: _Optional[str] = ...) -> None: ...
