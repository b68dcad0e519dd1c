"""Pages of products and batches of variants: read only, straight from an index."""

import uuid
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    func,
    lateral,
    select,
    true,
    tuple_,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import CHAR

from mesh.database import ReadUnit, Record
from mesh.statement import Statement, any_of, statement
from services.catalog.tables import products, shops, variants

_SUMMARY = (
    products.c.id,
    products.c.slug,
    products.c.title,
    products.c.shop_id,
    products.c.currency,
    products.c.price_from,
    products.c.image_url,
    products.c.available,
    products.c.state,
)


class Order(NamedTuple):
    """An order of a list: the columns of its key, all in one direction, the id last."""

    columns: tuple[str, ...]
    descending: bool = False


ORDERS = {
    "newest": Order(("id",), descending=True),
    "price": Order(("currency", "price_from", "id")),
    "price asc": Order(("currency", "price_from", "id")),
    "price desc": Order(("currency", "price_from", "id"), descending=True),
    "title": Order(("title", "id")),
}
_TYPES: dict[str, Any] = {"id": Uuid, "currency": CHAR(3), "price_from": BigInteger, "title": Text}


@cache
def _page_statement(order_by: str, *, by_category: bool, by_shop: bool, everything: bool, after: bool) -> Statement:
    """One page: of everything in a shop, or of what is listed."""
    order = ORDERS[order_by]
    conditions: list[ColumnElement[bool]] = []
    if everything:
        state = bindparam("state", type_=Text)
        conditions.append((products.c.state == state) | (state == ""))
    else:
        conditions.append(products.c.listed)
    if by_shop:
        conditions.append(products.c.shop_id == bindparam("shop_id", type_=Uuid))
    if after:
        key = tuple_(*(products.c[name] for name in order.columns))
        # The cast keeps a char(3) from being compared as text, which no index of it serves.
        last = tuple_(
            *(sql_cast(bindparam(f"after_{name}", type_=_TYPES[name]), _TYPES[name]) for name in order.columns)
        )
        conditions.append(key < last if order.descending else key > last)
    page = select(*_SUMMARY).where(*conditions)
    source = _of_each_category(page, order) if by_category else _first(page, order, products.c).subquery("page")
    whole = select(source, shops.c.name.label("shop_name")).join_from(source, shops, shops.c.id == source.c.shop_id)
    return statement(_first(whole, order, source.c))


def _of_each_category(page: Select[Any], order: Order) -> Any:
    """A page of each category below, out of its own index range, to be merged: a category may be large."""
    category = (
        func.unnest(bindparam("category_ids", type_=ARRAY(Uuid))).table_valued("id").render_derived(name="category")
    )
    of_one = lateral(_first(page.where(products.c.category_id == category.c.id), order, products.c), "of_one")
    return select(of_one).select_from(category).join(of_one, true()).subquery("page")


def _first(query: Select[Any], order: Order, columns: Any) -> Select[Any]:
    """The first rows of a query in the order of the list."""
    keys = [columns[name] for name in order.columns]
    ordered = query.order_by(*(key.desc() if order.descending else key for key in keys))
    return ordered.limit(bindparam("count", type_=Integer))


_DETAILS = statement(
    select(
        variants.c.id,
        variants.c.product_id,
        variants.c.shop_id,
        variants.c.sku,
        variants.c.options,
        variants.c.currency,
        variants.c.price,
        variants.c.weight_grams,
        variants.c.withdrawn,
        variants.c.stock_version,
        products.c.title,
        products.c.image_url,
        products.c.listed,
        shops.c.name.label("shop_name"),
    )
    .join_from(variants, products, products.c.id == variants.c.product_id)
    .join(shops, shops.c.id == variants.c.shop_id)
    .where(variants.c.id == any_of("variant_ids", Uuid))
)

_PLACES = statement(
    select(
        variants.c.id,
        variants.c.product_id,
        variants.c.shop_id,
        variants.c.available,
        variants.c.stock_version,
        products.c.update_time,
    )
    .join_from(variants, products, products.c.id == variants.c.product_id)
    .where(variants.c.id > bindparam("after", type_=Uuid))
    .order_by(variants.c.id)
    .limit(bindparam("count", type_=Integer))
)


async def list_products(
    unit: ReadUnit,
    order_by: str,
    count: int,
    *,
    category_ids: Sequence[uuid.UUID] | None = None,
    shop_id: uuid.UUID | None = None,
    after: Sequence[Any] | None = None,
) -> list[Record]:
    """Listed products; `after` is the key of the last one seen."""
    parameters = _parameters(order_by, count, after)
    if category_ids is not None:
        parameters["category_ids"] = list(category_ids)
    if shop_id is not None:
        parameters["shop_id"] = shop_id
    page = _page_statement(
        order_by,
        by_category=category_ids is not None,
        by_shop=shop_id is not None,
        everything=False,
        after=after is not None,
    )
    return await unit.fetch(page, **parameters)


async def list_shop_products(
    unit: ReadUnit, shop_id: uuid.UUID, state: str, count: int, after: Sequence[Any] | None
) -> list[Record]:
    """A shop's products in a state, or in all of them where it is empty, newest first."""
    page = _page_statement("newest", by_category=False, by_shop=True, everything=True, after=after is not None)
    return await unit.fetch(page, shop_id=shop_id, state=state, **_parameters("newest", count, after))


def _parameters(order_by: str, count: int, after: Sequence[Any] | None) -> dict[str, Any]:
    names = (f"after_{name}" for name in ORDERS[order_by].columns)
    return {"count": count, **dict(zip(names, after or (), strict=False))}


async def read_variants(unit: ReadUnit, variant_ids: Iterable[uuid.UUID]) -> list[Record]:
    return await unit.fetch(_DETAILS, variant_ids=list(set(variant_ids)))


async def list_places(unit: ReadUnit, after: uuid.UUID, count: int) -> list[Record]:
    """All variants in order of their ids, with what inventory needs to know of each."""
    return await unit.fetch(_PLACES, after=after, count=count)
