"""Hot stock: a variant that many want at once is spread over rows of its own, and put together again when it is calm.

The truth is in the rows: whether a variant is spread only says where its units may lie.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from mesh.database import Database, UnitOfWork
from services.inventory import events
from services.inventory.domain.stock import Stock
from services.inventory.handlers.warehouse import Warehouse
from services.inventory.repository.buckets import Spread, close_buckets, list_spread, note_told, open_buckets

# Fewer units than this in a bucket are not worth the row.
_LEAST_IN_BUCKET = 4


@dataclass(slots=True)
class Spreading:
    """Spreads variants, keeps what is spread even, tells what is left, and puts it together again."""

    db: Database
    warehouse: Callable[[UnitOfWork], Warehouse]
    most_buckets: int
    calm_seconds: float
    calm_rate: float
    clock: Callable[[], float] = time.monotonic
    # The version of each at the last look, and when it was last busy.
    _seen: dict[uuid.UUID, tuple[int, float, float]] = field(default_factory=dict)

    async def spread(self, variant_id: uuid.UUID) -> bool:
        """Spread a variant evenly over buckets; whether it is spread now. Too few units are left where they are."""
        async with self.db.write() as uow:
            warehouse = self.warehouse(uow)
            stocks = await warehouse.shelves.lock_whole([variant_id])
            rows = stocks.of(variant_id)
            if not rows:
                return False
            free = sum(row.on_hand - row.reserved for row in rows)
            bucket_count = rows[0].bucket_count
            if not rows[0].is_spread:
                bucket_count = min(self.most_buckets, free // _LEAST_IN_BUCKET)
                if bucket_count <= 1:
                    return False
                await open_buckets(uow, rows[0], bucket_count)
                rows = (await warehouse.shelves.lock_whole([variant_id])).of(variant_id)
            _even_out([row for row in rows if row.bucket_count == bucket_count], free)
            await warehouse.save(rows)
            return True

    async def keep(self) -> None:
        """Look at all that is spread: tell what is left, even it out, and put together what is calm."""
        async with self.db.read() as unit:
            found = await list_spread(unit)
        for spread in found:
            await self._tell(spread)
            if self._is_calm(spread.stock) and not spread.held_in_buckets:
                await self._put_together(spread.stock.variant_id)
            elif spread.least_free * spread.stock.bucket_count * 4 < spread.free >= spread.stock.bucket_count * 4:
                await self.spread(spread.stock.variant_id)
        known = {spread.stock.variant_id for spread in found}
        self._seen = {variant_id: seen for variant_id, seen in self._seen.items() if variant_id in known}

    async def _tell(self, spread: Spread) -> None:
        if spread.stock.version <= spread.told_version:
            return
        async with self.db.write() as uow:
            await _publish(uow, spread.stock)

    def _is_calm(self, stock: Stock) -> bool:
        now = self.clock()
        version, looked, busy = self._seen.get(stock.variant_id, (stock.version, now, now))
        if stock.version - version > self.calm_rate * (now - looked):
            busy = now
        self._seen[stock.variant_id] = (stock.version, now, busy)
        return now - busy >= self.calm_seconds

    async def _put_together(self, variant_id: uuid.UUID) -> None:
        """Bring all units into the first row; where a bucket holds some for an order again, another time."""
        async with self.db.write() as uow:
            warehouse = self.warehouse(uow)
            first, *others = (await warehouse.shelves.lock_whole([variant_id])).of(variant_id)
            if not first.is_spread or any(row.reserved for row in others):
                return
            for row in others:
                if row.on_hand:
                    row.move_to(first, row.on_hand)
            first.version_elsewhere = sum(row.version - row.base_version for row in others)
            await warehouse.save([first, *others])
            await uow.flush()
            told = Stock(
                first.variant_id,
                first.product_id,
                first.shop_id,
                first.on_hand,
                first.reserved,
                first.backorder_limit,
                first.low_stock_threshold,
                first.variant_version,
            )
            await _publish(uow, told)
            await close_buckets(uow, variant_id)


async def _publish(uow: UnitOfWork, stock: Stock) -> None:
    before = await note_told(uow, stock)
    if before is None:
        return
    uow.publish(events.stock_changed(stock), stock.variant_id, stock.version)
    if stock.available <= stock.low_stock_threshold < before:
        uow.publish(events.stock_low(stock), stock.variant_id, stock.version)


def _even_out(rows: list[Stock], free: int) -> None:
    """Move free units until each row has about as many; `free` is what all have together."""
    share, rest = divmod(free, len(rows))
    wanted = [share + (place < rest) for place in range(len(rows))]
    givers = [(row, want) for row, want in zip(rows, wanted, strict=True) if row.on_hand - row.reserved > want]
    takers = [(row, want) for row, want in zip(rows, wanted, strict=True) if row.on_hand - row.reserved < want]
    for taker, want in takers:
        while (missing := want - taker.on_hand + taker.reserved) > 0:
            giver, keeps = givers[-1]
            moved = min(missing, giver.on_hand - giver.reserved - keeps)
            giver.move_to(taker, moved)
            if giver.on_hand - giver.reserved == keeps:
                givers.pop()
