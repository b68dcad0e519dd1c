import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ProductState(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[ProductState.Value]
        DRAFT: _ClassVar[ProductState.Value]
        ACTIVE: _ClassVar[ProductState.Value]
        ARCHIVED: _ClassVar[ProductState.Value]
    UNSPECIFIED: ProductState.Value
    DRAFT: ProductState.Value
    ACTIVE: ProductState.Value
    ARCHIVED: ProductState.Value
    def __init__(self) -> None: ...

class Product(_message.Message):
    __slots__ = ("product_id", "slug", "shop_id", "shop_name", "title", "description", "brand", "category_id", "state", "price_from", "images", "attributes", "variants", "rating", "review_count", "available", "version", "create_time", "update_time")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_NAME_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    BRAND_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PRICE_FROM_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    REVIEW_COUNT_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    slug: str
    shop_id: str
    shop_name: str
    title: str
    description: str
    brand: str
    category_id: str
    state: ProductState.Value
    price_from: _money_pb2.Money
    images: _containers.RepeatedCompositeFieldContainer[Image]
    attributes: _containers.ScalarMap[str, str]
    variants: _containers.RepeatedCompositeFieldContainer[Variant]
    rating: float
    review_count: int
    available: bool
    version: int
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, product_id: _Optional[str] = ..., slug: _Optional[str] = ..., shop_id: _Optional[str] = ..., shop_name: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., brand: _Optional[str] = ..., category_id: _Optional[str] = ..., state: _Optional[_Union[ProductState.Value, str]] = ..., price_from: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., images: _Optional[_Iterable[_Union[Image, _Mapping]]] = ..., attributes: _Optional[_Mapping[str, str]] = ..., variants: _Optional[_Iterable[_Union[Variant, _Mapping]]] = ..., rating: _Optional[float] = ..., review_count: _Optional[int] = ..., available: _Optional[bool] = ..., version: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Variant(_message.Message):
    __slots__ = ("variant_id", "sku", "price", "options", "available", "weight_grams")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_GRAMS_FIELD_NUMBER: _ClassVar[int]
    variant_id: str
    sku: str
    price: _money_pb2.Money
    options: _containers.ScalarMap[str, str]
    available: int
    weight_grams: int
    def __init__(self, variant_id: _Optional[str] = ..., sku: _Optional[str] = ..., price: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., options: _Optional[_Mapping[str, str]] = ..., available: _Optional[int] = ..., weight_grams: _Optional[int] = ...) -> None: ...

class Image(_message.Message):
    __slots__ = ("url", "alt", "primary")
    URL_FIELD_NUMBER: _ClassVar[int]
    ALT_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_FIELD_NUMBER: _ClassVar[int]
    url: str
    alt: str
    primary: bool
    def __init__(self, url: _Optional[str] = ..., alt: _Optional[str] = ..., primary: _Optional[bool] = ...) -> None: ...

class ProductSummary(_message.Message):
    __slots__ = ("product_id", "slug", "title", "shop_id", "shop_name", "price_from", "image_url", "rating", "review_count", "available", "state")
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_NAME_FIELD_NUMBER: _ClassVar[int]
    PRICE_FROM_FIELD_NUMBER: _ClassVar[int]
    IMAGE_URL_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    REVIEW_COUNT_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    slug: str
    title: str
    shop_id: str
    shop_name: str
    price_from: _money_pb2.Money
    image_url: str
    rating: float
    review_count: int
    available: bool
    state: ProductState.Value
    def __init__(self, product_id: _Optional[str] = ..., slug: _Optional[str] = ..., title: _Optional[str] = ..., shop_id: _Optional[str] = ..., shop_name: _Optional[str] = ..., price_from: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., image_url: _Optional[str] = ..., rating: _Optional[float] = ..., review_count: _Optional[int] = ..., available: _Optional[bool] = ..., state: _Optional[_Union[ProductState.Value, str]] = ...) -> None: ...

class VariantInput(_message.Message):
    __slots__ = ("variant_id", "sku", "price", "options", "stock", "weight_grams")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    STOCK_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_GRAMS_FIELD_NUMBER: _ClassVar[int]
    variant_id: str
    sku: str
    price: _money_pb2.Money
    options: _containers.ScalarMap[str, str]
    stock: int
    weight_grams: int
    def __init__(self, variant_id: _Optional[str] = ..., sku: _Optional[str] = ..., price: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., options: _Optional[_Mapping[str, str]] = ..., stock: _Optional[int] = ..., weight_grams: _Optional[int] = ...) -> None: ...

class VariantDetail(_message.Message):
    __slots__ = ("variant_id", "product_id", "shop_id", "shop_name", "title", "sku", "options", "price", "weight_grams", "image_url", "purchasable", "stock_version")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_NAME_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_GRAMS_FIELD_NUMBER: _ClassVar[int]
    IMAGE_URL_FIELD_NUMBER: _ClassVar[int]
    PURCHASABLE_FIELD_NUMBER: _ClassVar[int]
    STOCK_VERSION_FIELD_NUMBER: _ClassVar[int]
    variant_id: str
    product_id: str
    shop_id: str
    shop_name: str
    title: str
    sku: str
    options: _containers.ScalarMap[str, str]
    price: _money_pb2.Money
    weight_grams: int
    image_url: str
    purchasable: bool
    stock_version: int
    def __init__(self, variant_id: _Optional[str] = ..., product_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., shop_name: _Optional[str] = ..., title: _Optional[str] = ..., sku: _Optional[str] = ..., options: _Optional[_Mapping[str, str]] = ..., price: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., weight_grams: _Optional[int] = ..., image_url: _Optional[str] = ..., purchasable: _Optional[bool] = ..., stock_version: _Optional[int] = ...) -> None: ...

class VariantPlace(_message.Message):
    __slots__ = ("variant_id", "product_id", "shop_id", "initial_stock", "update_time")
    VARIANT_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    INITIAL_STOCK_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    variant_id: str
    product_id: str
    shop_id: str
    initial_stock: int
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, variant_id: _Optional[str] = ..., product_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., initial_stock: _Optional[int] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
