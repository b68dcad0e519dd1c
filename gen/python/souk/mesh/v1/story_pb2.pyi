import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExplainRequest(_message.Message):
    __slots__ = ("subject", "event_ids", "since_time")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    EVENT_IDS_FIELD_NUMBER: _ClassVar[int]
    SINCE_TIME_FIELD_NUMBER: _ClassVar[int]
    subject: str
    event_ids: _containers.RepeatedScalarFieldContainer[str]
    since_time: _timestamp_pb2.Timestamp
    def __init__(self, subject: _Optional[str] = ..., event_ids: _Optional[_Iterable[str]] = ..., since_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExplainResponse(_message.Message):
    __slots__ = ("subject_id", "facts")
    SUBJECT_ID_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    subject_id: str
    facts: _containers.RepeatedCompositeFieldContainer[Fact]
    def __init__(self, subject_id: _Optional[str] = ..., facts: _Optional[_Iterable[_Union[Fact, _Mapping]]] = ...) -> None: ...

class FactKind(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[FactKind.Value]
        CALL: _ClassVar[FactKind.Value]
        COMMIT: _ClassVar[FactKind.Value]
        EVENT: _ClassVar[FactKind.Value]
        PROVIDER: _ClassVar[FactKind.Value]
        POSTING: _ClassVar[FactKind.Value]
        EFFECT: _ClassVar[FactKind.Value]
    UNSPECIFIED: FactKind.Value
    CALL: FactKind.Value
    COMMIT: FactKind.Value
    EVENT: FactKind.Value
    PROVIDER: FactKind.Value
    POSTING: FactKind.Value
    EFFECT: FactKind.Value
    def __init__(self) -> None: ...

class Fact(_message.Message):
    __slots__ = ("time", "kind", "what", "detail", "event_id", "causation_id", "correlation_id")
    TIME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    WHAT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    CAUSATION_ID_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    time: _timestamp_pb2.Timestamp
    kind: FactKind.Value
    what: str
    detail: str
    event_id: str
    causation_id: str
    correlation_id: str
    def __init__(self, time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., kind: _Optional[_Union[FactKind.Value, str]] = ..., what: _Optional[str] = ..., detail: _Optional[str] = ..., event_id: _Optional[str] = ..., causation_id: _Optional[str] = ..., correlation_id: _Optional[str] = ...) -> None: ...
