"""Every query of the buckets that a hot variant's stock is spread over."""

import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ARRAY, BigInteger, Integer, Uuid, bindparam, text

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.statement import statement
from services.inventory.domain.stock import Stock
from services.inventory.repository.stock import read_availability

_variant_id = bindparam("variant_id", type_=Uuid)
_OPEN = statement(
    text(
        """
        WITH first AS (
            UPDATE inventory.stock
            SET bucket_count = :bucket_count, told_version = version, told_available = :available
            WHERE variant_id = :variant_id AND location = 'default'
            RETURNING variant_id, product_id, shop_id, version
        )
        INSERT INTO inventory.stock (variant_id, location, product_id, shop_id, on_hand, reserved, backorder_limit,
                                     low_stock_threshold, version, base_version, bucket_count)
        SELECT variant_id, 'default.' || number, product_id, shop_id, 0, 0, 0, 0, version, version, :bucket_count
        FROM first, generate_series(1, :bucket_count - 1) AS number
        ON CONFLICT (variant_id, location) DO UPDATE
        SET version = excluded.version, base_version = excluded.base_version, bucket_count = excluded.bucket_count
        """
    ).bindparams(_variant_id, bindparam("bucket_count", type_=Integer), bindparam("available", type_=Integer))
)
_CLOSE = statement(
    text(
        """
        WITH total AS (
            SELECT sum(version - base_version)::bigint AS version FROM inventory.stock WHERE variant_id = :variant_id
        ), others AS (
            UPDATE inventory.stock SET base_version = version WHERE variant_id = :variant_id AND location <> 'default'
        )
        UPDATE inventory.stock SET version = total.version, bucket_count = 1 FROM total
        WHERE variant_id = :variant_id AND location = 'default'
        """
    ).bindparams(_variant_id)
)
_LIST = statement(
    text(
        """
        SELECT first.variant_id, first.shop_id, first.bucket_count, first.told_version, first.low_stock_threshold,
               sum(row.on_hand)::int AS on_hand, sum(row.reserved)::int AS reserved,
               sum(row.on_hand + row.backorder_limit - row.reserved)::int AS available,
               sum(row.version - row.base_version)::bigint AS version,
               min(row.on_hand - row.reserved) AS least_free, sum(row.on_hand - row.reserved)::int AS free,
               coalesce(sum(row.reserved) FILTER (WHERE row.location <> 'default'), 0)::int AS held_in_buckets
        FROM inventory.stock AS first JOIN inventory.stock AS row ON row.variant_id = first.variant_id
        WHERE first.bucket_count > 1 AND first.location = 'default'
        GROUP BY first.variant_id, first.location
        """
    )
)
_TELL = statement(
    text(
        """
        WITH before AS (
            SELECT told_available FROM inventory.stock WHERE variant_id = :variant_id AND location = 'default'
            AND bucket_count > 1 AND told_version < :version FOR UPDATE
        )
        UPDATE inventory.stock SET told_version = :version, told_available = :available FROM before
        WHERE variant_id = :variant_id AND location = 'default'
        RETURNING before.told_available
        """
    ).bindparams(_variant_id, bindparam("version", type_=BigInteger), bindparam("available", type_=Integer))
)
_FIND_RESERVATIONS = statement(
    text("SELECT order_id FROM inventory.reservations WHERE order_id = ANY(:order_ids)").bindparams(
        bindparam("order_ids", type_=ARRAY(Uuid))
    )
)


class Spread(NamedTuple):
    """A variant that is spread, all of its rows as one moment shows them."""

    stock: Stock
    told_version: int
    free: int
    least_free: int
    held_in_buckets: int


async def open_buckets(uow: UnitOfWork, first: Stock, bucket_count: int) -> None:
    """Make a locked variant one that is spread over rows, all empty but the first."""
    await uow.execute(_OPEN, variant_id=first.variant_id, bucket_count=bucket_count, available=first.available)


async def close_buckets(uow: UnitOfWork, variant_id: uuid.UUID) -> None:
    """Make a variant whose rows are all locked, and empty but the first, a plain one again."""
    await uow.execute(_CLOSE, variant_id=variant_id)


async def list_spread(unit: ReadUnit) -> list[Spread]:
    """Every variant that is spread."""
    return [_spread(row) for row in await unit.fetch(_LIST)]


async def note_told(uow: UnitOfWork, stock: Stock) -> int | None:
    """Keep that a variant's sums are told and return what was said to be available before; None where it was told."""
    before: int | None = await uow.fetch_value(
        _TELL, variant_id=stock.variant_id, version=stock.version, available=stock.available
    )
    return before


class Left(NamedTuple):
    """What one moment shows of a variant: free units, expired holds counted in, and the most that one row has."""

    available: int
    most_available: int


async def read_left(unit: ReadUnit, variant_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Left]:
    """What is left of each variant at one moment; a unit on its way from row to row is counted once."""
    found = await read_availability(unit, variant_ids)
    return {
        each.stock.variant_id: Left(max(each.stock.available + each.expired_count, 0), each.most_available)
        for each in found
    }


async def find_reservations(unit: ReadUnit, order_ids: Sequence[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of the orders that have a reservation."""
    return frozenset(row["order_id"] for row in await unit.fetch(_FIND_RESERVATIONS, order_ids=order_ids))


def _spread(row: Record) -> Spread:
    stock = Stock(
        variant_id=row["variant_id"],
        product_id=row["variant_id"],
        shop_id=row["shop_id"],
        on_hand=row["on_hand"],
        reserved=row["reserved"],
        backorder_limit=row["available"] - row["on_hand"] + row["reserved"],
        low_stock_threshold=row["low_stock_threshold"],
        version=row["version"],
        bucket_count=row["bucket_count"],
    )
    return Spread(stock, row["told_version"], row["free"], row["least_free"], row["held_in_buckets"])
