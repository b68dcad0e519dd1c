"""The copy of what can be bought, guarded by inventory's version."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import Integer, Uuid, bindparam, select, text, update

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.statement import statement
from services.catalog.tables import variants

_INT32_MAX = 2**31 - 1
_APPLY_STOCK = statement(
    update(variants)
    .where(
        variants.c.id == bindparam("variant_id", type_=Uuid),
        variants.c.stock_version < bindparam("version", type_=variants.c.stock_version.type),
    )
    .values(available=bindparam("count", type_=variants.c.available.type), stock_version=bindparam("version"))
    .returning(variants.c.product_id)
)
_APPLY_STOCKS = statement(
    text(
        """
        UPDATE catalog.variants SET available = new.available, stock_version = new.version
        FROM unnest(cast(:variant_ids AS uuid[]), cast(:counts AS int[]), cast(:versions AS bigint[]))
            AS new (id, available, version)
        WHERE variants.id = new.id AND variants.stock_version < new.version
        RETURNING variants.product_id
        """
    )
)
_APPLY_AVAILABLE = statement(
    text(
        """
        UPDATE catalog.products SET available = now_available
        FROM (SELECT product_id, bool_or(available > 0 AND NOT withdrawn) AS now_available FROM catalog.variants
              WHERE product_id = ANY (cast(:product_ids AS uuid[])) GROUP BY product_id) AS stock
        WHERE id = product_id AND available <> now_available
        """
    )
)
_AVAILABILITY_PAGE = statement(
    select(variants.c.id, variants.c.available, variants.c.stock_version, variants.c.product_id)
    .where(variants.c.id > bindparam("after", type_=Uuid))
    .order_by(variants.c.id)
    .limit(bindparam("count", type_=Integer))
)


async def apply_stock(uow: UnitOfWork, variant_id: uuid.UUID, count: int, version: int) -> uuid.UUID | None:
    """Take up what inventory says where it is newer, and return the product that it is about."""
    product_id: uuid.UUID | None = await uow.fetch_value(
        _APPLY_STOCK, variant_id=variant_id, count=count, version=version
    )
    return product_id


async def apply_stocks(uow: UnitOfWork, told: Mapping[uuid.UUID, tuple[int, int]]) -> set[uuid.UUID]:
    """The same for several variants, each with its count and version; returns their products."""
    variant_ids = sorted(told)
    rows = await uow.fetch(
        _APPLY_STOCKS,
        variant_ids=variant_ids,
        counts=[told[variant_id][0] for variant_id in variant_ids],
        versions=[told[variant_id][1] for variant_id in variant_ids],
    )
    return {row["product_id"] for row in rows}


async def apply_availability(uow: UnitOfWork, product_ids: Sequence[uuid.UUID]) -> int:
    """Bring the products' own marks in line with their variants, and return how many turned."""
    return await uow.execute(_APPLY_AVAILABLE, product_ids=list(product_ids))


def storable(available: int) -> int:
    """So many as the copy can say."""
    return min(max(available, 0), _INT32_MAX)


async def page_of_availability(unit: ReadUnit, after: uuid.UUID, count: int) -> list[Record]:
    return await unit.fetch(_AVAILABILITY_PAGE, after=after, count=count)
