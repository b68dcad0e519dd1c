"""Paying sellers: which orders' money is due, what debts take of it, and how far each transfer is."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mesh.errors import FailedPrecondition
from mesh.ids import new_id
from mesh.money import EXPONENTS, Money
from services.payment.domain.amounts import step


class PayoutState(StrEnum):
    """Where a payout, one of its transfers, or a reversal stands; the names are those of the contract."""

    PENDING = "PENDING"
    PAID = "PAID"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """What of one order is still owed to its seller, in minor units; below zero, the seller owes it to us."""

    order_id: uuid.UUID
    amount: int
    earn_time: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """When money is due and how much of it stays."""

    hold: timedelta
    # In whole units of the currency.
    minimum_units: int
    # What stays with us of what was earned lately, in hundredths of a percent.
    reserve_bps: int

    def minimum(self, currency: str) -> int:
        """The least payout in minor units."""
        unit: int = 10 ** EXPONENTS[currency]
        return max(1, self.minimum_units * unit)

    def reserve(self, earned_lately: int) -> int:
        """What stays, in minor units."""
        return max(0, earned_lately) * self.reserve_bps // 10_000


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a shop is paid, and over how long its reserve is counted."""

    period: timedelta
    reserve_window: timedelta


@dataclass(slots=True)
class PayoutItem:
    """What one order gives to a payout, and its transfer. A transfer of nothing needs no provider."""

    id: uuid.UUID
    payout_id: uuid.UUID
    shop_id: uuid.UUID
    order_id: uuid.UUID
    taken: int
    # What of it went to debts of other orders; below zero for what a debt got from them.
    offset: int
    currency: str
    state: PayoutState = PayoutState.PENDING
    failure_reason: str = ""
    reference: str | None = None
    attempt: int = 1
    reversed: int = 0
    is_out_of_reach: bool = False

    @property
    def amount(self) -> Money:
        """What is transferred."""
        return Money(self.currency, self.taken - self.offset)

    @property
    def reversible(self) -> int:
        """What could still be taken back."""
        if self.state is not PayoutState.PAID or self.is_out_of_reach:
            return 0
        return self.amount.amount - self.reversed

    @property
    def key(self) -> str:
        """What calls to the provider about it carry: its own id, counted on only after a stored server error."""
        return str(self.id) if self.attempt == 1 else f"{self.id}-{self.attempt}"


@dataclass(slots=True)
class Payout:
    """What a shop is paid at one time in one currency."""

    id: uuid.UUID
    shop_id: uuid.UUID
    amount: Money
    destination: str
    create_time: datetime
    # How the amount came about: the whole balance, what is too fresh, what is owed to us, and what stays.
    balance: int = 0
    held: int = 0
    debt: int = 0
    reserve: int = 0
    state: PayoutState = PayoutState.PENDING
    failed: int = 0
    items: list[PayoutItem] = field(default_factory=list)

    def settle(self) -> bool:
        """Take over the ends of the transfers and return whether all of them have ended."""
        if any(item.state is PayoutState.PENDING for item in self.items):
            return False
        self.failed = sum(item.amount.amount for item in self.items if item.state is PayoutState.FAILED)
        self.state = PayoutState.FAILED if self.failed == self.amount.amount else PayoutState.PAID
        return True


@dataclass(slots=True)
class Reversal:
    """What is taken back of a transfer because its order was refunded or lost to a dispute."""

    id: uuid.UUID
    item_id: uuid.UUID
    shop_id: uuid.UUID
    order_id: uuid.UUID
    amount: Money
    # The provider's id of the transfer.
    transfer: str
    state: PayoutState = PayoutState.PENDING
    failure_reason: str = ""
    reference: str | None = None
    attempt: int = 1

    @property
    def key(self) -> str:
        """What calls to the provider about it carry."""
        return str(self.id) if self.attempt == 1 else f"{self.id}-{self.attempt}"


@dataclass(frozen=True, slots=True)
class TransferObservation:
    """What the provider says of a transfer or a reversal."""

    reference: str
    state: PayoutState
    failure_reason: str = ""


def plan_payout(
    shop_id: uuid.UUID,
    currency: str,
    open_orders: Sequence[OpenOrder],
    earned_lately: int,
    terms: Terms,
    now: datetime,
    destination: str,
) -> Payout | None:
    """What the shop is paid now, the oldest order first; None where that is less than the minimum.

    Debts are taken from what is due before anything is paid; what they are more than it is carried forward.
    """
    ready, held, debts = _sort(open_orders, now - terms.hold)
    balance = sum(order.amount for order in open_orders)
    debt = -sum(order.amount for order in debts)
    reserve = terms.reserve(earned_lately)
    payable = min(sum(order.amount for order in ready) - debt, balance - reserve)
    if payable < terms.minimum(currency):
        return None
    payout = Payout(new_id(), shop_id, Money(currency, payable), destination, now, balance, held, debt, reserve)
    payout.items = [*_offsets(payout, debts), *_transfers(payout, ready, payable + debt, debt)]
    paid = sum(item.amount.amount for item in payout.items)
    payout.amount = Money(currency, paid)
    return payout if paid >= terms.minimum(currency) else None


def _sort(open_orders: Sequence[OpenOrder], due: datetime) -> tuple[list[OpenOrder], int, list[OpenOrder]]:
    oldest_first = sorted(open_orders, key=lambda order: (order.earn_time, order.order_id))
    ready = [order for order in oldest_first if order.amount > 0 and order.earn_time <= due]
    debts = [order for order in oldest_first if order.amount < 0]
    held = sum(order.amount for order in oldest_first if order.amount > 0 and order.earn_time > due)
    return ready, held, debts


def _offsets(payout: Payout, debts: Sequence[OpenOrder]) -> list[PayoutItem]:
    return [_item(payout, order.order_id, order.amount, order.amount) for order in debts]


def _transfers(payout: Payout, ready: Sequence[OpenOrder], budget: int, debt: int) -> list[PayoutItem]:
    """Take from the oldest orders first, to the step that the provider can transfer; debts take their part first."""
    items = []
    for order in ready:
        taken = min(order.amount, budget)
        offset = min(taken, debt)
        taken -= (taken - offset) % step(payout.amount.currency)
        if taken == 0:
            continue
        items.append(_item(payout, order.order_id, taken, offset))
        budget, debt = budget - taken, debt - offset
    return items


def _item(payout: Payout, order_id: uuid.UUID, taken: int, offset: int) -> PayoutItem:
    item = PayoutItem(new_id(), payout.id, payout.shop_id, order_id, taken, offset, payout.amount.currency)
    if taken == offset:
        item.state = PayoutState.PAID
    return item


def plan_reversals(debts: Sequence[OpenOrder], items: Sequence[PayoutItem]) -> list[Reversal]:
    """Take what is owed back from what was transferred for the same order, the newest transfer first."""
    planned = []
    for debt in debts:
        owed = -debt.amount
        for item in sorted(items, key=lambda each: each.id, reverse=True):
            amount = min(owed, item.reversible) if item.order_id == debt.order_id else 0
            amount -= amount % step(item.currency)
            if amount <= 0 or item.reference is None:
                continue
            money = Money(item.currency, amount)
            planned.append(Reversal(new_id(), item.id, item.shop_id, item.order_id, money, item.reference))
            owed -= amount
    return planned


def require_verified(shop_id: uuid.UUID, *, verified: bool) -> None:
    """Refuse to pay a shop that staff have not looked at, or have stopped."""
    if not verified:
        raise FailedPrecondition("SHOP_NOT_VERIFIED", "A shop is paid once it is verified.", shopId=str(shop_id))
