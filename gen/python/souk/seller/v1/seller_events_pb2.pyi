from souk.options.v1 import options_pb2 as _options_pb2
from souk.seller.v1 import shop_pb2 as _shop_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ShopApplied(_message.Message):
    __slots__ = ("shop_id", "name", "owner_user_id", "country", "currency", "commission_bps", "state", "version")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OWNER_USER_ID_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    COMMISSION_BPS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    name: str
    owner_user_id: str
    country: str
    currency: str
    commission_bps: int
    state: _shop_pb2.ShopState.Value
    version: int
    def __init__(self, shop_id: _Optional[str] = ..., name: _Optional[str] = ..., owner_user_id: _Optional[str] = ..., country: _Optional[str] = ..., currency: _Optional[str] = ..., commission_bps: _Optional[int] = ..., state: _Optional[_Union[_shop_pb2.ShopState.Value, str]] = ..., version: _Optional[int] = ...) -> None: ...

class ShopVerified(_message.Message):
    __slots__ = ("shop_id", "name", "owner_user_id", "country", "currency", "commission_bps", "state", "version")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OWNER_USER_ID_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    COMMISSION_BPS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    name: str
    owner_user_id: str
    country: str
    currency: str
    commission_bps: int
    state: _shop_pb2.ShopState.Value
    version: int
    def __init__(self, shop_id: _Optional[str] = ..., name: _Optional[str] = ..., owner_user_id: _Optional[str] = ..., country: _Optional[str] = ..., currency: _Optional[str] = ..., commission_bps: _Optional[int] = ..., state: _Optional[_Union[_shop_pb2.ShopState.Value, str]] = ..., version: _Optional[int] = ...) -> None: ...

class ShopSuspended(_message.Message):
    __slots__ = ("shop_id", "name", "owner_user_id", "country", "currency", "commission_bps", "state", "version")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OWNER_USER_ID_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    COMMISSION_BPS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    name: str
    owner_user_id: str
    country: str
    currency: str
    commission_bps: int
    state: _shop_pb2.ShopState.Value
    version: int
    def __init__(self, shop_id: _Optional[str] = ..., name: _Optional[str] = ..., owner_user_id: _Optional[str] = ..., country: _Optional[str] = ..., currency: _Optional[str] = ..., commission_bps: _Optional[int] = ..., state: _Optional[_Union[_shop_pb2.ShopState.Value, str]] = ..., version: _Optional[int] = ...) -> None: ...

class ShopUpdated(_message.Message):
    __slots__ = ("shop_id", "name", "owner_user_id", "country", "currency", "commission_bps", "state", "version")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OWNER_USER_ID_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    COMMISSION_BPS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    name: str
    owner_user_id: str
    country: str
    currency: str
    commission_bps: int
    state: _shop_pb2.ShopState.Value
    version: int
    def __init__(self, shop_id: _Optional[str] = ..., name: _Optional[str] = ..., owner_user_id: _Optional[str] = ..., country: _Optional[str] = ..., currency: _Optional[str] = ..., commission_bps: _Optional[int] = ..., state: _Optional[_Union[_shop_pb2.ShopState.Value, str]] = ..., version: _Optional[int] = ...) -> None: ...
