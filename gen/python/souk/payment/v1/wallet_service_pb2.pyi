from google.api import annotations_pb2 as _annotations_pb2
from souk.money.v1 import money_pb2 as _money_pb2
from souk.options.v1 import options_pb2 as _options_pb2
from souk.payment.v1 import wallet_pb2 as _wallet_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetWalletRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListWalletEntriesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListWalletEntriesResponse(_message.Message):
    __slots__ = ("entries", "next_page_token")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[_wallet_pb2.WalletEntry]
    next_page_token: str
    def __init__(self, entries: _Optional[_Iterable[_Union[_wallet_pb2.WalletEntry, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreditWalletRequest(_message.Message):
    __slots__ = ("user_id", "amount", "reason")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    amount: _money_pb2.Money
    reason: str
    def __init__(self, user_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class PlanWalletRequest(_message.Message):
    __slots__ = ("user_id", "amount")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    amount: _money_pb2.Money
    def __init__(self, user_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class PlanWalletResponse(_message.Message):
    __slots__ = ("wallet_amount",)
    WALLET_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    wallet_amount: _money_pb2.Money
    def __init__(self, wallet_amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...
