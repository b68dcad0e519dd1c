from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from souk.mesh.v1 import invariants_pb2 as _invariants_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from souk.seller.v1 import shop_pb2 as _shop_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreateShopRequest(_message.Message):
    __slots__ = ("name", "description", "country", "currency")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    country: str
    currency: str
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., country: _Optional[str] = ..., currency: _Optional[str] = ...) -> None: ...

class GetShopRequest(_message.Message):
    __slots__ = ("shop_id",)
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    def __init__(self, shop_id: _Optional[str] = ...) -> None: ...

class UpdateShopRequest(_message.Message):
    __slots__ = ("shop_id", "name", "description", "update_mask")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    name: str
    description: str
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, shop_id: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class ListMyShopsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListMyShopsResponse(_message.Message):
    __slots__ = ("shops", "next_page_token")
    SHOPS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    shops: _containers.RepeatedCompositeFieldContainer[_shop_pb2.Shop]
    next_page_token: str
    def __init__(self, shops: _Optional[_Iterable[_Union[_shop_pb2.Shop, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListShopsRequest(_message.Message):
    __slots__ = ("state", "page_size", "page_token")
    STATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    state: _shop_pb2.ShopState.Value
    page_size: int
    page_token: str
    def __init__(self, state: _Optional[_Union[_shop_pb2.ShopState.Value, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListShopsResponse(_message.Message):
    __slots__ = ("shops", "next_page_token")
    SHOPS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    shops: _containers.RepeatedCompositeFieldContainer[_shop_pb2.Shop]
    next_page_token: str
    def __init__(self, shops: _Optional[_Iterable[_Union[_shop_pb2.Shop, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class VerifyShopRequest(_message.Message):
    __slots__ = ("shop_id",)
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    def __init__(self, shop_id: _Optional[str] = ...) -> None: ...

class SuspendShopRequest(_message.Message):
    __slots__ = ("shop_id", "reason")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    reason: str
    def __init__(self, shop_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ListMembershipsRequest(_message.Message):
    __slots__ = ("user_ids",)
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, user_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ListMembershipsResponse(_message.Message):
    __slots__ = ("memberships",)
    MEMBERSHIPS_FIELD_NUMBER: _ClassVar[int]
    memberships: _containers.RepeatedCompositeFieldContainer[_shop_pb2.Membership]
    def __init__(self, memberships: _Optional[_Iterable[_Union[_shop_pb2.Membership, _Mapping]]] = ...) -> None: ...

class BatchGetShopsRequest(_message.Message):
    __slots__ = ("shop_ids",)
    SHOP_IDS_FIELD_NUMBER: _ClassVar[int]
    shop_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, shop_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BatchGetShopsResponse(_message.Message):
    __slots__ = ("shops",)
    SHOPS_FIELD_NUMBER: _ClassVar[int]
    shops: _containers.RepeatedCompositeFieldContainer[_shop_pb2.ShopSummary]
    def __init__(self, shops: _Optional[_Iterable[_Union[_shop_pb2.ShopSummary, _Mapping]]] = ...) -> None: ...

class ListShopSummariesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListShopSummariesResponse(_message.Message):
    __slots__ = ("shops", "next_page_token")
    SHOPS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    shops: _containers.RepeatedCompositeFieldContainer[_shop_pb2.ShopSummary]
    next_page_token: str
    def __init__(self, shops: _Optional[_Iterable[_Union[_shop_pb2.ShopSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListShopMembersRequest(_message.Message):
    __slots__ = ("shop_id",)
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    def __init__(self, shop_id: _Optional[str] = ...) -> None: ...

class ListShopMembersResponse(_message.Message):
    __slots__ = ("user_ids",)
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    user_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, user_ids: _Optional[_Iterable[str]] = ...) -> None: ...
