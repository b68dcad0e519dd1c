"""Refunds: how much goes back, and from which lines."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mesh.errors import FailedPrecondition, InvalidArgument
from mesh.money import Money
from services.payment.domain.lines import Shares
from services.payment.domain.payment import Payment


class RefundState(StrEnum):
    """Where a refund stands; the names are those of the contract."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class RefundLine:
    """What a refund takes from one line."""

    line_id: uuid.UUID
    shop_id: uuid.UUID
    quantity: int
    shares: Shares


@dataclass(slots=True)
class Refund:
    """Money on its way back to the buyer."""

    id: uuid.UUID
    payment_id: uuid.UUID
    order_id: uuid.UUID
    user_id: uuid.UUID
    amount: Money
    reason: str
    lines: list[RefundLine]
    create_time: datetime
    state: RefundState = RefundState.PENDING
    failure_reason: str = ""
    reference: str | None = None
    attempt: int = 1
    # The refund that one wish gave back together with this one; None for the one that names it.
    part_of_id: uuid.UUID | None = None

    @property
    def key(self) -> str:
        """What calls to the provider about it carry: its own id, counted on only after a stored server error."""
        return str(self.id) if self.attempt == 1 else f"{self.id}-{self.attempt}"

    def require_same(self, order_id: uuid.UUID) -> None:
        """Refuse a repeated call that means another refund."""
        if self.order_id != order_id:
            raise FailedPrecondition("REFUND_MISMATCH", "This refund id belongs to another order.")


@dataclass(frozen=True, slots=True)
class RefundObservation:
    """What the provider says of a refund at one moment."""

    reference: str
    state: RefundState
    failure_reason: str = ""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What one wish gives back: a refund for each payment that it takes from, the one that names it first."""

    refunds: Sequence[Refund]

    @property
    def refund(self) -> Refund:
        """The one that names it."""
        return self.refunds[0]

    @property
    def state(self) -> RefundState:
        """A part that failed, or is on its way, is not hidden by one that went well."""
        states = {refund.state for refund in self.refunds}
        untold = (state for state in (RefundState.FAILED, RefundState.PENDING) if state in states)
        return next(untold, self.refund.state)

    @property
    def is_over(self) -> bool:
        """Whether nothing is on its way any more."""
        return all(refund.state is not RefundState.PENDING for refund in self.refunds)

    def with_part(self, refund: Refund) -> "GivenBack":
        """The same with one refund as it is now."""
        return GivenBack([refund if each.id == refund.id else each for each in self.refunds])

    @property
    def line_amounts(self) -> list[tuple[RefundLine, int]]:
        """Each line once, with what it gives back in all."""
        lines = {line.line_id: line for refund in reversed(self.refunds) for line in refund.lines}
        sums = dict.fromkeys(lines, 0)
        for line in (line for refund in self.refunds for line in refund.lines):
            sums[line.line_id] += line.shares.total
        return [(line, sums[line_id]) for line_id, line in sorted(lines.items())]

    @property
    def amount(self) -> Money:
        """How much goes back in all."""
        return Money(self.refund.amount.currency, sum(refund.amount.amount for refund in self.refunds))


def require_some_left(sale: Sequence[Payment]) -> None:
    """Refuse where nothing is left, and tell how much is on its way."""
    if not any(payment.refundable for payment in sale):
        on_the_way = sum(payment.refunding for payment in sale)
        raise FailedPrecondition("NOTHING_TO_REFUND", "Nothing is left to give back.", onTheWay=str(on_the_way))


def require_amount(amount: Money, currency: str) -> None:
    """Refuse an amount in another currency, or of nothing."""
    if amount.currency != currency:
        message = f"The payment is in {currency}, not in {amount.currency}."
        raise InvalidArgument("CURRENCY_MISMATCH", message, fields={"amount.currency": f"must be {currency}"})
    if amount.amount <= 0:
        message = "The amount is not more than zero."
        raise InvalidArgument("AMOUNT_NOT_POSITIVE", message, fields={"amount.amount": "must be more than 0"})
