"""Reserving where many want the same: any row will do, and only all rows together are out of stock."""

import asyncio
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mesh.database import Database, UnitOfWork
from mesh.errors import FailedPrecondition
from services.inventory.domain.contention import Contention
from services.inventory.domain.holding import Scattered, out_of_stock
from services.inventory.domain.reservation import Reservation, demand_of
from services.inventory.handlers.looking import Looking
from services.inventory.handlers.reservations import reserve_stock
from services.inventory.handlers.spreading import Spreading
from services.inventory.handlers.warehouse import Warehouse
from services.inventory.repository.buckets import Left

# The longest pauses before looking again for a row that nobody has locked, in seconds; then all rows are waited for.
_PAUSES = (0.002, 0.004, 0.008, 0.016, 0.032, 0.064)


@dataclass(frozen=True, slots=True)
class Wish:
    """What one call asks to hold."""

    order_id: uuid.UUID
    lines: Sequence[tuple[uuid.UUID, int]]
    ttl_seconds: int
    supersedes: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Reserving:
    """Reserves, each try a transaction of its own, and notices what is contended."""

    db: Database
    warehouse: Callable[[UnitOfWork], Warehouse]
    contention: Contention
    spreading: Spreading
    looking: Looking
    # Those who want what is hot leave connections to all others.
    gate: asyncio.Semaphore

    async def reserve(self, wish: Wish) -> Reservation:
        """Hold all lines or none, as `reserve_stock` says."""
        demand = demand_of(wish.lines)
        with self.contention.taking(demand) as contended:
            for variant_id in contended:
                await self._spread(variant_id)
            try:
                return await self._reserve(wish, demand)
            except FailedPrecondition as refusal:
                if refusal.reason == "OUT_OF_STOCK":
                    self.contention.note_short(uuid.UUID(each.subject) for each in refusal.violations)
                raise

    async def _spread(self, variant_id: uuid.UUID) -> None:
        if not self.contention.spread_of([variant_id]) and await self.spreading.spread(variant_id):
            self.contention.note_spread(variant_id)

    async def _reserve(self, wish: Wish, demand: Mapping[uuid.UUID, int]) -> Reservation:
        if self.contention.is_short(demand):
            await self._look(wish, demand)
        if not self.contention.spread_of(demand):
            return await self._take(wish, demand)
        async with self.gate:
            # While it waited the last unit may have gone.
            if self.contention.is_short(demand):
                await self._look(wish, demand)
            return await self._take(wish, demand)

    async def _take(self, wish: Wish, demand: Mapping[uuid.UUID, int]) -> Reservation:
        for pause in _PAUSES:
            try:
                return await self._try(wish, demand)
            except Scattered:
                left = await self._look(wish, demand)
            if not all(left[variant_id].most_available >= quantity for variant_id, quantity in demand.items()):
                break
            await asyncio.sleep(random.uniform(0.0, pause))  # noqa: S311  # spreads those who wait
        return await self._try(wish, demand, whole=True)

    async def _try(self, wish: Wish, demand: Mapping[uuid.UUID, int], *, whole: bool = False) -> Reservation:
        spread = self.contention.spread_of(demand)
        async with self.db.write() as uow:
            return await reserve_stock(
                self.warehouse(uow),
                wish.order_id,
                wish.lines,
                wish.ttl_seconds,
                wish.supersedes,
                spread=spread,
                whole=whole,
                notice=self.contention.notice,
            )

    async def _look(self, wish: Wish, demand: Mapping[uuid.UUID, int]) -> Mapping[uuid.UUID, Left]:
        """Look without a lock. What one moment shows to be short is refused; what is there may be gone a moment later.

        An order that holds some already, or gives back what another one holds, is told by the locked rows.
        """
        found, is_known = await self.looking.look(frozenset(demand), wish.order_id)
        left = {variant_id: found.get(variant_id, Left(0, 0)) for variant_id in demand}
        short = {each: left[each].available for each in demand if left[each].available < demand[each]}
        if short and not is_known and wish.supersedes is None:
            raise out_of_stock(wish.order_id, demand, short)
        return left
