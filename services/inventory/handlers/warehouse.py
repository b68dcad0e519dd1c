"""What the use cases need from outside, and what they all do with it."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from google.protobuf.message import Message

from services.inventory import events
from services.inventory.domain.holding import Locked
from services.inventory.domain.reservation import Line, Reservation, ReservationState
from services.inventory.domain.stock import Place, Stock

# The order that no hold is for.
NOBODY = uuid.UUID(int=0)


class Shelves(Protocol):
    """The stock rows."""

    async def lock(self, variant_ids: Iterable[uuid.UUID]) -> Locked: ...

    async def lock_whole(self, variant_ids: Iterable[uuid.UUID]) -> Locked: ...

    async def lock_of_order(self, order_id: uuid.UUID) -> Locked: ...

    async def lock_of_orders(self, order_ids: Iterable[uuid.UUID]) -> Locked: ...

    async def pick(self, variant_id: uuid.UUID, quantity: int) -> Stock | None: ...

    async def add(self, places: Sequence[Place]) -> None: ...

    async def save(self, stocks: Sequence[Stock]) -> None: ...


class Holds(Protocol):
    """The reservations."""

    async def open(self, order_id: uuid.UUID, state: ReservationState, ttl_seconds: int) -> datetime | None: ...

    async def lock(self, order_id: uuid.UUID) -> Reservation | None: ...

    async def lock_all(self, order_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Reservation]: ...

    async def read_lines(self, reservation: Reservation) -> None: ...

    async def read_all_lines(self, reservations: Sequence[Reservation]) -> None: ...

    async def add_lines(self, reservation: Reservation) -> None: ...

    async def extend(self, reservation: Reservation, ttl_seconds: int) -> None: ...

    async def save(self, reservation: Reservation) -> None: ...

    async def save_all(self, reservations: Sequence[Reservation]) -> None: ...

    async def take_expired(self, rows: Iterable[Stock], but: uuid.UUID) -> list[tuple[uuid.UUID, Line]]: ...


class Outbox(Protocol):
    """Where events go with the commit, and what is written with it."""

    def publish(self, event: Message, aggregate_id: uuid.UUID | str, version: int = 0) -> None: ...

    async def flush(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Warehouse:
    """Everything that one transaction of inventory works on."""

    shelves: Shelves
    holds: Holds
    outbox: Outbox

    async def save(self, stocks: Iterable[Stock]) -> None:
        """Write, with the commit, the stocks that have moved and tell what it means for buyers and the shop."""
        moved = [stock for stock in stocks if stock.movements]
        if not moved:
            return
        await self.shelves.save(moved)
        for stock in moved:
            # What is spread is told from all its rows, by the job that keeps them.
            if stock.availability_changed and not stock.is_spread:
                self.outbox.publish(events.stock_changed(stock), stock.variant_id, stock.version)
            if stock.fell_low and not stock.is_spread:
                self.outbox.publish(events.stock_low(stock), stock.variant_id, stock.version)

    async def give_back_expired(self, stocks: Locked, but: uuid.UUID = NOBODY) -> None:
        """Free what holds that have run out keep of locked stock, so that nobody waits for a sweeper."""
        expired = [row for row in stocks if row.has_expired]
        if not expired:
            return
        for order_id, line in await self.holds.take_expired(expired, but):
            stocks.at(line.variant_id, line.location).release(line.quantity, order_id, "expired")
