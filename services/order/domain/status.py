"""The axes on which an order stands, and the one word for them."""

from collections.abc import Sequence
from enum import StrEnum


class OrderState(StrEnum):
    """Where an order itself stands."""

    OPEN = "OPEN"
    CONFIRMED = "CONFIRMED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"


class PaymentState(StrEnum):
    """Where the money of an order stands."""

    UNPAID = "UNPAID"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    DECLINED = "DECLINED"
    AUTHORIZED = "AUTHORIZED"
    PAID = "PAID"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    DISPUTED = "DISPUTED"


class FulfilmentState(StrEnum):
    """Where goods stand, in the order in which they go."""

    UNFULFILLED = "UNFULFILLED"
    PROCESSING = "PROCESSING"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    RETURNED = "RETURNED"


class OrderStatus(StrEnum):
    """The one word for the three axes."""

    PENDING = "PENDING"
    PAID = "PAID"
    PROCESSING = "PROCESSING"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    REFUNDED = "REFUNDED"


class AttemptState(StrEnum):
    """Where one attempt to pay stands."""

    PENDING = "PENDING"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    DECLINED = "DECLINED"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    CANCELLED = "CANCELLED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    DISPUTED = "DISPUTED"


_ARRIVED = frozenset({FulfilmentState.DELIVERED, FulfilmentState.RETURNED})
_SENT = frozenset({FulfilmentState.SHIPPED, FulfilmentState.PARTIALLY_SHIPPED})
MONEY_TAKEN = frozenset({PaymentState.PAID, PaymentState.PARTIALLY_REFUNDED, PaymentState.DISPUTED})
# Attempts from which no money can come any more.
DEAD_ATTEMPTS = frozenset({AttemptState.DECLINED, AttemptState.CANCELLED})
# Attempts that have taken the money, whatever became of it since.
TAKEN_ATTEMPTS = frozenset(
    {AttemptState.CAPTURED, AttemptState.PARTIALLY_REFUNDED, AttemptState.REFUNDED, AttemptState.DISPUTED}
)

_PAYMENT_STATES = {
    AttemptState.PENDING: PaymentState.UNPAID,
    AttemptState.REQUIRES_ACTION: PaymentState.REQUIRES_ACTION,
    AttemptState.DECLINED: PaymentState.DECLINED,
    AttemptState.AUTHORIZED: PaymentState.AUTHORIZED,
    AttemptState.CAPTURED: PaymentState.PAID,
    AttemptState.CANCELLED: PaymentState.UNPAID,
    AttemptState.PARTIALLY_REFUNDED: PaymentState.PARTIALLY_REFUNDED,
    AttemptState.REFUNDED: PaymentState.REFUNDED,
    AttemptState.DISPUTED: PaymentState.DISPUTED,
}


def payment_state_of(attempt: AttemptState) -> PaymentState:
    """Where the money of an order stands whose last attempt stands at `attempt`."""
    return _PAYMENT_STATES[attempt]


def status_of(  # noqa: PLR0911  # one line for each line of the specification
    state: OrderState, payment: PaymentState, fulfilment: FulfilmentState
) -> OrderStatus:
    """The one word for the three axes: the first line that holds decides."""
    if state is OrderState.REJECTED:
        return OrderStatus.REJECTED
    if state is OrderState.CANCELLED:
        return OrderStatus.CANCELLED
    if payment is PaymentState.REFUNDED:
        return OrderStatus.REFUNDED
    if state is OrderState.COMPLETED:
        return OrderStatus.COMPLETED
    if fulfilment in _ARRIVED:
        return OrderStatus.DELIVERED
    if fulfilment in _SENT:
        return OrderStatus.SHIPPED
    if fulfilment is FulfilmentState.PROCESSING:
        return OrderStatus.PROCESSING
    return OrderStatus.PAID if payment in MONEY_TAKEN else OrderStatus.PENDING


def fulfilment_of(parts: Sequence[FulfilmentState]) -> FulfilmentState:
    """Where the goods of an order stand whose parts stand there."""
    if len(set(parts)) == 1:
        return parts[0]
    if all(part in _ARRIVED for part in parts):
        return FulfilmentState.DELIVERED
    if all(part in _ARRIVED or part is FulfilmentState.SHIPPED for part in parts):
        return FulfilmentState.SHIPPED
    if any(part in _ARRIVED or part in _SENT for part in parts):
        return FulfilmentState.PARTIALLY_SHIPPED
    return FulfilmentState.PROCESSING
