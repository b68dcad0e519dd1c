"""Stock: how many of a variant there are. Every change of a count is a movement."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from mesh.errors import Aborted, FailedPrecondition, InvalidArgument

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
    MOVED = "MOVED"  # from one row of a variant to another one


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
    # More than 1: the variant is spread over several rows, of which this is one.
    bucket_count: int = 1
    # Its version when it became part of the variant's stock.
    base_version: int = 0
    # What lies in the variant's other rows, all of it held, and how often these have moved.
    held_elsewhere: int = 0
    version_elsewhere: int = 0
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
    def is_spread(self) -> bool:
        return self.bucket_count > 1

    @property
    def variant_version(self) -> int:
        """Raised by every movement of the variant, in whichever row."""
        return self.version + self.version_elsewhere

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

    def move_to(self, other: "Stock", quantity: int) -> None:
        """Move free units to another row of the variant."""
        self._move(MovementKind.MOVED, -quantity, 0)
        other._move(MovementKind.MOVED, quantity, 0)  # noqa: SLF001  # the other side of one movement

    def require_version(self, expected: int | None) -> None:
        if expected is not None and expected != self.variant_version:
            message = f"The stock is at version {self.variant_version}, not {expected}."
            raise Aborted("VERSION_MISMATCH", message, version=str(self.variant_version))

    def set_count(self, quantity: int, reason: str) -> None:
        """Set the count; one that is right already still leaves a movement, for it was counted."""
        self.adjust(quantity - self.on_hand - self.held_elsewhere, reason)

    def set_limits(self, backorder_limit: int | None, low_stock_threshold: int | None) -> None:
        if backorder_limit is not None:
            self._refuse_below_reserved(self.on_hand, backorder_limit)
            self.backorder_limit = backorder_limit
        if low_stock_threshold is not None:
            self.low_stock_threshold = low_stock_threshold

    def _refuse_below_reserved(self, on_hand: int, backorder_limit: int) -> None:
        if on_hand + backorder_limit < self.reserved:
            counted, held = self.on_hand + self.held_elsewhere, self.reserved + self.held_elsewhere
            raise FailedPrecondition(
                "STOCK_TOO_LOW",
                f"There are {counted}, {held} of them held for orders: that is more than would be left.",
                variantId=str(self.variant_id),
                reserved=str(held),
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
