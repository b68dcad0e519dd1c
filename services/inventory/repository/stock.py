"""Every query of stock and its movements. Rows are locked in the order of their keys.

What a hot variant needs (its stock spread over several rows) goes in here: the domain sees one Stock for each variant.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Uuid,
    bindparam,
    exists,
    func,
    select,
    text,
    tuple_,
)

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import NotFound
from mesh.principal import Principal
from mesh.statement import Statement, statement
from services.inventory.domain import DEFAULT_LOCATION, Place, Stock
from services.inventory.tables import movements, reservation_lines, stock

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
    stock.c.update_time,
)
_EXPIRED_ON_STOCK = (
    reservation_lines.c.variant_id == stock.c.variant_id,
    reservation_lines.c.location == stock.c.location,
    text("reservation_lines.state = 'HELD'"),
    reservation_lines.c.expire_time <= func.now(),
)
_expired_count = (
    select(func.coalesce(func.sum(reservation_lines.c.quantity), 0)).where(*_EXPIRED_ON_STOCK).scalar_subquery()
)
_OF_VARIANTS = (stock.c.variant_id == func.any(_variant_ids), stock.c.location == DEFAULT_LOCATION)

_has_expired = exists().where(*_EXPIRED_ON_STOCK).label("has_expired")


def _lock(*conditions: ColumnElement[bool]) -> Statement:
    query = select(*_STOCK_COLUMNS, _has_expired).where(*conditions)
    return statement(query.order_by(stock.c.variant_id, stock.c.location).with_for_update(of=stock))


_LOCK_STOCK = _lock(*_OF_VARIANTS)
# The lines of an order are written once, so that what they name can be read before it is locked.
_LOCK_OF_ORDER = _lock(
    tuple_(stock.c.variant_id, stock.c.location).in_(
        select(reservation_lines.c.variant_id, reservation_lines.c.location).where(
            reservation_lines.c.order_id == bindparam("order_id", type_=Uuid)
        )
    )
)
_READ_STOCK = statement(select(*_STOCK_COLUMNS, _expired_count.label("expired_count")).where(*_OF_VARIANTS))
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
        WITH moved AS (
            UPDATE inventory.stock SET on_hand = new.on_hand, reserved = new.reserved,
                backorder_limit = new.backorder_limit, low_stock_threshold = new.low_stock_threshold,
                version = new.version, update_time = now()
            FROM unnest(cast(:variant_ids AS uuid[]), cast(:locations AS text[]), cast(:on_hand AS int[]),
                        cast(:reserved AS int[]), cast(:backorder_limits AS int[]), cast(:thresholds AS int[]),
                        cast(:versions AS bigint[]))
                AS new (variant_id, location, on_hand, reserved, backorder_limit, low_stock_threshold, version)
            WHERE stock.variant_id = new.variant_id AND stock.location = new.location
        )
        INSERT INTO inventory.movements (variant_id, location, version, kind, on_hand_delta, reserved_delta,
                                         order_id, reason)
        SELECT * FROM unnest(cast(:moved_variant_ids AS uuid[]), cast(:moved_locations AS text[]),
                             cast(:moved_versions AS bigint[]), cast(:kinds AS text[]),
                             cast(:on_hand_deltas AS int[]), cast(:reserved_deltas AS int[]),
                             cast(:order_ids AS uuid[]), cast(:reasons AS text[]))
        """
    )
)
_LIST_MOVEMENTS = statement(
    select(
        movements.c.variant_id,
        movements.c.location,
        movements.c.version,
        movements.c.kind,
        movements.c.on_hand_delta,
        movements.c.reserved_delta,
        movements.c.order_id,
        movements.c.reason,
        movements.c.create_time,
    )
    .where(
        movements.c.variant_id == bindparam("variant_id", type_=Uuid),
        movements.c.location == DEFAULT_LOCATION,
        movements.c.version < bindparam("before", type_=BigInteger),
    )
    .order_by(movements.c.version.desc())
    .limit(bindparam("count", type_=Integer))
)


class StockRepository:
    """Stock rows in a write transaction."""

    def __init__(self, uow: UnitOfWork, low_stock_threshold: int) -> None:
        self._uow = uow
        self._threshold = low_stock_threshold

    async def lock(self, variant_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Stock]:
        return _locked(await self._uow.fetch(_LOCK_STOCK, variant_ids=sorted(set(variant_ids))))

    async def lock_of_order(self, order_id: uuid.UUID) -> dict[uuid.UUID, Stock]:
        """Lock what the lines of an order name."""
        return _locked(await self._uow.fetch(_LOCK_OF_ORDER, order_id=order_id))

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
        """Write the counts and append the movements that made them."""
        moves = [movement for stock in stocks for movement in stock.movements]
        await self._uow.execute(
            _SAVE,
            variant_ids=[stock.variant_id for stock in stocks],
            locations=[stock.location for stock in stocks],
            on_hand=[stock.on_hand for stock in stocks],
            reserved=[stock.reserved for stock in stocks],
            backorder_limits=[stock.backorder_limit for stock in stocks],
            thresholds=[stock.low_stock_threshold for stock in stocks],
            versions=[stock.version for stock in stocks],
            moved_variant_ids=[move.variant_id for move in moves],
            moved_locations=[move.location for move in moves],
            moved_versions=[move.version for move in moves],
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


async def read_availability(unit: ReadUnit, variant_ids: Iterable[uuid.UUID]) -> list[Availability]:
    rows = await unit.fetch(_READ_STOCK, variant_ids=list(set(variant_ids)))
    return [Availability(_stock(row), row["expired_count"]) for row in rows]


async def read_owned(unit: ReadUnit, variant_id: uuid.UUID, principal: Principal) -> Availability | None:
    """One row for the shop that owns it, None where there is no row yet; for anybody else it is not there."""
    found = await read_availability(unit, [variant_id])
    if not found:
        return None
    if not may_see(found[0].stock.shop_id, principal):
        raise no_variant(variant_id)
    return found[0]


async def list_movements(unit: ReadUnit, variant_id: uuid.UUID, before: int, count: int) -> list[Record]:
    """The movements below version `before`, newest first."""
    return await unit.fetch(_LIST_MOVEMENTS, variant_id=variant_id, before=before, count=count)


def may_see(shop_id: uuid.UUID, principal: Principal) -> bool:
    return principal.is_admin or principal.can_act_for(shop_id)


def no_variant(variant_id: uuid.UUID) -> NotFound:
    return NotFound("VARIANT_NOT_FOUND", "There is no such variant.", variantId=str(variant_id))


def _locked(rows: Sequence[Record]) -> dict[uuid.UUID, Stock]:
    stocks = {row["variant_id"]: _stock(row) for row in rows}
    for row in rows:
        stocks[row["variant_id"]].has_expired = row["has_expired"]
    return stocks


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
        update_time=row["update_time"],
    )
