import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from souk.money.v1 import money_pb2 as _money_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Reconciliation(_message.Message):
    __slots__ = ("reconciliation_id", "begin_time", "end_time", "transaction_count", "fee_count", "difference_count", "differences", "create_time")
    RECONCILIATION_ID_FIELD_NUMBER: _ClassVar[int]
    BEGIN_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_COUNT_FIELD_NUMBER: _ClassVar[int]
    FEE_COUNT_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_COUNT_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    reconciliation_id: str
    begin_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    transaction_count: int
    fee_count: int
    difference_count: int
    differences: _containers.RepeatedCompositeFieldContainer[ReconciliationDifference]
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, reconciliation_id: _Optional[str] = ..., begin_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., transaction_count: _Optional[int] = ..., fee_count: _Optional[int] = ..., difference_count: _Optional[int] = ..., differences: _Optional[_Iterable[_Union[ReconciliationDifference, _Mapping]]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ReconciliationDifference(_message.Message):
    __slots__ = ("kind", "provider_reference", "ledger_reference", "provider_amount", "ledger_amount")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    LEDGER_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    LEDGER_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    kind: str
    provider_reference: str
    ledger_reference: str
    provider_amount: _money_pb2.Money
    ledger_amount: _money_pb2.Money
    def __init__(self, kind: _Optional[str] = ..., provider_reference: _Optional[str] = ..., ledger_reference: _Optional[str] = ..., provider_amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., ledger_amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...
