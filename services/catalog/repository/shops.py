"""The copies of shops."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Text, Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import CHAR, insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.statement import any_of, statement
from services.catalog.domain.shop import Shop
from services.catalog.tables import products, shops

_COLUMNS = (shops.c.id, shops.c.name, shops.c.state, shops.c.currency, shops.c.version)
_id = bindparam("shop_id", type_=Uuid)
_FIND = statement(select(*_COLUMNS).where(shops.c.id == _id))
# Shared: products of one shop are made side by side, but not while the shop is verified or suspended.
_LOCK = statement(select(*_COLUMNS).where(shops.c.id == _id).with_for_update(read=True))
_row = {
    "id": _id,
    "name": bindparam("name", type_=Text),
    "state": bindparam("state", type_=Text),
    "currency": bindparam("currency", type_=CHAR(3)),
    "version": bindparam("version", type_=BigInteger),
}
_INSERT = statement(insert(shops).values(_row).on_conflict_do_nothing())
_upsert = insert(shops).values(_row)
_UPSERT = statement(
    _upsert.on_conflict_do_update(
        index_elements=[shops.c.id],
        set_={name: _upsert.excluded[name] for name in ("name", "state", "currency", "version")}
        | {"update_time": func.now()},
        where=shops.c.version < _upsert.excluded.version,
    )
)
_RELIST = statement(
    update(products)
    .where(products.c.shop_id == _id, products.c.listed != (products.c.state == "ACTIVE") & bindparam("sells"))
    .values(listed=~products.c.listed)
)
_PRODUCT_IDS = statement(select(products.c.id).where(products.c.shop_id == _id))
_BETWEEN = statement(
    select(*_COLUMNS, shops.c.update_time).where(
        shops.c.id > bindparam("after", type_=Uuid), shops.c.id <= bindparam("until", type_=Uuid)
    )
)
_VERSIONS = statement(select(shops.c.id, shops.c.version).where(shops.c.id == any_of("shop_ids", Uuid)))


def _shop(row: Record) -> Shop:
    return Shop(row["id"], row["name"], row["state"], row["currency"], row["version"])


async def find_shop(unit: ReadUnit, shop_id: uuid.UUID) -> Shop | None:
    row = await unit.fetch_one(_FIND, shop_id=shop_id)
    return _shop(row) if row else None


async def lock_shop(uow: UnitOfWork, shop: Shop) -> Shop:
    """Keep the copy from changing until the commit; `shop` is kept first where there is none."""
    row = await uow.fetch_one(_LOCK, shop_id=shop.shop_id)
    if row is None:
        await uow.execute(_INSERT, **_values(shop))
        row = await uow.fetch_one(_LOCK, shop_id=shop.shop_id)
    return _shop(row) if row else shop


async def save_shop(uow: UnitOfWork, shop: Shop) -> bool:
    """Take up a newer copy and show or hide the shop's products with it; false where it is not newer."""
    if not await uow.execute(_UPSERT, **_values(shop)):
        return False
    await uow.execute(_RELIST, shop_id=shop.shop_id, sells=shop.sells)
    return True


async def product_ids_of(unit: ReadUnit, shop_id: uuid.UUID) -> list[uuid.UUID]:
    return [row["id"] for row in await unit.fetch(_PRODUCT_IDS, shop_id=shop_id)]


async def shops_between(unit: ReadUnit, after: uuid.UUID, until: uuid.UUID) -> list[tuple[Shop, datetime]]:
    """The copies of a range of ids, the last one included, each with the time of its last change."""
    return [(_shop(row), row["update_time"]) for row in await unit.fetch(_BETWEEN, after=after, until=until)]


async def shop_versions(unit: ReadUnit, shop_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The versions of the copies that there are."""
    return {row["id"]: row["version"] for row in await unit.fetch(_VERSIONS, shop_ids=shop_ids)}


def _values(shop: Shop) -> dict[str, object]:
    return {
        "shop_id": shop.shop_id,
        "name": shop.name,
        "state": shop.state,
        "currency": shop.currency,
        "version": shop.version,
    }
