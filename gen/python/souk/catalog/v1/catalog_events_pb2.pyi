from souk.catalog.v1 import product_pb2 as _product_pb2
from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class VariantFact(_message.Message):
    __slots__ = ("variant_id", "sku", "price", "initial_stock")
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    INITIAL_STOCK_FIELD_NUMBER: _ClassVar[int]
    variant_id: str
    sku: str
    price: _money_pb2.Money
    initial_stock: int
    def __init__(self, variant_id: _Optional[str] = ..., sku: _Optional[str] = ..., price: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., initial_stock: _Optional[int] = ...) -> None: ...

class ProductCreated(_message.Message):
    __slots__ = ("product_id", "shop_id", "title", "variants", "state", "category_id")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    shop_id: str
    title: str
    variants: _containers.RepeatedCompositeFieldContainer[VariantFact]
    state: _product_pb2.ProductState.Value
    category_id: str
    def __init__(self, product_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., title: _Optional[str] = ..., variants: _Optional[_Iterable[_Union[VariantFact, _Mapping]]] = ..., state: _Optional[_Union[_product_pb2.ProductState.Value, str]] = ..., category_id: _Optional[str] = ...) -> None: ...

class ProductUpdated(_message.Message):
    __slots__ = ("product_id", "shop_id", "title", "variants", "state", "category_id")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    shop_id: str
    title: str
    variants: _containers.RepeatedCompositeFieldContainer[VariantFact]
    state: _product_pb2.ProductState.Value
    category_id: str
    def __init__(self, product_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., title: _Optional[str] = ..., variants: _Optional[_Iterable[_Union[VariantFact, _Mapping]]] = ..., state: _Optional[_Union[_product_pb2.ProductState.Value, str]] = ..., category_id: _Optional[str] = ...) -> None: ...

class ProductArchived(_message.Message):
    __slots__ = ("product_id", "shop_id")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    shop_id: str
    def __init__(self, product_id: _Optional[str] = ..., shop_id: _Optional[str] = ...) -> None: ...

class PriceChanged(_message.Message):
    __slots__ = ("product_id", "variant_id", "old_price", "new_price")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    OLD_PRICE_FIELD_NUMBER: _ClassVar[int]
    NEW_PRICE_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    variant_id: str
    old_price: _money_pb2.Money
    new_price: _money_pb2.Money
    def __init__(self, product_id: _Optional[str] = ..., variant_id: _Optional[str] = ..., old_price: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., new_price: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...
