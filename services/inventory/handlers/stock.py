"""What sellers do with their stock, and what becomes of it by itself."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Protocol

from mesh.database import Database
from mesh.principal import Principal
from services.inventory.domain.stock import Place, Stock
from services.inventory.handlers.warehouse import Warehouse
from services.inventory.repository.stock import Availability, may_see, no_variant, read_owned


class Catalog(Protocol):
    """Who knows every variant, also one that inventory has not heard of yet."""

    async def find_place(self, variant_id: uuid.UUID) -> Place | None: ...


async def find_stock(db: Database, catalog: Catalog, variant_id: uuid.UUID, principal: Principal) -> Availability:
    """The stock of an owned variant, empty where none was ever moved; for anybody else it is not there."""
    async with db.read() as unit:
        found = await read_owned(unit, variant_id, principal)
    if found is not None:
        return found
    place = await catalog.find_place(variant_id)
    if place is None or not may_see(place.shop_id, principal):
        raise no_variant(variant_id)
    return Availability(Stock.empty(place), 0)


async def lock_stock(warehouse: Warehouse, place: Place) -> Stock:
    """Lock a variant's stock, made where it is missing, without the holds on it that have run out.

    Where it is spread, what is free is brought into the row that is returned; the others keep what is held.
    """
    stocks = await warehouse.shelves.lock_whole([place.variant_id])
    if not stocks.of(place.variant_id):
        await warehouse.shelves.add([place])
        stocks = await warehouse.shelves.lock_whole([place.variant_id])
    await warehouse.give_back_expired(stocks)
    first, *others = stocks.of(place.variant_id)
    for row in others:
        if row.available:
            row.move_to(first, row.available)
        first.held_elsewhere += row.reserved
        first.version_elsewhere += row.version - row.base_version
    await warehouse.save(others)
    return first


async def set_stock(
    warehouse: Warehouse,
    stock: Stock,
    quantity: int,
    reason: str,
    expected_version: int | None = None,
    backorder_limit: int | None = None,
    low_stock_threshold: int | None = None,
) -> None:
    """Set what is on hand of a locked row."""
    stock.require_version(expected_version)
    stock.set_limits(backorder_limit, low_stock_threshold)
    stock.set_count(quantity, reason)
    await warehouse.save([stock])


async def adjust_stock(warehouse: Warehouse, stock: Stock, delta: int, reason: str) -> None:
    """Move what is on hand of a locked row."""
    stock.adjust(delta, reason)
    await warehouse.save([stock])


async def track_variants(warehouse: Warehouse, places: Sequence[Place]) -> None:
    """Take up new variants with their first stock; those that are known keep what they have."""
    await warehouse.shelves.add(places)


async def release_expired(warehouse: Warehouse, variant_ids: Iterable[uuid.UUID]) -> None:
    """Give back holds that have run out. Reads count them as free already, so this only tells the others."""
    stocks = await warehouse.shelves.lock_whole(variant_ids)
    await warehouse.give_back_expired(stocks)
    await warehouse.save(stocks)
