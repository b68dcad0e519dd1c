"""The checkout saga as a pure decision: what is known of an order, and what comes next.

Every step may be taken again, so nothing that a step has learned must be stored for the next one to be right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from uuid import UUID

from mesh.errors import Violation
from services.order.domain.order import Order
from services.order.domain.status import DEAD_ATTEMPTS, TAKEN_ATTEMPTS, AttemptState, OrderState

PAYMENT_EXPIRED = "PAYMENT_EXPIRED"
OUT_OF_STOCK = "OUT_OF_STOCK"
OUT_OF_STOCK_AFTER_PAYMENT = "OUT_OF_STOCK_AFTER_PAYMENT"


class Goal(StrEnum):
    """Where a saga goes."""

    PAY = "PAY"  # paid and ordered
    CANCEL = "CANCEL"  # neither, with everything undone
    REFUND = "REFUND"  # the order is over already, and money came after


class SagaState(StrEnum):
    """Whether there is anything to do."""

    RUNNING = "RUNNING"
    WAITING = "WAITING"  # for the buyer, until `due_time`
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class PendingCall:
    """The keyed call that waits for the saga's answer."""

    method: str
    caller: str
    key: str
    request_hash: bytes


@dataclass(slots=True)
class Saga:
    """What drives one order. `refund_id` is made before any refund is asked for."""

    order_id: UUID
    goal: Goal
    state: SagaState
    due_time: datetime
    fence: int = 0
    cancel_reason: str = ""
    refund_id: UUID | None = None
    call: PendingCall | None = None
    attempt_count: int = 0
    supersedes_id: UUID | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Whether it waits for a buyer whose time is over."""
        return self.state is SagaState.WAITING and now >= self.due_time


class StockAnswer(StrEnum):
    """What inventory said."""

    HELD = auto()
    SHORT = auto()


@dataclass(frozen=True, slots=True)
class PaymentReport:
    """Where a payment stands, as the payment service says."""

    payment_id: UUID
    state: AttemptState
    decline_reason: str = ""
    client_secret: str = ""


class RefundAnswer(StrEnum):
    """What became of a refund."""

    DONE = auto()
    UNDER_WAY = auto()  # the provider has it; an event tells the end
    FAILED = auto()


@dataclass(slots=True)
class Known:
    """What this run of the saga has learned."""

    # Whether an earlier run may have begun the payment.
    payment_may_run: bool
    stock: StockAnswer | None = None
    hold_expire_time: datetime | None = None
    # What is short of which variant, where the stock is.
    shortage: Sequence[Violation] = ()
    payment: PaymentReport | None = None
    released: bool = False
    refund: RefundAnswer | None = None

    @property
    def is_captured(self) -> bool:
        """Whether the payment is known to have taken the money."""
        return self.payment is not None and self.payment.state in TAKEN_ATTEMPTS


class Step(StrEnum):
    """What comes next."""

    RESERVE = auto()  # hold the goods
    PAY = auto()  # begin the payment, or take up where it stands
    CONFIRM = auto()  # commit: paid and ordered
    WAIT = auto()  # commit: the buyer's turn
    REJECT = auto()  # commit: sold out, nothing taken
    TURN = auto()  # commit: paid but sold out, so cancel and refund
    GIVE_UP_PAYMENT = auto()  # make sure that no money comes
    REFUND = auto()  # give back what came
    RELEASE = auto()  # give the goods back
    CANCEL = auto()  # commit: given up
    SETTLE = auto()  # commit: the money that came too late is given back
    RETRY = auto()  # nobody knows yet: ask again later
    NOTHING = auto()


def next_step(order: Order, saga: Saga, known: Known, now: datetime) -> Step:
    """What comes next for an order."""
    if saga.state is SagaState.DONE:
        return Step.NOTHING
    if saga.goal is Goal.REFUND:
        return Step.REFUND if known.refund is None else Step.SETTLE
    if saga.goal is Goal.CANCEL:
        return _toward_cancel(order, known)
    if order.state is not OrderState.OPEN:
        return Step.NOTHING
    if saga.is_overdue(now) and not known.is_captured:
        return _toward_expiry(order, known)
    return _toward_paid(order, known)


def _toward_paid(order: Order, known: Known) -> Step:
    attempt = order.live_attempt
    if attempt is None and order.total:
        return Step.WAIT
    if known.stock is None:
        return Step.RESERVE
    if known.stock is StockAnswer.SHORT:
        return _sold_out(order, known)
    if attempt is None:
        return Step.CONFIRM
    if known.payment is None:
        return Step.PAY
    return _by_payment(known.payment.state)


def _by_payment(state: AttemptState) -> Step:
    if state in TAKEN_ATTEMPTS:
        return Step.CONFIRM
    if state in DEAD_ATTEMPTS or state is AttemptState.REQUIRES_ACTION:
        return Step.WAIT
    return Step.RETRY


def _sold_out(order: Order, known: Known) -> Step:
    if order.live_attempt is None or not (known.payment_may_run or known.payment):
        return Step.REJECT
    if known.payment is None:
        return Step.GIVE_UP_PAYMENT
    if known.is_captured:
        return Step.TURN
    return Step.REJECT if known.payment.state in DEAD_ATTEMPTS else Step.RETRY


def _toward_expiry(order: Order, known: Known) -> Step:
    """The buyer's time is over: give up, unless the money has come after all (then `is_captured` leads to paid)."""
    if order.live_attempt is not None:
        if known.payment is None:
            return Step.GIVE_UP_PAYMENT
        if known.payment.state not in DEAD_ATTEMPTS:
            return Step.RETRY
    return Step.CANCEL if known.released else Step.RELEASE


def _toward_cancel(order: Order, known: Known) -> Step:
    if order.state not in {OrderState.OPEN, OrderState.CONFIRMED}:
        return Step.NOTHING
    if order.state is OrderState.CONFIRMED:
        return Step.REFUND if order.total and known.refund is None else Step.CANCEL
    if order.live_attempt is not None:
        if known.payment is None:
            return Step.GIVE_UP_PAYMENT
        if known.is_captured and known.refund is None:
            return Step.REFUND
        if not known.is_captured and known.payment.state not in DEAD_ATTEMPTS:
            return Step.RETRY
    return Step.CANCEL if known.released else Step.RELEASE
