from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from souk.payment.v1 import payout_pb2 as _payout_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PayoutCreated(_message.Message):
    __slots__ = ("payout_id", "shop_id", "amount")
    PAYOUT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    payout_id: str
    shop_id: str
    amount: _money_pb2.Money
    def __init__(self, payout_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class PayoutClosed(_message.Message):
    __slots__ = ("payout_id", "shop_id", "amount", "failed_amount", "state")
    PAYOUT_ID_FIELD_NUMBER: _ClassVar[int]
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    FAILED_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    payout_id: str
    shop_id: str
    amount: _money_pb2.Money
    failed_amount: _money_pb2.Money
    state: _payout_pb2.PayoutState.Value
    def __init__(self, payout_id: _Optional[str] = ..., shop_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., failed_amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., state: _Optional[_Union[_payout_pb2.PayoutState.Value, str]] = ...) -> None: ...
