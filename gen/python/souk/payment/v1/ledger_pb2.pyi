import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from souk.money.v1 import money_pb2 as _money_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Posting(_message.Message):
    __slots__ = ("transaction_id", "kind", "account", "shop_id", "amount", "order_id", "reference_id", "post_time", "user_id")
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_ID_FIELD_NUMBER: _ClassVar[int]
    POST_TIME_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    transaction_id: str
    kind: str
    account: str
    shop_id: str
    amount: _money_pb2.Money
    order_id: str
    reference_id: str
    post_time: _timestamp_pb2.Timestamp
    user_id: str
    def __init__(self, transaction_id: _Optional[str] = ..., kind: _Optional[str] = ..., account: _Optional[str] = ..., shop_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., order_id: _Optional[str] = ..., reference_id: _Optional[str] = ..., post_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., user_id: _Optional[str] = ...) -> None: ...

class AccountBalance(_message.Message):
    __slots__ = ("account", "shop_id", "debit", "credit")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    DEBIT_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    account: str
    shop_id: str
    debit: _money_pb2.Money
    credit: _money_pb2.Money
    def __init__(self, account: _Optional[str] = ..., shop_id: _Optional[str] = ..., debit: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., credit: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...
