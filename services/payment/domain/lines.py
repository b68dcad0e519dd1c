"""What a payment's money is made of, line by line, and what of it can still be given back."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from mesh.errors import InvalidArgument
from mesh.money import Money


@dataclass(frozen=True, slots=True)
class Shares:
    """An amount by who gets it, in minor units."""

    seller: int = 0
    commission: int = 0
    tax: int = 0
    shipping: int = 0

    @property
    def total(self) -> int:
        return self.seller + self.commission + self.tax + self.shipping

    @property
    def parts(self) -> tuple[int, int, int, int]:
        return (self.seller, self.commission, self.tax, self.shipping)

    def __add__(self, other: "Shares") -> "Shares":
        return Shares(*(a + b for a, b in zip(self.parts, other.parts, strict=True)))

    def __sub__(self, other: "Shares") -> "Shares":
        return Shares(*(a - b for a, b in zip(self.parts, other.parts, strict=True)))

    def take(self, amount: int, currency: str) -> "Shares":
        """A part of the whole, in proportion; no share gives more than it has, since `amount` is at most the total."""
        if amount == 0:
            return Shares()
        return Shares(*(share.amount for share in Money(currency, amount).split(self.parts)))


def sum_shares(shares: Iterable[Shares]) -> Shares:
    """All of them together."""
    return sum(shares, start=Shares())


@dataclass(slots=True)
class PaymentLine:
    """One order line as a payment paid it."""

    line_id: uuid.UUID
    shop_id: uuid.UUID
    quantity: int
    paid: Shares
    # What refunds took from it, those on their way included.
    refunded: Shares = field(default_factory=Shares)
    refunded_quantity: int = 0

    @property
    def left(self) -> Shares:
        return self.paid - self.refunded

    @property
    def left_quantity(self) -> int:
        return self.quantity - self.refunded_quantity


def make_line(
    line_id: uuid.UUID, shop_id: uuid.UUID, quantity: int, amount: int, commission: int, tax: int, shipping: int
) -> PaymentLine:
    """A line whose seller gets what the others leave. Raises where they leave less than nothing."""
    shares = Shares(amount - commission - tax - shipping, commission, tax, shipping)
    if min(shares.parts) < 0:
        raise InvalidArgument("LINES_MISMATCH", "A line's shares are more than its amount.", lineId=str(line_id))
    return PaymentLine(line_id, shop_id, quantity, shares)


def divide_lines(lines: list[PaymentLine], part: Money) -> tuple[list[PaymentLine], list[PaymentLine]]:
    """What `part` pays of each line, in proportion, and what is left for another payment."""
    shares = part.split([line.paid.total for line in lines])
    taken = [line.paid.take(share.amount, part.currency) for line, share in zip(lines, shares, strict=True)]
    return (
        [replace(line, paid=paid) for line, paid in zip(lines, taken, strict=True)],
        [replace(line, paid=line.paid - paid) for line, paid in zip(lines, taken, strict=True)],
    )


def require_sum(lines: list[PaymentLine], amount: Money) -> None:
    """Refuse lines that do not make up the amount."""
    total = sum(line.paid.total for line in lines)
    if total != amount.amount:
        message = f"The lines sum to {total}, not to {amount.amount}."
        raise InvalidArgument("LINES_MISMATCH", message, fields={"lines": "do not sum to the amount"})
