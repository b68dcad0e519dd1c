"""What inventory can say of the invariants: I2, stock against its movements and holds, and I10, whose it is."""

import time
import uuid
from collections.abc import Sequence

from souk.mesh.v1 import invariants_pb2
from sqlalchemy import text

from mesh.database import Database, Record
from mesh.statement import statement
from services.inventory.clients import CatalogClient
from services.inventory.repository.stock import read_owners

# How many stock rows are read at once: as many as take about a second, however many movements they have.
_FEWEST, _MOST = 20, 5_000
_PAGE_SECONDS = 1.0
_LISTED = 100
_READ_PAGE = statement(
    text(
        """
        SELECT page.*, coalesce(moved.on_hand, 0) AS moved_on_hand, coalesce(moved.reserved, 0) AS moved_reserved,
               coalesce(held.quantity, 0) AS held
        FROM (
            SELECT variant_id, location, on_hand, reserved, backorder_limit FROM inventory.stock
            WHERE (variant_id, location) > (:after, :after_location) ORDER BY variant_id, location LIMIT :count
        ) AS page
        LEFT JOIN LATERAL (
            SELECT sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved FROM inventory.movements
            WHERE movements.variant_id = page.variant_id AND movements.location = page.location
        ) AS moved ON true
        LEFT JOIN LATERAL (
            SELECT sum(quantity) AS quantity FROM inventory.reservation_lines AS line
            WHERE line.variant_id = page.variant_id AND line.location = page.location AND line.state = 'HELD'
        ) AS held ON true
        ORDER BY variant_id, location
        """
    )
)


async def check_stock(db: Database) -> invariants_pb2.InvariantResult:
    """I2, page by page, so that no statement runs long."""
    result = invariants_pb2.InvariantResult(
        invariant="I2",
        description="Reserved is within on hand and backorder, and movements and holds sum to the stock row.",
    )
    after, after_location, count = uuid.UUID(int=0), "", _FEWEST
    began = time.monotonic()
    while rows := await _read_page(db, after, after_location, count):
        count = _next_count(count, time.monotonic() - began)
        after, after_location = rows[-1]["variant_id"], rows[-1]["location"]
        result.checked_count += len(rows)
        for row in rows:
            _judge(row, result)
        began = time.monotonic()
    return result


async def check_owners(db: Database, catalog: CatalogClient, settle_seconds: int) -> invariants_pb2.InvariantResult:
    """I10, for every variant of catalog's whose product was not changed since `settle_seconds`."""
    result = invariants_pb2.InvariantResult(
        invariant="I10", description="There is stock of every variant, and it is whose catalog says."
    )
    sources, token = await catalog.page_of_places("")
    while sources:
        async with db.read() as unit:
            owners = await read_owners(unit, [source.place.variant_id for source in sources])
        young = time.time() - settle_seconds
        for place in [source.place for source in sources if source.change_time < young]:
            result.checked_count += 1
            owner = owners.get(place.variant_id)
            if owner is None:
                _blame(result, place.variant_id, "there is no stock of it")
            elif owner != (place.product_id, place.shop_id):
                _blame(result, place.variant_id, "catalog says that it is another product's or shop's")
        sources, token = await catalog.page_of_places(token) if token else ([], "")
    return result


def _next_count(count: int, seconds: float) -> int:
    faster = min(4.0, _PAGE_SECONDS / max(seconds, 0.001))
    return max(_FEWEST, min(_MOST, int(count * faster)))


async def _read_page(db: Database, after: uuid.UUID, after_location: str, count: int) -> Sequence[Record]:
    async with db.read() as unit:
        return await unit.fetch(_READ_PAGE, after=after, after_location=after_location, count=count)


def _judge(row: Record, result: invariants_pb2.InvariantResult) -> None:
    faults = []
    if not 0 <= row["reserved"] <= row["on_hand"] + row["backorder_limit"]:
        faults.append(f"{row['reserved']} reserved of {row['on_hand']} + {row['backorder_limit']}")
    if (row["on_hand"], row["reserved"]) != (row["moved_on_hand"], row["moved_reserved"]):
        moved = f"{row['moved_on_hand']} on hand and {row['moved_reserved']} reserved"
        faults.append(f"the row has {row['on_hand']} on hand and {row['reserved']} reserved, its movements {moved}")
    if row["reserved"] != row["held"]:
        faults.append(f"{row['reserved']} reserved, but orders hold {row['held']}")
    for fault in faults:
        _blame(result, row["variant_id"], fault)


def _blame(result: invariants_pb2.InvariantResult, variant_id: uuid.UUID, detail: str) -> None:
    result.violation_count += 1
    if len(result.violations) < _LISTED:
        result.violations.add(id=str(variant_id), detail=detail)
