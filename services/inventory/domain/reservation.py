"""Reservations: what is held for an order, or sold to it."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mesh.errors import FailedPrecondition, InvalidArgument
from services.inventory.domain.stock import DEFAULT_LOCATION


class ReservationState(StrEnum):
    HELD = "HELD"
    COMMITTED = "COMMITTED"
    RELEASED = "RELEASED"


class LineState(StrEnum):
    HELD = "HELD"
    COMMITTED = "COMMITTED"
    RELEASED = "RELEASED"
    RESTOCKED = "RESTOCKED"


@dataclass(slots=True)
class Line:
    """What a reservation holds, or held, of one variant."""

    variant_id: uuid.UUID
    quantity: int
    state: LineState = LineState.HELD
    # The row that it holds, or held, the units of.
    location: str = DEFAULT_LOCATION


@dataclass(slots=True)
class Reservation:
    """The hold of one order. Lines of it may have been given back when it ran out; the order may take them again."""

    order_id: uuid.UUID
    state: ReservationState
    expire_time: datetime
    lines: list[Line] = field(default_factory=list)
    has_expired: bool = False

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
