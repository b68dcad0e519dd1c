from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Cart(_message.Message):
    __slots__ = ("cart_id", "version", "currency", "items", "subtotal", "total", "item_count", "cart_token", "capped")
    CART_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    SUBTOTAL_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    ITEM_COUNT_FIELD_NUMBER: _ClassVar[int]
    CART_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CAPPED_FIELD_NUMBER: _ClassVar[int]
    cart_id: str
    version: int
    currency: str
    items: _containers.RepeatedCompositeFieldContainer[CartItem]
    subtotal: _money_pb2.Money
    total: _money_pb2.Money
    item_count: int
    cart_token: str
    capped: _containers.RepeatedCompositeFieldContainer[CappedItem]
    def __init__(self, cart_id: _Optional[str] = ..., version: _Optional[int] = ..., currency: _Optional[str] = ..., items: _Optional[_Iterable[_Union[CartItem, _Mapping]]] = ..., subtotal: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., item_count: _Optional[int] = ..., cart_token: _Optional[str] = ..., capped: _Optional[_Iterable[_Union[CappedItem, _Mapping]]] = ...) -> None: ...

class CartItem(_message.Message):
    __slots__ = ("item_id", "variant_id", "product_id", "shop_id", "shop_name", "title", "sku", "options", "image_url", "quantity", "unit_price", "line_total", "available", "price_changed", "price_when_added", "purchasable")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_NAME_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    IMAGE_URL_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    LINE_TOTAL_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    PRICE_CHANGED_FIELD_NUMBER: _ClassVar[int]
    PRICE_WHEN_ADDED_FIELD_NUMBER: _ClassVar[int]
    PURCHASABLE_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    variant_id: str
    product_id: str
    shop_id: str
    shop_name: str
    title: str
    sku: str
    options: _containers.ScalarMap[str, str]
    image_url: str
    quantity: int
    unit_price: _money_pb2.Money
    line_total: _money_pb2.Money
    available: int
    price_changed: bool
    price_when_added: _money_pb2.Money
    purchasable: bool
    def __init__(self, item_id: _Optional[str] = ..., variant_id: _Optional[str] = ..., product_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., shop_name: _Optional[str] = ..., title: _Optional[str] = ..., sku: _Optional[str] = ..., options: _Optional[_Mapping[str, str]] = ..., image_url: _Optional[str] = ..., quantity: _Optional[int] = ..., unit_price: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., line_total: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., available: _Optional[int] = ..., price_changed: _Optional[bool] = ..., price_when_added: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., purchasable: _Optional[bool] = ...) -> None: ...

class CappedItem(_message.Message):
    __slots__ = ("variant_id", "asked", "kept", "reason")
    class Reason(_message.Message):
        __slots__ = ()
        class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            UNSPECIFIED: _ClassVar[CappedItem.Reason.Value]
            QUANTITY_LIMIT: _ClassVar[CappedItem.Reason.Value]
            STOCK: _ClassVar[CappedItem.Reason.Value]
            CURRENCY_MISMATCH: _ClassVar[CappedItem.Reason.Value]
            CART_FULL: _ClassVar[CappedItem.Reason.Value]
        UNSPECIFIED: CappedItem.Reason.Value
        QUANTITY_LIMIT: CappedItem.Reason.Value
        STOCK: CappedItem.Reason.Value
        CURRENCY_MISMATCH: CappedItem.Reason.Value
        CART_FULL: CappedItem.Reason.Value
        def __init__(self) -> None: ...
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    variant_id: str
    asked: int
    kept: int
    reason: CappedItem.Reason.Value
    def __init__(self, variant_id: _Optional[str] = ..., asked: _Optional[int] = ..., kept: _Optional[int] = ..., reason: _Optional[_Union[CappedItem.Reason.Value, str]] = ...) -> None: ...

class CheckoutCart(_message.Message):
    __slots__ = ("cart_id", "version", "currency", "items")
    CART_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    cart_id: str
    version: int
    currency: str
    items: _containers.RepeatedCompositeFieldContainer[CheckoutItem]
    def __init__(self, cart_id: _Optional[str] = ..., version: _Optional[int] = ..., currency: _Optional[str] = ..., items: _Optional[_Iterable[_Union[CheckoutItem, _Mapping]]] = ...) -> None: ...

class CheckoutItem(_message.Message):
    __slots__ = ("item_id", "variant_id", "product_id", "shop_id", "title", "quantity", "unit_price")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    variant_id: str
    product_id: str
    shop_id: str
    title: str
    quantity: int
    unit_price: _money_pb2.Money
    def __init__(self, item_id: _Optional[str] = ..., variant_id: _Optional[str] = ..., product_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., title: _Optional[str] = ..., quantity: _Optional[int] = ..., unit_price: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...
