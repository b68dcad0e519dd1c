"""Stock and reservations: what may be held, sold and given back. Every change of a count is a movement."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from mesh.errors import Aborted, FailedPrecondition, InvalidArgument, Violation

DEFAULT_LOCATION = "default"
MAX_COUNT = 1_000_000_000


class MovementKind(StrEnum):
    RECEIVED = "RECEIVED"
    ADJUSTED = "ADJUSTED"
    RESERVED = "RESERVED"
    RELEASED = "RELEASED"
    COMMITTED = "COMMITTED"
    RESTOCKED = "RESTOCKED"
    LOST = "LOST"


class ReservationState(StrEnum):
    HELD = "HELD"
    COMMITTED = "COMMITTED"
    RELEASED = "RELEASED"


class LineState(StrEnum):
    HELD = "HELD"
    COMMITTED = "COMMITTED"
    RELEASED = "RELEASED"
    RESTOCKED = "RESTOCKED"


@dataclass(frozen=True, slots=True)
class Movement:
    variant_id: uuid.UUID
    location: str
    version: int
    kind: MovementKind
    on_hand_delta: int
    reserved_delta: int
    order_id: uuid.UUID | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose variant it is, as catalog says, and how many there are at first."""

    variant_id: uuid.UUID
    product_id: uuid.UUID
    shop_id: uuid.UUID
    initial_stock: int = 0


@dataclass(slots=True)
class Stock:
    """The stock of one variant at one location, with the movements made since it was loaded."""

    variant_id: uuid.UUID
    product_id: uuid.UUID
    shop_id: uuid.UUID
    on_hand: int
    reserved: int
    backorder_limit: int
    low_stock_threshold: int
    version: int
    location: str = DEFAULT_LOCATION
    update_time: datetime | None = None
    # Whether holds on it had run out, and were not given back, when it was locked.
    has_expired: bool = False
    movements: list[Movement] = field(default_factory=list)
    available_before: int = 0

    def __post_init__(self) -> None:
        self.available_before = self.available

    @classmethod
    def empty(cls, place: Place) -> "Stock":
        """What a variant has before anything was moved."""
        return cls(place.variant_id, place.product_id, place.shop_id, 0, 0, 0, 0, version=0)

    @property
    def place(self) -> Place:
        return Place(self.variant_id, self.product_id, self.shop_id)

    @property
    def available(self) -> int:
        return self.on_hand + self.backorder_limit - self.reserved

    @property
    def availability_changed(self) -> bool:
        return self.available != self.available_before

    @property
    def fell_low(self) -> bool:
        """Whether the threshold was crossed downwards since the stock was loaded."""
        return self.available <= self.low_stock_threshold < self.available_before

    def reserve(self, quantity: int, order_id: uuid.UUID) -> None:
        self._move(MovementKind.RESERVED, 0, quantity, order_id)

    def release(self, quantity: int, order_id: uuid.UUID, reason: str = "") -> None:
        self._move(MovementKind.RELEASED, 0, -quantity, order_id, reason)

    def commit(self, quantity: int, order_id: uuid.UUID) -> None:
        self._move(MovementKind.COMMITTED, -quantity, -quantity, order_id)

    def restock(self, quantity: int, order_id: uuid.UUID) -> None:
        self._move(MovementKind.RESTOCKED, quantity, 0, order_id)

    def adjust(self, delta: int, reason: str) -> None:
        """Move the count by `delta`; refused where more is held than would be left."""
        if self.on_hand + delta > MAX_COUNT:
            raise InvalidArgument("STOCK_TOO_LARGE", f"The stock would be more than {MAX_COUNT}.")
        self._refuse_below_reserved(self.on_hand + delta, self.backorder_limit)
        self._move(_kind_of(delta, reason), delta, 0, reason=reason)

    def require_version(self, expected: int | None) -> None:
        if expected is not None and expected != self.version:
            message = f"The stock is at version {self.version}, not {expected}."
            raise Aborted("VERSION_MISMATCH", message, version=str(self.version))

    def set_count(self, quantity: int, reason: str) -> None:
        """Set the count; one that is right already still leaves a movement, for it was counted."""
        self.adjust(quantity - self.on_hand, reason)

    def set_limits(self, backorder_limit: int | None, low_stock_threshold: int | None) -> None:
        if backorder_limit is not None:
            self._refuse_below_reserved(self.on_hand, backorder_limit)
            self.backorder_limit = backorder_limit
        if low_stock_threshold is not None:
            self.low_stock_threshold = low_stock_threshold

    def _refuse_below_reserved(self, on_hand: int, backorder_limit: int) -> None:
        if on_hand + backorder_limit < self.reserved:
            raise FailedPrecondition(
                "STOCK_TOO_LOW",
                f"There are {self.on_hand}, {self.reserved} of them held for orders: that is more than would be left.",
                variantId=str(self.variant_id),
                reserved=str(self.reserved),
            )

    def _move(
        self, kind: MovementKind, on_hand: int, reserved: int, order_id: uuid.UUID | None = None, reason: str = ""
    ) -> None:
        self.on_hand += on_hand
        self.reserved += reserved
        self.version += 1
        self.update_time = datetime.now(UTC)
        self.movements.append(
            Movement(self.variant_id, self.location, self.version, kind, on_hand, reserved, order_id, reason)
        )


def _kind_of(delta: int, reason: str) -> MovementKind:
    word = reason.strip().lower()
    if word == "received" and delta > 0:
        return MovementKind.RECEIVED
    return MovementKind.LOST if word == "lost" and delta < 0 else MovementKind.ADJUSTED


@dataclass(slots=True)
class Line:
    """What a reservation holds, or held, of one variant."""

    variant_id: uuid.UUID
    quantity: int
    state: LineState = LineState.HELD


@dataclass(slots=True)
class Reservation:
    """The hold of one order. Lines of it may have been given back when it ran out; the order may take them again."""

    order_id: uuid.UUID
    state: ReservationState
    expire_time: datetime
    lines: list[Line] = field(default_factory=list)

    @property
    def variant_ids(self) -> list[uuid.UUID]:
        return [line.variant_id for line in self.lines]

    def in_state(self, state: LineState) -> list[Line]:
        return [line for line in self.lines if line.state is state]

    def require_same(self, demand: Mapping[uuid.UUID, int]) -> None:
        if {line.variant_id: line.quantity for line in self.lines} != demand:
            raise InvalidArgument("RESERVATION_DIFFERS", "The order holds other lines.", orderId=str(self.order_id))

    def require_not_released(self) -> None:
        if self.state is ReservationState.RELEASED:
            message = "What the order held was given back."
            raise FailedPrecondition("RESERVATION_RELEASED", message, orderId=str(self.order_id))

    def require_not_committed(self) -> None:
        if self.state is ReservationState.COMMITTED:
            message = "The stock is sold to the order already."
            raise FailedPrecondition("RESERVATION_COMMITTED", message, orderId=str(self.order_id))


def demand_of(lines: Iterable[tuple[uuid.UUID, int]]) -> dict[uuid.UUID, int]:
    """Sum the lines of one variant, in the order that rows are locked in."""
    demand: dict[uuid.UUID, int] = {}
    for variant_id, quantity in lines:
        demand[variant_id] = demand.get(variant_id, 0) + quantity
    return dict(sorted(demand.items()))


def hold(stocks: Mapping[uuid.UUID, Stock], lines: Sequence[Line], order_id: uuid.UUID) -> None:
    """Reserve all lines, or raise OUT_OF_STOCK naming each variant that is short."""
    short = [
        Violation("OUT_OF_STOCK", str(line.variant_id), f"{line.quantity} asked, {left} left")
        for line in lines
        if (left := _left(stocks.get(line.variant_id))) < line.quantity
    ]
    if short:
        raise out_of_stock(order_id, short)
    for line in lines:
        stocks[line.variant_id].reserve(line.quantity, order_id)
        line.state = LineState.HELD


def out_of_stock(order_id: uuid.UUID, short: Sequence[Violation]) -> FailedPrecondition:
    left = {violation.subject: violation.description for violation in short}
    message = "; ".join(f"{subject}: {description}" for subject, description in left.items())
    return FailedPrecondition(
        "OUT_OF_STOCK",
        f"There is not enough left ({message}).",
        violations=short,
        orderId=str(order_id),
        variantIds=",".join(left),
    )


def _left(stock: Stock | None) -> int:
    return max(stock.available, 0) if stock else 0
