from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from souk.catalog.v1 import category_pb2 as _category_pb2
from souk.catalog.v1 import product_pb2 as _product_pb2
from souk.catalog.v1 import product_import_pb2 as _product_import_pb2
from souk.mesh.v1 import invariants_pb2 as _invariants_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListCategoriesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListCategoriesResponse(_message.Message):
    __slots__ = ("categories",)
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    categories: _containers.RepeatedCompositeFieldContainer[_category_pb2.Category]
    def __init__(self, categories: _Optional[_Iterable[_Union[_category_pb2.Category, _Mapping]]] = ...) -> None: ...

class ListProductsRequest(_message.Message):
    __slots__ = ("category_id", "shop_id", "page_size", "page_token", "order_by")
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    category_id: str
    shop_id: str
    page_size: int
    page_token: str
    order_by: str
    def __init__(self, category_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., order_by: _Optional[str] = ...) -> None: ...

class ListProductsResponse(_message.Message):
    __slots__ = ("products", "next_page_token")
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    products: _containers.RepeatedCompositeFieldContainer[_product_pb2.ProductSummary]
    next_page_token: str
    def __init__(self, products: _Optional[_Iterable[_Union[_product_pb2.ProductSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListShopProductsRequest(_message.Message):
    __slots__ = ("shop_id", "state", "page_size", "page_token")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    state: _product_pb2.ProductState.Value
    page_size: int
    page_token: str
    def __init__(self, shop_id: _Optional[str] = ..., state: _Optional[_Union[_product_pb2.ProductState.Value, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class GetProductRequest(_message.Message):
    __slots__ = ("product_id",)
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    def __init__(self, product_id: _Optional[str] = ...) -> None: ...

class CreateProductRequest(_message.Message):
    __slots__ = ("shop_id", "title", "description", "brand", "category_id", "state", "images", "attributes", "variants", "slug")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    BRAND_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    title: str
    description: str
    brand: str
    category_id: str
    state: _product_pb2.ProductState.Value
    images: _containers.RepeatedCompositeFieldContainer[_product_pb2.Image]
    attributes: _containers.ScalarMap[str, str]
    variants: _containers.RepeatedCompositeFieldContainer[_product_pb2.VariantInput]
    slug: str
    def __init__(self, shop_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., brand: _Optional[str] = ..., category_id: _Optional[str] = ..., state: _Optional[_Union[_product_pb2.ProductState.Value, str]] = ..., images: _Optional[_Iterable[_Union[_product_pb2.Image, _Mapping]]] = ..., attributes: _Optional[_Mapping[str, str]] = ..., variants: _Optional[_Iterable[_Union[_product_pb2.VariantInput, _Mapping]]] = ..., slug: _Optional[str] = ...) -> None: ...

class UpdateProductRequest(_message.Message):
    __slots__ = ("product_id", "title", "description", "brand", "category_id", "state", "images", "attributes", "variants", "slug", "update_mask", "expected_version")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    BRAND_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    title: str
    description: str
    brand: str
    category_id: str
    state: _product_pb2.ProductState.Value
    images: _containers.RepeatedCompositeFieldContainer[_product_pb2.Image]
    attributes: _containers.ScalarMap[str, str]
    variants: _containers.RepeatedCompositeFieldContainer[_product_pb2.VariantInput]
    slug: str
    update_mask: _field_mask_pb2.FieldMask
    expected_version: int
    def __init__(self, product_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., brand: _Optional[str] = ..., category_id: _Optional[str] = ..., state: _Optional[_Union[_product_pb2.ProductState.Value, str]] = ..., images: _Optional[_Iterable[_Union[_product_pb2.Image, _Mapping]]] = ..., attributes: _Optional[_Mapping[str, str]] = ..., variants: _Optional[_Iterable[_Union[_product_pb2.VariantInput, _Mapping]]] = ..., slug: _Optional[str] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., expected_version: _Optional[int] = ...) -> None: ...

class DeleteProductRequest(_message.Message):
    __slots__ = ("product_id",)
    PRODUCT_ID_FIELD_NUMBER: _ClassVar[int]
    product_id: str
    def __init__(self, product_id: _Optional[str] = ...) -> None: ...

class ImportProductsRequest(_message.Message):
    __slots__ = ("shop_id", "file")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    file: _httpbody_pb2.HttpBody
    def __init__(self, shop_id: _Optional[str] = ..., file: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ...) -> None: ...

class GetProductImportRequest(_message.Message):
    __slots__ = ("shop_id", "import_id")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    import_id: str
    def __init__(self, shop_id: _Optional[str] = ..., import_id: _Optional[str] = ...) -> None: ...

class BatchGetVariantsRequest(_message.Message):
    __slots__ = ("variant_ids",)
    VARIANT_IDS_FIELD_NUMBER: _ClassVar[int]
    variant_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, variant_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchGetVariantsResponse(_message.Message):
    __slots__ = ("variants",)
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    variants: _containers.RepeatedCompositeFieldContainer[_product_pb2.VariantDetail]
    def __init__(self, variants: _Optional[_Iterable[_Union[_product_pb2.VariantDetail, _Mapping]]] = ...) -> None: ...

class ListVariantPlacesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListVariantPlacesResponse(_message.Message):
    __slots__ = ("variants", "next_page_token")
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    variants: _containers.RepeatedCompositeFieldContainer[_product_pb2.VariantPlace]
    next_page_token: str
    def __init__(self, variants: _Optional[_Iterable[_Union[_product_pb2.VariantPlace, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
