from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CartUpdated(_message.Message):
    __slots__ = ("cart_id", "user_id", "version", "item_count", "lines")
    CART_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ITEM_COUNT_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    cart_id: str
    user_id: str
    version: int
    item_count: int
    lines: _containers.RepeatedCompositeFieldContainer[CartEventLine]
    def __init__(self, cart_id: _Optional[str] = ..., user_id: _Optional[str] = ..., version: _Optional[int] = ..., item_count: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[CartEventLine, _Mapping]]] = ...) -> None: ...

class CartAbandoned(_message.Message):
    __slots__ = ("cart_id", "user_id", "version", "item_count")
    CART_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ITEM_COUNT_FIELD_NUMBER: _ClassVar[int]
    cart_id: str
    user_id: str
    version: int
    item_count: int
    def __init__(self, cart_id: _Optional[str] = ..., user_id: _Optional[str] = ..., version: _Optional[int] = ..., item_count: _Optional[int] = ...) -> None: ...

class CartEventLine(_message.Message):
    __slots__ = ("variant_id", "product_id", "shop_id", "quantity", "unit_price")
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    variant_id: str
    product_id: str
    shop_id: str
    quantity: int
    unit_price: _money_pb2.Money
    def __init__(self, variant_id: _Optional[str] = ..., product_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., quantity: _Optional[int] = ..., unit_price: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...
