"""What the catalogue can say of the invariants: I10, its copies of stock and shops against their owners."""

import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from souk.inventory.v1 import stock_pb2
from souk.mesh.v1 import invariants_pb2

from mesh.database import Database, Record
from services.catalog.clients.inventory import InventoryClient
from services.catalog.clients.seller import SellerClient
from services.catalog.domain.shop import Shop
from services.catalog.repository.availability import page_of_availability
from services.catalog.repository.shops import shops_between

_PAGE = 500
_LISTED = 100
_NOBODY, _LAST = uuid.UUID(int=0), uuid.UUID(int=2**128 - 1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


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
    """Every shop of seller's and every copy; what was changed since `settle_seconds` on either side is not judged."""
    after, token = _NOBODY, ""
    while after != _LAST:
        sources, token = await seller.page_of_shops(token)
        until = sources[-1].shop.shop_id if token else _LAST
        young = time.time() - settle_seconds
        async with db.read() as unit:
            copies = {copy.shop_id: (copy, changed) for copy, changed in await shops_between(unit, after, until)}
        after = until
        for source in sources:
            copy, changed = copies.pop(source.shop.shop_id, (None, _LONG_AGO))
            if max(source.change_time, changed.timestamp()) < young:
                result.checked_count += 1
                _judge_shop(copy, source.shop, result)
        for shop_id in [shop_id for shop_id, (_, changed) in copies.items() if changed.timestamp() < young]:
            _blame(result, shop_id, "there is no such shop")


def _judge_shop(copy: Shop | None, source: Shop, result: invariants_pb2.InvariantResult) -> None:
    if copy is None:
        _blame(result, source.shop_id, "there is no copy of it")
    elif copy.version < source.version:
        _blame(result, copy.shop_id, f"the copy is at version {copy.version}, seller at {source.version}")
    elif copy.version == source.version and copy != source:
        _blame(result, copy.shop_id, f"the copy of version {copy.version} differs from its source")
    elif copy.version > source.version:
        _blame(result, copy.shop_id, f"the copy is at version {copy.version}, seller at {source.version}")


def _blame(result: invariants_pb2.InvariantResult, offender: uuid.UUID, detail: str) -> None:
    result.violation_count += 1
    if len(result.violations) < _LISTED:
        result.violations.add(id=str(offender), detail=detail)
