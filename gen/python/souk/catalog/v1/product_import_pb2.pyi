import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ImportState(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[ImportState.Value]
        PENDING: _ClassVar[ImportState.Value]
        RUNNING: _ClassVar[ImportState.Value]
        SUCCEEDED: _ClassVar[ImportState.Value]
        FAILED: _ClassVar[ImportState.Value]
    UNSPECIFIED: ImportState.Value
    PENDING: ImportState.Value
    RUNNING: ImportState.Value
    SUCCEEDED: ImportState.Value
    FAILED: ImportState.Value
    def __init__(self) -> None: ...

class ProductImport(_message.Message):
    __slots__ = ("import_id", "shop_id", "state", "row_count", "created_count", "updated_count", "error_count", "errors", "message", "create_time", "finish_time")
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    CREATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    ERROR_COUNT_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    FINISH_TIME_FIELD_NUMBER: _ClassVar[int]
    import_id: str
    shop_id: str
    state: ImportState.Value
    row_count: int
    created_count: int
    updated_count: int
    error_count: int
    errors: _containers.RepeatedCompositeFieldContainer[ImportError]
    message: str
    create_time: _timestamp_pb2.Timestamp
    finish_time: _timestamp_pb2.Timestamp
    def __init__(self, import_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., state: _Optional[_Union[ImportState.Value, str]] = ..., row_count: _Optional[int] = ..., created_count: _Optional[int] = ..., updated_count: _Optional[int] = ..., error_count: _Optional[int] = ..., errors: _Optional[_Iterable[_Union[ImportError, _Mapping]]] = ..., message: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finish_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ImportError(_message.Message):
    __slots__ = ("line", "reason", "column", "handle", "message")
    LINE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    HANDLE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    line: int
    reason: str
    column: str
    handle: str
    message: str
    def __init__(self, line: _Optional[int] = ..., reason: _Optional[str] = ..., column: _Optional[str] = ..., handle: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...
