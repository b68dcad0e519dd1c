"""How much of which line goes back: units at their price, or an amount in proportion to what is left."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mesh.errors import FailedPrecondition, NotFound
from mesh.money import Money
from services.payment.domain.lines import PaymentLine, sum_shares
from services.payment.domain.refund import RefundLine


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
    return _take(line, quantity, _units_amount(line, quantity), currency)


def _take(line: PaymentLine, quantity: int, amount: int, currency: str) -> RefundLine:
    return RefundLine(line.line_id, line.shop_id, quantity, line.left.take(amount, currency))


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


def plan_shared(
    sale: Sequence[Sequence[PaymentLine]], units: Mapping[uuid.UUID, int] | None, amount: Money | None, currency: str
) -> list[list[RefundLine]]:
    """The same over the lines of payments that paid together: each gives back in proportion to what is left of it."""
    if len(sale) == 1:
        return [plan_units(sale[0], units, currency) if units else plan_amount(sale[0], amount, currency)]
    if units:
        planned = _plan_shared_units(sale, units, currency)
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


def _plan_shared_units(
    sale: Sequence[Sequence[PaymentLine]], units: Mapping[uuid.UUID, int], currency: str
) -> list[list[RefundLine]]:
    planned: list[list[RefundLine]] = [[] for _ in sale]
    for line_id, quantity in units.items():
        parts = [(place, line) for place, lines in enumerate(sale) for line in lines if line.line_id == line_id]
        if not parts:
            raise _no_line(line_id)
        amounts = _shared_price([line for _, line in parts], quantity, currency)
        for (place, line), amount in zip(parts, amounts, strict=True):
            if amount:
                taken = min(quantity, line.left_quantity) or line.left_quantity
                planned[place].append(_take(line, taken, amount, currency))
    return planned


def _shared_price(parts: Sequence[PaymentLine], quantity: int, currency: str) -> list[int]:
    """What each payment gives back of the next units: together their whole price, to the last minor unit."""
    left = max(part.left_quantity for part in parts)
    if quantity > left:
        raise _too_many_units(parts[0].line_id, left)
    if any(part.left_quantity != left for part in parts):
        # What failed for one payment is done for the other already: each for itself.
        wanted = [min(quantity or left, part.left_quantity) for part in parts]
        return [_units_amount(part, share) for part, share in zip(parts, wanted, strict=True)]
    paid, refunded = (sum_shares(part.paid for part in parts), sum_shares(part.refunded for part in parts))
    whole = replace(parts[0], paid=paid, refunded=refunded)
    price = _units_amount(whole, quantity or left)
    if not price:
        return [0] * len(parts)
    return [share.amount for share in Money(currency, price).split([part.left.total for part in parts])]


def _require_some(planned: Iterable[RefundLine]) -> list[RefundLine]:
    some = [line for line in planned if line.shares.total]
    if not some:
        raise FailedPrecondition("NOTHING_TO_REFUND", "Nothing is left to give back.")
    return some
