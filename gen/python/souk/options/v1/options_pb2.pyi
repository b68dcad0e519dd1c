from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
POLICY_FIELD_NUMBER: _ClassVar[int]
policy: _descriptor.FieldDescriptor
OWNER_FIELD_NUMBER: _ClassVar[int]
owner: _descriptor.FieldDescriptor
AUDIT_FIELD_NUMBER: _ClassVar[int]
audit: _descriptor.FieldDescriptor
IDEMPOTENCY_FIELD_NUMBER: _ClassVar[int]
idempotency: _descriptor.FieldDescriptor
DEADLINE_MS_FIELD_NUMBER: _ClassVar[int]
deadline_ms: _descriptor.FieldDescriptor
RATE_FIELD_NUMBER: _ClassVar[int]
rate: _descriptor.FieldDescriptor
CACHE_FIELD_NUMBER: _ClassVar[int]
cache: _descriptor.FieldDescriptor
HEADER_FIELD_NUMBER: _ClassVar[int]
header: _descriptor.FieldDescriptor
ACCEPTS_FIELD_NUMBER: _ClassVar[int]
accepts: _descriptor.FieldDescriptor
SAGA_FIELD_NUMBER: _ClassVar[int]
saga: _descriptor.FieldDescriptor
REASON_FIELD_NUMBER: _ClassVar[int]
reason: _descriptor.FieldDescriptor
SUNSET_FIELD_NUMBER: _ClassVar[int]
sunset: _descriptor.FieldDescriptor
MAX_REQUEST_BYTES_FIELD_NUMBER: _ClassVar[int]
max_request_bytes: _descriptor.FieldDescriptor
PERSONAL_FIELD_NUMBER: _ClassVar[int]
personal: _descriptor.FieldDescriptor
RULES_FIELD_NUMBER: _ClassVar[int]
rules: _descriptor.FieldDescriptor
EVENT_FIELD_NUMBER: _ClassVar[int]
event: _descriptor.FieldDescriptor

class Policy(_message.Message):
    __slots__ = ("who", "services", "permission", "scope")
    class Role(_message.Message):
        __slots__ = ()
        class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            UNSPECIFIED: _ClassVar[Policy.Role.Value]
            PUBLIC: _ClassVar[Policy.Role.Value]
            CUSTOMER: _ClassVar[Policy.Role.Value]
            SELLER: _ClassVar[Policy.Role.Value]
            ADMIN: _ClassVar[Policy.Role.Value]
            SERVICE: _ClassVar[Policy.Role.Value]
        UNSPECIFIED: Policy.Role.Value
        PUBLIC: Policy.Role.Value
        CUSTOMER: Policy.Role.Value
        SELLER: Policy.Role.Value
        ADMIN: Policy.Role.Value
        SERVICE: Policy.Role.Value
        def __init__(self) -> None: ...
    WHO_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    PERMISSION_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    who: Policy.Role.Value
    services: _containers.RepeatedScalarFieldContainer[str]
    permission: str
    scope: str
    def __init__(self, who: _Optional[_Union[Policy.Role.Value, str]] = ..., services: _Optional[_Iterable[str]] = ..., permission: _Optional[str] = ..., scope: _Optional[str] = ...) -> None: ...

class Idempotency(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Idempotency.Value]
        NONE: _ClassVar[Idempotency.Value]
        SAFE: _ClassVar[Idempotency.Value]
        KEY_REQUIRED: _ClassVar[Idempotency.Value]
    UNSPECIFIED: Idempotency.Value
    NONE: Idempotency.Value
    SAFE: Idempotency.Value
    KEY_REQUIRED: Idempotency.Value
    def __init__(self) -> None: ...

class Rate(_message.Message):
    __slots__ = ("limit", "window_seconds", "by")
    class By(_message.Message):
        __slots__ = ()
        class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
            __slots__ = ()
            UNSPECIFIED: _ClassVar[Rate.By.Value]
            IP: _ClassVar[Rate.By.Value]
            USER: _ClassVar[Rate.By.Value]
            API_KEY: _ClassVar[Rate.By.Value]
            ACCOUNT: _ClassVar[Rate.By.Value]
        UNSPECIFIED: Rate.By.Value
        IP: Rate.By.Value
        USER: Rate.By.Value
        API_KEY: Rate.By.Value
        ACCOUNT: Rate.By.Value
        def __init__(self) -> None: ...
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    WINDOW_SECONDS_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    limit: int
    window_seconds: int
    by: Rate.By.Value
    def __init__(self, limit: _Optional[int] = ..., window_seconds: _Optional[int] = ..., by: _Optional[_Union[Rate.By.Value, str]] = ...) -> None: ...

class Cache(_message.Message):
    __slots__ = ("max_age_seconds", "vary")
    MAX_AGE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    VARY_FIELD_NUMBER: _ClassVar[int]
    max_age_seconds: int
    vary: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, max_age_seconds: _Optional[int] = ..., vary: _Optional[_Iterable[str]] = ...) -> None: ...

class Header(_message.Message):
    __slots__ = ("name", "required", "description")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    name: str
    required: bool
    description: str
    def __init__(self, name: _Optional[str] = ..., required: _Optional[bool] = ..., description: _Optional[str] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("subject", "key")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    subject: str
    key: str
    def __init__(self, subject: _Optional[str] = ..., key: _Optional[str] = ...) -> None: ...

class Personal(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[Personal.Value]
        EMAIL: _ClassVar[Personal.Value]
        PHONE: _ClassVar[Personal.Value]
        NAME: _ClassVar[Personal.Value]
        ADDRESS: _ClassVar[Personal.Value]
        PAYMENT: _ClassVar[Personal.Value]
        SECRET: _ClassVar[Personal.Value]
        TEXT: _ClassVar[Personal.Value]
    UNSPECIFIED: Personal.Value
    EMAIL: Personal.Value
    PHONE: Personal.Value
    NAME: Personal.Value
    ADDRESS: Personal.Value
    PAYMENT: Personal.Value
    SECRET: Personal.Value
    TEXT: Personal.Value
    def __init__(self) -> None: ...

class Rules(_message.Message):
    __slots__ = ("required", "min_len", "max_len", "pattern", "gte", "lte", "min_items", "max_items", "uuid", "email", "max_item_len", "url")
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    MIN_LEN_FIELD_NUMBER: _ClassVar[int]
    MAX_LEN_FIELD_NUMBER: _ClassVar[int]
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    GTE_FIELD_NUMBER: _ClassVar[int]
    LTE_FIELD_NUMBER: _ClassVar[int]
    MIN_ITEMS_FIELD_NUMBER: _ClassVar[int]
    MAX_ITEMS_FIELD_NUMBER: _ClassVar[int]
    UUID_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    IN_FIELD_NUMBER: _ClassVar[int]
    MAX_ITEM_LEN_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    required: bool
    min_len: int
    max_len: int
    pattern: str
    gte: int
    lte: int
    min_items: int
    max_items: int
    uuid: bool
    email: bool
    max_item_len: int
    url: bool
    def __init__(self, required: _Optional[bool] = ..., min_len: _Optional[int] = ..., max_len: _Optional[int] = ..., pattern: _Optional[str] = ..., gte: _Optional[int] = ..., lte: _Optional[int] = ..., min_items: _Optional[int] = ..., max_items: _Optional[int] = ..., uuid: _Optional[bool] = ..., email: _Optional[bool] = ..., max_item_len: _Optional[int] = ..., url: _Optional[bool] = ..., **kwargs) -> None: ...
