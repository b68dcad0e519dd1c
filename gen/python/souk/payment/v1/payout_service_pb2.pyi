from google.api import annotations_pb2 as _annotations_pb2
from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from souk.payment.v1 import payout_pb2 as _payout_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListPayoutsRequest(_message.Message):
    __slots__ = ("shop_id", "page_size", "page_token")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    page_size: int
    page_token: str
    def __init__(self, shop_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPayoutsResponse(_message.Message):
    __slots__ = ("payouts", "next_page_token")
    PAYOUTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    payouts: _containers.RepeatedCompositeFieldContainer[_payout_pb2.Payout]
    next_page_token: str
    def __init__(self, payouts: _Optional[_Iterable[_Union[_payout_pb2.Payout, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ExplainPayoutRequest(_message.Message):
    __slots__ = ("shop_id", "payout_id")
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    PAYOUT_ID_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    payout_id: str
    def __init__(self, shop_id: _Optional[str] = ..., payout_id: _Optional[str] = ...) -> None: ...

class ExplainPayoutResponse(_message.Message):
    __slots__ = ("payout", "balance", "held", "debt", "reserve", "items")
    PAYOUT_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    DEBT_FIELD_NUMBER: _ClassVar[int]
    RESERVE_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    payout: _payout_pb2.Payout
    balance: _money_pb2.Money
    held: _money_pb2.Money
    debt: _money_pb2.Money
    reserve: _money_pb2.Money
    items: _containers.RepeatedCompositeFieldContainer[_payout_pb2.PayoutItem]
    def __init__(self, payout: _Optional[_Union[_payout_pb2.Payout, _Mapping]] = ..., balance: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., held: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., debt: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., reserve: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., items: _Optional[_Iterable[_Union[_payout_pb2.PayoutItem, _Mapping]]] = ...) -> None: ...

class CreatePayoutsRequest(_message.Message):
    __slots__ = ("shop_id",)
    SHOP_ID_FIELD_NUMBER: _ClassVar[int]
    shop_id: str
    def __init__(self, shop_id: _Optional[str] = ...) -> None: ...

class CreatePayoutsResponse(_message.Message):
    __slots__ = ("payouts",)
    PAYOUTS_FIELD_NUMBER: _ClassVar[int]
    payouts: _containers.RepeatedCompositeFieldContainer[_payout_pb2.Payout]
    def __init__(self, payouts: _Optional[_Iterable[_Union[_payout_pb2.Payout, _Mapping]]] = ...) -> None: ...
