"""Taking stock for the lines of an order, out of the rows that are locked."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mesh.errors import Aborted, FailedPrecondition, Violation
from services.inventory.domain.reservation import Line, LineState
from services.inventory.domain.stock import Stock


class Scattered(Aborted):
    """What was asked for may lie in rows that are not locked: look at all of them."""

    def __init__(self) -> None:
        super().__init__("DATABASE_CONFLICT", "Another change was faster; try again.")


class Locked:
    """The stock rows that a transaction has locked: one for each variant, or, where it is `whole`, all of them."""

    def __init__(self, rows: Iterable[Stock] = (), *, whole: bool = False) -> None:
        self.whole = whole
        # Variants of which no row with enough was free to be locked.
        self.in_vain: set[uuid.UUID] = set()
        self._rows = {(row.variant_id, row.location): row for row in rows}

    def __iter__(self) -> Iterator[Stock]:
        return iter(self._rows.values())

    def add(self, row: Stock) -> None:
        self._rows[row.variant_id, row.location] = row

    def at(self, variant_id: uuid.UUID, location: str) -> Stock:
        return self._rows[variant_id, location]

    def of(self, variant_id: uuid.UUID) -> list[Stock]:
        """The rows of one variant, the one that all of it can lie in first."""
        return sorted((row for row in self if row.variant_id == variant_id), key=lambda row: row.location)

    def require(self, demand: Mapping[uuid.UUID, int], order_id: uuid.UUID) -> None:
        """Raise OUT_OF_STOCK naming each variant that is short, or Scattered where another row may have it."""
        left = {variant_id: sum(max(row.available, 0) for row in self.of(variant_id)) for variant_id in demand}
        short = {variant_id: left[variant_id] for variant_id in demand if left[variant_id] < demand[variant_id]}
        if any(self._may_lie_elsewhere(variant_id) for variant_id in short):
            raise Scattered
        if short:
            raise out_of_stock(order_id, demand, short)

    def _may_lie_elsewhere(self, variant_id: uuid.UUID) -> bool:
        spread = variant_id in self.in_vain or any(row.is_spread for row in self.of(variant_id))
        return spread and not self.whole

    def gather(self, variant_id: uuid.UUID, quantity: int) -> Stock:
        """The first row of a variant, brought to `quantity` free units, as far as there are, from its others."""
        first, *others = self.of(variant_id)
        for row in sorted(others, key=lambda row: -row.available):
            if (moved := min(row.available, quantity - first.available)) > 0:
                row.move_to(first, moved)
        return first


def hold(stocks: Locked, lines: Sequence[Line], order_id: uuid.UUID) -> None:
    """Reserve all lines, or raise OUT_OF_STOCK, or Scattered."""
    stocks.require({line.variant_id: line.quantity for line in lines}, order_id)
    for line in lines:
        row = stocks.gather(line.variant_id, line.quantity)
        row.reserve(line.quantity, order_id)
        line.state, line.location = LineState.HELD, row.location


def out_of_stock(
    order_id: uuid.UUID, demand: Mapping[uuid.UUID, int], left: Mapping[uuid.UUID, int]
) -> FailedPrecondition:
    """The refusal of an order whose variants `left` are short."""
    short = [
        Violation("OUT_OF_STOCK", str(variant_id), f"{demand[variant_id]} asked, {count} left")
        for variant_id, count in left.items()
    ]
    told = "; ".join(f"{violation.subject}: {violation.description}" for violation in short)
    return FailedPrecondition(
        "OUT_OF_STOCK",
        f"There is not enough left ({told}).",
        violations=short,
        orderId=str(order_id),
        variantIds=",".join(violation.subject for violation in short),
    )
