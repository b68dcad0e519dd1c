"""Every query of stock and its movements. Rows are locked in the order of their keys.

A variant has one row, and more where its stock is, or was, spread over buckets: then reads add them up.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ARRAY, ColumnElement, Integer, Uuid, bindparam, exists, func, select, text, tuple_

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import NotFound
from mesh.principal import Principal
from mesh.statement import Statement, any_of, statement
from services.inventory.domain.holding import Locked
from services.inventory.domain.stock import DEFAULT_LOCATION, Place, Stock
from services.inventory.tables import reservation_lines, stock

_variant_ids = bindparam("variant_ids", type_=ARRAY(Uuid))
_STOCK_COLUMNS = (
    stock.c.variant_id,
    stock.c.location,
    stock.c.product_id,
    stock.c.shop_id,
    stock.c.on_hand,
    stock.c.reserved,
    stock.c.backorder_limit,
    stock.c.low_stock_threshold,
    stock.c.version,
    stock.c.bucket_count,
    stock.c.base_version,
    stock.c.update_time,
)
_EXPIRED_ON_STOCK = (
    reservation_lines.c.variant_id == stock.c.variant_id,
    reservation_lines.c.location == stock.c.location,
    text("reservation_lines.state = 'HELD'"),
    reservation_lines.c.expire_time <= func.now(),
)
_EXPIRED_COUNT = """
        SELECT coalesce(sum(quantity), 0) FROM inventory.reservation_lines AS line
        WHERE line.variant_id = stock.variant_id AND line.location = stock.location AND line.state = 'HELD'
        AND line.expire_time <= now()"""
_OF_VARIANTS = (stock.c.variant_id == any_of("variant_ids", Uuid), stock.c.location == DEFAULT_LOCATION)

_has_expired = exists().where(*_EXPIRED_ON_STOCK).label("has_expired")


def _lock(*conditions: ColumnElement[bool]) -> Statement:
    query = select(*_STOCK_COLUMNS, _has_expired).where(*conditions)
    return statement(query.order_by(stock.c.variant_id, stock.c.location).with_for_update(of=stock))


_LOCK_STOCK = _lock(*_OF_VARIANTS)
_LOCK_WHOLE = _lock(stock.c.variant_id == any_of("variant_ids", Uuid))
# A row that somebody has locked is passed over, so that nobody waits here.
_PICK = statement(
    select(*_STOCK_COLUMNS, _has_expired)
    .where(
        stock.c.variant_id == bindparam("variant_id", type_=Uuid),
        stock.c.on_hand + stock.c.backorder_limit - stock.c.reserved >= bindparam("quantity", type_=Integer),
    )
    .order_by(func.random())
    .limit(1)
    .with_for_update(of=stock, skip_locked=True)
)
# The lines of an order are written once, so that what they name can be read before it is locked.
_LOCK_OF_ORDERS = _lock(
    tuple_(stock.c.variant_id, stock.c.location).in_(
        select(reservation_lines.c.variant_id, reservation_lines.c.location).where(
            reservation_lines.c.order_id == any_of("order_ids", Uuid)
        )
    )
)
_READ_STOCK = statement(
    text(
        f"""
        SELECT variant_id, 'default' AS location, product_id, shop_id, sum(on_hand)::int AS on_hand,
               sum(reserved)::int AS reserved, max(backorder_limit) AS backorder_limit,
               max(low_stock_threshold) FILTER (WHERE location = 'default') AS low_stock_threshold,
               sum(version - base_version)::bigint AS version, 1 AS bucket_count, 0::bigint AS base_version,
               max(update_time) AS update_time, max(on_hand + backorder_limit - reserved) AS most_available,
               sum(({_EXPIRED_COUNT}))::bigint AS expired_count
        FROM inventory.stock WHERE variant_id = ANY(ARRAY(SELECT unnest(cast(:variant_ids AS uuid[]))))
        GROUP BY variant_id, product_id, shop_id
        """  # noqa: S608  # our own text
    )
)
_OWNERS = statement(select(stock.c.variant_id, stock.c.product_id, stock.c.shop_id).where(*_OF_VARIANTS))
_INSERT_STOCK = statement(
    text(
        """
        WITH new AS (
            INSERT INTO inventory.stock (variant_id, location, product_id, shop_id, on_hand, reserved,
                                         backorder_limit, low_stock_threshold, version)
            SELECT variant_id, 'default', product_id, shop_id, on_hand, 0, 0, :low_stock_threshold, sign(on_hand)
            FROM unnest(cast(:variant_ids AS uuid[]), cast(:product_ids AS uuid[]), cast(:shop_ids AS uuid[]),
                        cast(:on_hand AS int[])) AS new (variant_id, product_id, shop_id, on_hand)
            ORDER BY variant_id
            ON CONFLICT DO NOTHING
            RETURNING variant_id, location, on_hand, version
        )
        INSERT INTO inventory.movements (variant_id, location, version, kind, on_hand_delta, reserved_delta, reason)
        SELECT variant_id, location, version, 'RECEIVED', on_hand, 0, '' FROM new WHERE on_hand > 0
        """
    )
)
_SAVE = statement(
    text(
        """
        UPDATE inventory.stock SET on_hand = new.on_hand, reserved = new.reserved,
            backorder_limit = new.backorder_limit, low_stock_threshold = new.low_stock_threshold,
            version = new.version, update_time = now()
        FROM unnest(cast(:variant_ids AS uuid[]), cast(:locations AS text[]), cast(:on_hand AS int[]),
                    cast(:reserved AS int[]), cast(:backorder_limits AS int[]), cast(:thresholds AS int[]),
                    cast(:versions AS bigint[]))
            AS new (variant_id, location, on_hand, reserved, backorder_limit, low_stock_threshold, version)
        WHERE stock.variant_id = new.variant_id AND stock.location = new.location
        """
    )
)
_ADD_MOVEMENTS = statement(
    text(
        """
        INSERT INTO inventory.movements (variant_id, location, version, kind, on_hand_delta, reserved_delta,
                                         order_id, reason)
        SELECT * FROM unnest(cast(:variant_ids AS uuid[]), cast(:locations AS text[]), cast(:versions AS bigint[]),
                             cast(:kinds AS text[]), cast(:on_hand_deltas AS int[]), cast(:reserved_deltas AS int[]),
                             cast(:order_ids AS uuid[]), cast(:reasons AS text[]))
        """
    )
)
# Of each row as many as a page needs, by its key; what moved from row to row is no movement of the variant.
_LIST_MOVEMENTS = statement(
    text(
        """
        SELECT moved.* FROM inventory.stock CROSS JOIN LATERAL (
            SELECT variant_id, location, version, kind, on_hand_delta, reserved_delta, order_id, reason, create_time
            FROM inventory.movements
            WHERE movements.variant_id = stock.variant_id AND movements.location = stock.location
            AND version <= :before AND (version < :before OR location < :before_location) AND kind <> 'MOVED'
            ORDER BY version DESC LIMIT :count
        ) AS moved
        WHERE stock.variant_id = :variant_id
        ORDER BY version DESC, location DESC LIMIT :count
        """
    )
)


class StockRepository:
    """Stock rows in a write transaction."""

    def __init__(self, uow: UnitOfWork, low_stock_threshold: int) -> None:
        self._uow = uow
        self._threshold = low_stock_threshold

    async def lock(self, variant_ids: Iterable[uuid.UUID]) -> Locked:
        """Lock the row of each variant that all of its stock can lie in."""
        return _locked(await self._uow.fetch(_LOCK_STOCK, variant_ids=sorted(set(variant_ids))))

    async def lock_whole(self, variant_ids: Iterable[uuid.UUID]) -> Locked:
        """Lock every row of the variants."""
        return _locked(await self._uow.fetch(_LOCK_WHOLE, variant_ids=sorted(set(variant_ids))), whole=True)

    async def lock_of_order(self, order_id: uuid.UUID) -> Locked:
        """Lock what the lines of an order name."""
        return await self.lock_of_orders([order_id])

    async def lock_of_orders(self, order_ids: Iterable[uuid.UUID]) -> Locked:
        """Lock what the lines of several orders name."""
        return _locked(await self._uow.fetch(_LOCK_OF_ORDERS, order_ids=list(order_ids)))

    async def pick(self, variant_id: uuid.UUID, quantity: int) -> Stock | None:
        """Lock any row of a variant that has enough and is not locked, without waiting; None where there is none."""
        found = await self._uow.fetch_one(_PICK, variant_id=variant_id, quantity=quantity)
        return found and _locked_row(found)

    async def add(self, places: Sequence[Place]) -> None:
        """Make rows with the initial stock where there are none; a row that is there keeps its counts."""
        await self._uow.execute(
            _INSERT_STOCK,
            variant_ids=[place.variant_id for place in places],
            product_ids=[place.product_id for place in places],
            shop_ids=[place.shop_id for place in places],
            on_hand=[place.initial_stock for place in places],
            low_stock_threshold=self._threshold,
        )

    async def save(self, stocks: Sequence[Stock]) -> None:
        """Write the counts and append the movements that made them, with the commit."""
        self._uow.defer(
            _SAVE,
            variant_ids=[stock.variant_id for stock in stocks],
            locations=[stock.location for stock in stocks],
            on_hand=[stock.on_hand for stock in stocks],
            reserved=[stock.reserved for stock in stocks],
            backorder_limits=[stock.backorder_limit for stock in stocks],
            thresholds=[stock.low_stock_threshold for stock in stocks],
            versions=[stock.version for stock in stocks],
        )
        moves = [movement for stock in stocks for movement in stock.movements]
        self._uow.defer(
            _ADD_MOVEMENTS,
            variant_ids=[move.variant_id for move in moves],
            locations=[move.location for move in moves],
            versions=[move.version for move in moves],
            kinds=[move.kind.value for move in moves],
            on_hand_deltas=[move.on_hand_delta for move in moves],
            reserved_deltas=[move.reserved_delta for move in moves],
            order_ids=[move.order_id for move in moves],
            reasons=[move.reason for move in moves],
        )


class Availability(NamedTuple):
    """A stock row as it reads now, with the holds on it that have run out."""

    stock: Stock
    expired_count: int
    # What the row with the most has.
    most_available: int = 0


async def read_availability(unit: ReadUnit, variant_ids: Iterable[uuid.UUID]) -> list[Availability]:
    rows = await unit.fetch(_READ_STOCK, variant_ids=list(set(variant_ids)))
    return [Availability(_stock(row), row["expired_count"], row["most_available"]) for row in rows]


async def read_owners(unit: ReadUnit, variant_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, uuid.UUID]]:
    """The product and the shop of each variant that there is stock of."""
    rows = await unit.fetch(_OWNERS, variant_ids=list(variant_ids))
    return {row["variant_id"]: (row["product_id"], row["shop_id"]) for row in rows}


async def read_owned(unit: ReadUnit, variant_id: uuid.UUID, principal: Principal) -> Availability | None:
    """One row for the shop that owns it, None where there is no row yet; for anybody else it is not there."""
    found = await read_availability(unit, [variant_id])
    if not found:
        return None
    if not may_see(found[0].stock.shop_id, principal):
        raise no_variant(variant_id)
    return found[0]


async def list_movements(
    unit: ReadUnit, variant_id: uuid.UUID, before: int, count: int, before_location: str = ""
) -> list[Record]:
    """The movements below a version, and of that version those of rows before `before_location`; newest first."""
    return await unit.fetch(
        _LIST_MOVEMENTS, variant_id=variant_id, before=before, before_location=before_location, count=count
    )


def may_see(shop_id: uuid.UUID, principal: Principal) -> bool:
    return principal.is_admin or principal.can_act_for(shop_id)


def no_variant(variant_id: uuid.UUID) -> NotFound:
    return NotFound("VARIANT_NOT_FOUND", "There is no such variant.", variantId=str(variant_id))


def _locked(rows: Sequence[Record], *, whole: bool = False) -> Locked:
    return Locked(map(_locked_row, rows), whole=whole)


def _locked_row(row: Record) -> Stock:
    found = _stock(row)
    found.has_expired = row["has_expired"]
    return found


def _stock(row: Record) -> Stock:
    return Stock(
        variant_id=row["variant_id"],
        location=row["location"],
        product_id=row["product_id"],
        shop_id=row["shop_id"],
        on_hand=row["on_hand"],
        reserved=row["reserved"],
        backorder_limit=row["backorder_limit"],
        low_stock_threshold=row["low_stock_threshold"],
        version=row["version"],
        bucket_count=row["bucket_count"],
        base_version=row["base_version"],
        update_time=row["update_time"],
    )
