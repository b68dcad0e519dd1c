import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from souk.address.v1 import address_pb2 as _address_pb2
from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from souk.order.v1 import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SellerOrder(_message.Message):
    __slots__ = ("seller_order_id", "order_id", "order_number", "shop_id", "status", "fulfilment_state", "lines", "shipments", "shipping_address", "subtotal", "total", "place_time")
    SELLER_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FULFILMENT_STATE_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    SUBTOTAL_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    PLACE_TIME_FIELD_NUMBER: _ClassVar[int]
    seller_order_id: str
    order_id: str
    order_number: str
    shop_id: str
    status: _status_pb2.OrderStatus.Value
    fulfilment_state: _status_pb2.FulfilmentState.Value
    lines: _containers.RepeatedCompositeFieldContainer[OrderLine]
    shipments: _containers.RepeatedCompositeFieldContainer[Shipment]
    shipping_address: _address_pb2.Address
    subtotal: _money_pb2.Money
    total: _money_pb2.Money
    place_time: _timestamp_pb2.Timestamp
    def __init__(self, seller_order_id: _Optional[str] = ..., order_id: _Optional[str] = ..., order_number: _Optional[str] = ..., shop_id: _Optional[str] = ..., status: _Optional[_Union[_status_pb2.OrderStatus.Value, str]] = ..., fulfilment_state: _Optional[_Union[_status_pb2.FulfilmentState.Value, str]] = ..., lines: _Optional[_Iterable[_Union[OrderLine, _Mapping]]] = ..., shipments: _Optional[_Iterable[_Union[Shipment, _Mapping]]] = ..., shipping_address: _Optional[_Union[_address_pb2.Address, _Mapping]] = ..., subtotal: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., place_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class OrderLine(_message.Message):
    __slots__ = ("line_id", "variant_id", "product_id", "shop_id", "title", "sku", "options", "image_url", "quantity", "unit_price", "discount", "tax", "line_total", "shipped_quantity", "commission")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    IMAGE_URL_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    TAX_FIELD_NUMBER: _ClassVar[int]
    LINE_TOTAL_FIELD_NUMBER: _ClassVar[int]
    SHIPPED_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    COMMISSION_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    variant_id: str
    product_id: str
    shop_id: str
    title: str
    sku: str
    options: _containers.ScalarMap[str, str]
    image_url: str
    quantity: int
    unit_price: _money_pb2.Money
    discount: _money_pb2.Money
    tax: _money_pb2.Money
    line_total: _money_pb2.Money
    shipped_quantity: int
    commission: _money_pb2.Money
    def __init__(self, line_id: _Optional[str] = ..., variant_id: _Optional[str] = ..., product_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., title: _Optional[str] = ..., sku: _Optional[str] = ..., options: _Optional[_Mapping[str, str]] = ..., image_url: _Optional[str] = ..., quantity: _Optional[int] = ..., unit_price: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., discount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., tax: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., line_total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., shipped_quantity: _Optional[int] = ..., commission: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class Shipment(_message.Message):
    __slots__ = ("shipment_id", "carrier", "tracking_number", "lines", "ship_time", "deliver_time")
    SHIPMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NUMBER_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    SHIP_TIME_FIELD_NUMBER: _ClassVar[int]
    DELIVER_TIME_FIELD_NUMBER: _ClassVar[int]
    shipment_id: str
    carrier: str
    tracking_number: str
    lines: _containers.RepeatedCompositeFieldContainer[ShipmentLine]
    ship_time: _timestamp_pb2.Timestamp
    deliver_time: _timestamp_pb2.Timestamp
    def __init__(self, shipment_id: _Optional[str] = ..., carrier: _Optional[str] = ..., tracking_number: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[ShipmentLine, _Mapping]]] = ..., ship_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., deliver_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ShipmentLine(_message.Message):
    __slots__ = ("line_id", "quantity")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    quantity: int
    def __init__(self, line_id: _Optional[str] = ..., quantity: _Optional[int] = ...) -> None: ...
