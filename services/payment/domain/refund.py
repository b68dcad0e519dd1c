"""Refunds: how much goes back, and from which lines."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mesh.errors import FailedPrecondition, InvalidArgument, NotFound
from mesh.money import Money
from services.payment.domain.lines import PaymentLine, Shares
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


def plan_units(lines: Sequence[PaymentLine], wanted: Mapping[uuid.UUID, int], currency: str) -> list[RefundLine]:
    """Give units of lines back; 0 units means all that are left of the line."""
    by_id = {line.line_id: line for line in lines}
    missing = next((line_id for line_id in wanted if line_id not in by_id), None)
    if missing is not None:
        raise _no_line(missing)
    planned = [_take_units(by_id[line_id], quantity, currency) for line_id, quantity in wanted.items()]
    return _require_some(planned)


def _take_units(line: PaymentLine, quantity: int, currency: str) -> RefundLine:
    if quantity > line.left_quantity:
        raise _too_many_units(line.line_id, line.left_quantity)
    quantity = quantity or line.left_quantity
    return RefundLine(line.line_id, line.shop_id, quantity, line.left.take(_units_amount(line, quantity), currency))


def _no_line(line_id: uuid.UUID) -> NotFound:
    return NotFound("LINE_NOT_FOUND", "There is no such line in this payment.", lineId=str(line_id))


def _too_many_units(line_id: uuid.UUID, left: int) -> FailedPrecondition:
    message = f"Only {left} of this line are left."
    return FailedPrecondition("REFUND_TOO_LARGE", message, lineId=str(line_id), left=str(left))


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
    wanted = amount or Money(currency, left)
    _require_left(wanted, left)
    shares = wanted.split([line.left.total for line in lines])
    return _require_some(
        RefundLine(line.line_id, line.shop_id, 0, line.left.take(share.amount, currency))
        for line, share in zip(lines, shares, strict=True)
    )


def _require_left(wanted: Money, left: int) -> None:
    if left == 0:
        raise FailedPrecondition("NOTHING_TO_REFUND", "Nothing is left to give back.")
    if wanted.amount > left:
        message = f"Only {Money(wanted.currency, left).format()} is left."
        raise FailedPrecondition("REFUND_TOO_LARGE", message, left=str(left))


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


def plan_shared(
    sale: Sequence[Sequence[PaymentLine]], units: Mapping[uuid.UUID, int] | None, amount: Money | None, currency: str
) -> list[list[RefundLine]]:
    """The same over the lines of payments that paid together: each gives back in proportion to what is left of it."""
    if len(sale) == 1:
        return [plan_units(sale[0], units, currency) if units else plan_amount(sale[0], amount, currency)]
    if units:
        _require_units(sale, units)
        planned = [_plan_share(lines, units, currency) for lines in sale]
    else:
        left = [sum(line.left.total for line in lines) for lines in sale]
        wanted = amount or Money(currency, sum(left))
        _require_left(wanted, sum(left))
        planned = [
            plan_amount(lines, share, currency) if share else []
            for lines, share in zip(sale, wanted.split(left), strict=True)
        ]
    _require_some(line for lines in planned for line in lines)
    return planned


def _require_units(sale: Sequence[Sequence[PaymentLine]], units: Mapping[uuid.UUID, int]) -> None:
    """Refuse units that no payment has left: what failed for one may be done for the other already."""
    left: dict[uuid.UUID, int] = {}
    for line in (line for lines in sale for line in lines):
        left[line.line_id] = max(left.get(line.line_id, 0), line.left_quantity)
    for line_id, quantity in units.items():
        if line_id not in left:
            raise _no_line(line_id)
        if quantity > left[line_id]:
            raise _too_many_units(line_id, left[line_id])


def _plan_share(lines: Sequence[PaymentLine], units: Mapping[uuid.UUID, int], currency: str) -> list[RefundLine]:
    planned = [
        _take_units(line, min(units[line.line_id], line.left_quantity), currency)
        for line in lines
        if line.line_id in units and (line.left_quantity or not units[line.line_id])
    ]
    return [line for line in planned if line.shares.total]


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
