"""Refunds: how much goes back, and from which lines."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mesh.errors import FailedPrecondition, InvalidArgument, NotFound
from mesh.money import Money
from services.payment.domain.lines import PaymentLine, Shares


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


def plan_units(lines: Sequence[PaymentLine], wanted: Mapping[uuid.UUID, int], currency: str) -> list[RefundLine]:
    """Give units of lines back; 0 units means all that are left of the line."""
    by_id = {line.line_id: line for line in lines}
    missing = next((line_id for line_id in wanted if line_id not in by_id), None)
    if missing is not None:
        raise NotFound("LINE_NOT_FOUND", "There is no such line in this payment.", lineId=str(missing))
    planned = [_take_units(by_id[line_id], quantity, currency) for line_id, quantity in wanted.items()]
    return _require_some(planned)


def _take_units(line: PaymentLine, quantity: int, currency: str) -> RefundLine:
    if quantity > line.left_quantity:
        message = f"Only {line.left_quantity} of this line are left."
        raise FailedPrecondition("REFUND_TOO_LARGE", message, lineId=str(line.line_id), left=str(line.left_quantity))
    quantity = quantity or line.left_quantity
    return RefundLine(line.line_id, line.shop_id, quantity, line.left.take(_units_amount(line, quantity), currency))


def _units_amount(line: PaymentLine, quantity: int) -> int:
    """The price of the next units, so that all units together make up the line exactly."""
    if quantity == line.left_quantity:
        return line.left.total
    before, after = line.refunded_quantity, line.refunded_quantity + quantity
    price = line.paid.total * after // line.quantity - line.paid.total * before // line.quantity
    return min(price, line.left.total)


def plan_amount(lines: Sequence[PaymentLine], amount: Money | None, currency: str) -> list[RefundLine]:
    """Spread an amount over lines by what is left of them; None means all that is left."""
    left = sum(line.left.total for line in lines)
    if left == 0:
        raise FailedPrecondition("NOTHING_TO_REFUND", "Nothing is left to give back.")
    wanted = amount or Money(currency, left)
    if wanted.amount > left:
        message = f"Only {Money(currency, left).format()} is left."
        raise FailedPrecondition("REFUND_TOO_LARGE", message, left=str(left))
    shares = wanted.split([line.left.total for line in lines])
    return _require_some(
        RefundLine(line.line_id, line.shop_id, 0, line.left.take(share.amount, currency))
        for line, share in zip(lines, shares, strict=True)
    )


def _require_some(planned: Iterable[RefundLine]) -> list[RefundLine]:
    some = [line for line in planned if line.shares.total]
    if not some:
        raise FailedPrecondition("NOTHING_TO_REFUND", "Nothing is left to give back.")
    return some


def require_amount(amount: Money, currency: str) -> None:
    """Refuse an amount in another currency, or of nothing."""
    if amount.currency != currency:
        message = f"The payment is in {currency}, not in {amount.currency}."
        raise InvalidArgument("CURRENCY_MISMATCH", message, fields={"amount.currency": f"must be {currency}"})
    if amount.amount <= 0:
        message = "The amount is not more than zero."
        raise InvalidArgument("AMOUNT_NOT_POSITIVE", message, fields={"amount.amount": "must be more than 0"})
