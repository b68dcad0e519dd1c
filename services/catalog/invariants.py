"""What the catalogue can say of the invariants: I10, its copies of stock and shops against their owners."""

import time
import uuid
from collections.abc import Sequence

from souk.inventory.v1 import stock_pb2
from souk.mesh.v1 import invariants_pb2

from mesh.database import Database, Record
from services.catalog.clients.inventory import InventoryClient
from services.catalog.clients.seller import SellerClient
from services.catalog.domain.shop import Shop
from services.catalog.repository.availability import page_of_availability
from services.catalog.repository.shops import page_of_shops

_PAGE = 500
_LISTED = 100
_NOBODY = uuid.UUID(int=0)


async def check_copies(
    db: Database, seller: SellerClient, inventory: InventoryClient, settle_seconds: int
) -> invariants_pb2.InvariantResult:
    """I10 in batches: each copy is compared with what its owner says now, unless the owner's fact is too young."""
    result = invariants_pb2.InvariantResult(
        invariant="I10", description="The copies of stock and shops equal their source in inventory and seller."
    )
    await _check_stock(db, inventory, settle_seconds, result)
    await _check_shops(db, seller, settle_seconds, result)
    return result


async def _check_stock(
    db: Database, inventory: InventoryClient, settle_seconds: int, result: invariants_pb2.InvariantResult
) -> None:
    after = _NOBODY
    while rows := await _variants(db, after):
        after = rows[-1]["id"]
        known = await inventory.availability([row["id"] for row in rows])
        young = time.time() - settle_seconds
        for row in rows:
            source = known.get(row["id"])
            if source is not None and source.update_time.seconds < young:
                result.checked_count += 1
                _judge_stock(row, source, result)


async def _variants(db: Database, after: uuid.UUID) -> Sequence[Record]:
    async with db.read() as unit:
        return await page_of_availability(unit, after, _PAGE)


def _judge_stock(row: Record, source: stock_pb2.Availability, result: invariants_pb2.InvariantResult) -> None:
    # Holds run out by themselves; the event comes when they are given back.
    recorded = max(source.available - source.expired_count, 0)
    if row["stock_version"] > source.version:
        _blame(result, row["id"], f"the copy is at version {row['stock_version']}, inventory at {source.version}")
    elif row["available"] != recorded and row["available"] != source.available:
        _blame(result, row["id"], f"the copy says {row['available']} can be bought, inventory {recorded}")


async def _check_shops(
    db: Database, seller: SellerClient, settle_seconds: int, result: invariants_pb2.InvariantResult
) -> None:
    after = _NOBODY
    while copies := await _shops(db, after, settle_seconds):
        after = copies[-1].shop_id
        sources = {shop.shop_id: shop for shop in await seller.find_shops([copy.shop_id for copy in copies])}
        for copy in copies:
            result.checked_count += 1
            _judge_shop(copy, sources.get(copy.shop_id), result)


async def _shops(db: Database, after: uuid.UUID, settle_seconds: int) -> list[Shop]:
    async with db.read() as unit:
        return await page_of_shops(unit, after, settle_seconds, _PAGE)


def _judge_shop(copy: Shop, source: Shop | None, result: invariants_pb2.InvariantResult) -> None:
    if source is None:
        _blame(result, copy.shop_id, "there is no such shop")
    elif copy.version == source.version and copy != source:
        _blame(result, copy.shop_id, f"the copy of version {copy.version} differs from its source")
    elif copy.version > source.version:
        _blame(result, copy.shop_id, f"the copy is at version {copy.version}, seller at {source.version}")


def _blame(result: invariants_pb2.InvariantResult, offender: uuid.UUID, detail: str) -> None:
    result.violation_count += 1
    if len(result.violations) < _LISTED:
        result.violations.add(id=str(offender), detail=detail)
