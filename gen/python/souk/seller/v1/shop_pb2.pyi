import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ShopState(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[ShopState.Value]
        PENDING: _ClassVar[ShopState.Value]
        VERIFIED: _ClassVar[ShopState.Value]
        SUSPENDED: _ClassVar[ShopState.Value]
        CLOSED: _ClassVar[ShopState.Value]
    UNSPECIFIED: ShopState.Value
    PENDING: ShopState.Value
    VERIFIED: ShopState.Value
    SUSPENDED: ShopState.Value
    CLOSED: ShopState.Value
    def __init__(self) -> None: ...

class MemberRole(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[MemberRole.Value]
        OWNER: _ClassVar[MemberRole.Value]
        STAFF: _ClassVar[MemberRole.Value]
    UNSPECIFIED: MemberRole.Value
    OWNER: MemberRole.Value
    STAFF: MemberRole.Value
    def __init__(self) -> None: ...

class Shop(_message.Message):
    __slots__ = ("shop_id", "name", "description", "state", "country", "currency", "commission_bps", "owner_user_id", "suspend_reason", "create_time", "update_time", "verify_time")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    COMMISSION_BPS_FIELD_NUMBER: _ClassVar[int]
    OWNER_USER_ID_FIELD_NUMBER: _ClassVar[int]
    SUSPEND_REASON_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    VERIFY_TIME_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    name: str
    description: str
    state: ShopState.Value
    country: str
    currency: str
    commission_bps: int
    owner_user_id: str
    suspend_reason: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    verify_time: _timestamp_pb2.Timestamp
    def __init__(self, shop_id: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., state: _Optional[_Union[ShopState.Value, str]] = ..., country: _Optional[str] = ..., currency: _Optional[str] = ..., commission_bps: _Optional[int] = ..., owner_user_id: _Optional[str] = ..., suspend_reason: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., verify_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ShopSummary(_message.Message):
    __slots__ = ("shop_id", "name", "state", "country", "currency", "commission_bps", "version", "update_time")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    COMMISSION_BPS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    name: str
    state: ShopState.Value
    country: str
    currency: str
    commission_bps: int
    version: int
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, shop_id: _Optional[str] = ..., name: _Optional[str] = ..., state: _Optional[_Union[ShopState.Value, str]] = ..., country: _Optional[str] = ..., currency: _Optional[str] = ..., commission_bps: _Optional[int] = ..., version: _Optional[int] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Membership(_message.Message):
    __slots__ = ("shop_id", "role", "shop_state", "user_id")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SHOP_STATE_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    role: MemberRole.Value
    shop_state: ShopState.Value
    user_id: str
    def __init__(self, shop_id: _Optional[str] = ..., role: _Optional[_Union[MemberRole.Value, str]] = ..., shop_state: _Optional[_Union[ShopState.Value, str]] = ..., user_id: _Optional[str] = ...) -> None: ...
