from souk.options.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CheckInvariantsRequest(_message.Message):
    __slots__ = ("settle_seconds",)
    SETTLE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    settle_seconds: int
    def __init__(self, settle_seconds: _Optional[int] = ...) -> None: ...

class CheckInvariantsResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[InvariantResult]
    def __init__(self, results: _Optional[_Iterable[_Union[InvariantResult, _Mapping]]] = ...) -> None: ...

class InvariantResult(_message.Message):
    __slots__ = ("invariant", "description", "checked_count", "violations", "violation_count")
    INVARIANT_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    CHECKED_COUNT_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    VIOLATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    invariant: str
    description: str
    checked_count: int
    violations: _containers.RepeatedCompositeFieldContainer[Violation]
    violation_count: int
    def __init__(self, invariant: _Optional[str] = ..., description: _Optional[str] = ..., checked_count: _Optional[int] = ..., violations: _Optional[_Iterable[_Union[Violation, _Mapping]]] = ..., violation_count: _Optional[int] = ...) -> None: ...

class Violation(_message.Message):
    __slots__ = ("id", "detail")
    ID_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    id: str
    detail: str
    def __init__(self, id: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...
