from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class OrderState(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[OrderState.Value]
        OPEN: _ClassVar[OrderState.Value]
        CONFIRMED: _ClassVar[OrderState.Value]
        REJECTED: _ClassVar[OrderState.Value]
        CANCELLED: _ClassVar[OrderState.Value]
        COMPLETED: _ClassVar[OrderState.Value]
    UNSPECIFIED: OrderState.Value
    OPEN: OrderState.Value
    CONFIRMED: OrderState.Value
    REJECTED: OrderState.Value
    CANCELLED: OrderState.Value
    COMPLETED: OrderState.Value
    def __init__(self) -> None: ...

class OrderPaymentState(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[OrderPaymentState.Value]
        UNPAID: _ClassVar[OrderPaymentState.Value]
        REQUIRES_ACTION: _ClassVar[OrderPaymentState.Value]
        DECLINED: _ClassVar[OrderPaymentState.Value]
        AUTHORIZED: _ClassVar[OrderPaymentState.Value]
        PAID: _ClassVar[OrderPaymentState.Value]
        PARTIALLY_REFUNDED: _ClassVar[OrderPaymentState.Value]
        REFUNDED: _ClassVar[OrderPaymentState.Value]
        DISPUTED: _ClassVar[OrderPaymentState.Value]
    UNSPECIFIED: OrderPaymentState.Value
    UNPAID: OrderPaymentState.Value
    REQUIRES_ACTION: OrderPaymentState.Value
    DECLINED: OrderPaymentState.Value
    AUTHORIZED: OrderPaymentState.Value
    PAID: OrderPaymentState.Value
    PARTIALLY_REFUNDED: OrderPaymentState.Value
    REFUNDED: OrderPaymentState.Value
    DISPUTED: OrderPaymentState.Value
    def __init__(self) -> None: ...

class FulfilmentState(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[FulfilmentState.Value]
        UNFULFILLED: _ClassVar[FulfilmentState.Value]
        PROCESSING: _ClassVar[FulfilmentState.Value]
        PARTIALLY_SHIPPED: _ClassVar[FulfilmentState.Value]
        SHIPPED: _ClassVar[FulfilmentState.Value]
        DELIVERED: _ClassVar[FulfilmentState.Value]
        RETURNED: _ClassVar[FulfilmentState.Value]
    UNSPECIFIED: FulfilmentState.Value
    UNFULFILLED: FulfilmentState.Value
    PROCESSING: FulfilmentState.Value
    PARTIALLY_SHIPPED: FulfilmentState.Value
    SHIPPED: FulfilmentState.Value
    DELIVERED: FulfilmentState.Value
    RETURNED: FulfilmentState.Value
    def __init__(self) -> None: ...

class OrderStatus(_message.Message):
    __slots__ = ()
    class Value(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNSPECIFIED: _ClassVar[OrderStatus.Value]
        PENDING: _ClassVar[OrderStatus.Value]
        PAID: _ClassVar[OrderStatus.Value]
        PROCESSING: _ClassVar[OrderStatus.Value]
        SHIPPED: _ClassVar[OrderStatus.Value]
        DELIVERED: _ClassVar[OrderStatus.Value]
        COMPLETED: _ClassVar[OrderStatus.Value]
        REJECTED: _ClassVar[OrderStatus.Value]
        CANCELLED: _ClassVar[OrderStatus.Value]
        REFUNDED: _ClassVar[OrderStatus.Value]
    UNSPECIFIED: OrderStatus.Value
    PENDING: OrderStatus.Value
    PAID: OrderStatus.Value
    PROCESSING: OrderStatus.Value
    SHIPPED: OrderStatus.Value
    DELIVERED: OrderStatus.Value
    COMPLETED: OrderStatus.Value
    REJECTED: OrderStatus.Value
    CANCELLED: OrderStatus.Value
    REFUNDED: OrderStatus.Value
    def __init__(self) -> None: ...
