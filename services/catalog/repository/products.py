"""Products and variants for those who change them."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
from sqlalchemy import Text, Uuid, bindparam, insert, select, text, update
from sqlalchemy.dialects import postgresql

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import Aborted, AlreadyExists, NotFound
from mesh.money import Money
from mesh.principal import Principal
from mesh.statement import any_of, statement
from services.catalog.domain.product import Image, Product, ProductState, Variant
from services.catalog.domain.shop import Shop
from services.catalog.repository.availability import apply_availability
from services.catalog.tables import products, variants

_shop_id = bindparam("shop_id", type_=Uuid)
_PRODUCT_COLUMNS = (
    products.c.id,
    products.c.shop_id,
    products.c.slug,
    products.c.handle,
    products.c.title,
    products.c.description,
    products.c.brand,
    products.c.category_id,
    products.c.state,
    products.c.images,
    products.c.attributes,
    products.c.version,
    products.c.create_time,
    products.c.update_time,
)
_VARIANT_COLUMNS = (
    variants.c.product_id,
    variants.c.id,
    variants.c.sku,
    variants.c.currency,
    variants.c.price,
    variants.c.options,
    variants.c.weight_grams,
    variants.c.available,
    variants.c.stock_version,
    variants.c.withdrawn,
)
_FIND = statement(select(*_PRODUCT_COLUMNS).where(products.c.id == any_of("product_ids", Uuid)))
_LOCK = statement(
    select(*_PRODUCT_COLUMNS)
    .where(products.c.id == any_of("product_ids", Uuid))
    .order_by(products.c.id)
    .with_for_update()
)
_LOCK_BY_HANDLE = statement(
    select(*_PRODUCT_COLUMNS)
    # Not a parameter: the partial index serves no other state, and the plan is made before parameters are known.
    .where(products.c.shop_id == _shop_id, products.c.handle == any_of("texts", Text), text("state <> 'ARCHIVED'"))
    .order_by(products.c.id)
    .with_for_update()
)
_VARIANTS = statement(
    select(*_VARIANT_COLUMNS).where(variants.c.product_id == any_of("product_ids", Uuid)).order_by(variants.c.position)
)
_TAKEN_SKUS = statement(
    select(variants.c.sku, variants.c.product_id).where(
        variants.c.shop_id == _shop_id, variants.c.sku == any_of("texts", Text), ~variants.c.withdrawn
    )
)
_TAKEN_SLUGS = statement(select(products.c.slug, products.c.id).where(products.c.slug == any_of("texts", Text)))
_RESERVE_SLUG = statement(text("SELECT pg_advisory_xact_lock(hashtextextended('catalog slug ' || :slug, 0))"))
_ID_OF_SLUG = statement(select(products.c.id).where(products.c.slug == bindparam("slug", type_=Text)))

_CHANGED = {
    name: bindparam(name, type_=products.c[name].type)
    for name in (
        "slug",
        "title",
        "description",
        "brand",
        "category_id",
        "state",
        "images",
        "attributes",
        "image_url",
        "currency",
        "price_from",
        "available",
        "listed",
        "version",
        "update_time",
    )
}
_INSERT = statement(
    insert(products).values(
        id=bindparam("product_id", type_=Uuid),
        shop_id=_shop_id,
        handle=bindparam("handle", type_=Text),
        create_time=bindparam("create_time", type_=products.c.create_time.type),
        **_CHANGED,
    )
)
_UPDATE = statement(update(products).where(products.c.id == bindparam("product_id", type_=Uuid)).values(**_CHANGED))
_variant_values = {
    name: bindparam(name, type_=variants.c[name].type)
    for name in (
        "product_id",
        "shop_id",
        "position",
        "sku",
        "currency",
        "price",
        "options",
        "weight_grams",
        "available",
        "stock_version",
        "withdrawn",
    )
}
_insert_variant = postgresql.insert(variants).values(id=bindparam("variant_id", type_=Uuid), **_variant_values)
# What can be bought is inventory's to tell: an update leaves the copy alone.
_UPSERT_VARIANT = statement(
    _insert_variant.on_conflict_do_update(
        index_elements=[variants.c.id],
        set_={
            name: _insert_variant.excluded[name]
            for name in ("position", "sku", "price", "options", "weight_grams", "withdrawn")
        },
    )
)
_INSERT_VARIANT = statement(_insert_variant)


async def lock_owned(uow: UnitOfWork, product_id: uuid.UUID, principal: Principal) -> Product:
    """Lock a product for the shop that sells it; for anybody else it is not there."""
    found = await _with_variants(uow, await uow.fetch(_LOCK, product_ids=[product_id]))
    return _require_owned(found, product_id, principal)


async def find_owned(unit: ReadUnit, product_id: uuid.UUID, principal: Principal) -> Product:
    """A product in any state for the shop that sells it; for anybody else it is not there."""
    found = await _with_variants(unit, await unit.fetch(_FIND, product_ids=[product_id]))
    return _require_owned(found, product_id, principal)


async def find_product(unit: ReadUnit, product_id: uuid.UUID) -> Product | None:
    found = await _with_variants(unit, await unit.fetch(_FIND, product_ids=[product_id]))
    return found[0] if found else None


async def lock_by_handle(uow: UnitOfWork, shop_id: uuid.UUID, handles: Collection[str]) -> dict[str, Product]:
    rows = await uow.fetch(_LOCK_BY_HANDLE, shop_id=shop_id, texts=list(handles))
    return {product.handle or "": product for product in await _with_variants(uow, rows)}


async def id_of_slug(unit: ReadUnit, slug: str) -> uuid.UUID | None:
    found: uuid.UUID | None = await unit.fetch_value(_ID_OF_SLUG, slug=slug)
    return found


async def taken_skus(unit: ReadUnit, shop_id: uuid.UUID, skus: Iterable[str]) -> dict[str, uuid.UUID]:
    """Which SKUs are in use in the shop, and by which product."""
    rows = await unit.fetch(_TAKEN_SKUS, shop_id=shop_id, texts=list(skus))
    return {row["sku"]: row["product_id"] for row in rows}


async def taken_slugs(unit: ReadUnit, slugs: Iterable[str]) -> dict[str, uuid.UUID]:
    """Which slugs are in use, and by which product."""
    return {row["slug"]: row["id"] for row in await unit.fetch(_TAKEN_SLUGS, texts=list(slugs))}


async def reserve_slug(uow: UnitOfWork, slug: str) -> None:
    """Wait for whoever is just taking the slug, and keep others from it until the commit."""
    await uow.execute(_RESERVE_SLUG, slug=slug)


async def insert_products(uow: UnitOfWork, shop: Shop, added: Sequence[Product]) -> None:
    with _taken():
        await uow.execute_many(_INSERT, [{**_row(shop, product), **_identity(product)} for product in added])
        await uow.execute_many(_INSERT_VARIANT, [row for product in added for row in _variant_rows(product)])


async def update_products(uow: UnitOfWork, shop: Shop, changed: Sequence[Product]) -> None:
    with _taken():
        rows = [{**_row(shop, product), "product_id": product.product_id} for product in changed]
        await uow.execute_many(_UPDATE, rows)
        await uow.execute_many(_UPSERT_VARIANT, [row for product in changed for row in _variant_rows(product)])
    # The stock may have moved since the variants were read: their rows are not locked.
    await apply_availability(uow, [product.product_id for product in changed])


@contextmanager
def _taken() -> Iterator[None]:
    """Tell what another commit took between our look and our write."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "uq_variants_shop_id_sku":
            raise AlreadyExists("SKU_TAKEN", "Another product of the shop has one of the SKUs.") from None
        raise Aborted("DATABASE_CONFLICT", "Another change was faster; try again.") from None


async def _with_variants(unit: ReadUnit, rows: Sequence[Record]) -> list[Product]:
    if not rows:
        return []
    found = {row["id"]: _product(row) for row in rows}
    for row in await unit.fetch(_VARIANTS, product_ids=list(found)):
        found[row["product_id"]].all_variants.append(_variant(row))
    return list(found.values())


def _require_owned(found: Sequence[Product], product_id: uuid.UUID, principal: Principal) -> Product:
    if not found or not (principal.is_admin or principal.can_act_for(found[0].shop_id)):
        raise NotFound("PRODUCT_NOT_FOUND", "There is no such product.", productId=str(product_id))
    return found[0]


def _product(row: Record) -> Product:
    return Product(
        product_id=row["id"],
        shop_id=row["shop_id"],
        slug=row["slug"],
        handle=row["handle"],
        title=row["title"],
        description=row["description"],
        brand=row["brand"],
        category_id=row["category_id"],
        state=ProductState(row["state"]),
        images=[Image(**image) for image in row["images"]],
        attributes=row["attributes"],
        version=row["version"],
        create_time=row["create_time"],
        update_time=row["update_time"],
    )


def _variant(row: Mapping[str, Any]) -> Variant:
    return Variant(
        variant_id=row["id"],
        sku=row["sku"],
        price=Money(row["currency"], row["price"]),
        options=row["options"],
        weight_grams=row["weight_grams"],
        available=row["available"],
        stock_version=row["stock_version"],
        withdrawn=row["withdrawn"],
    )


def _identity(product: Product) -> dict[str, Any]:
    return {
        "product_id": product.product_id,
        "shop_id": product.shop_id,
        "handle": product.handle,
        "create_time": product.create_time,
    }


def _row(shop: Shop, product: Product) -> dict[str, Any]:
    price_from = product.price_from
    return {
        "slug": product.slug,
        "title": product.title,
        "description": product.description,
        "brand": product.brand,
        "category_id": product.category_id,
        "state": product.state.value,
        "images": [{"url": image.url, "alt": image.alt, "primary": image.primary} for image in product.images],
        "attributes": product.attributes,
        "image_url": product.image_url,
        "currency": price_from.currency,
        "price_from": price_from.amount,
        "available": product.available,
        "listed": product.state is ProductState.ACTIVE and shop.sells,
        "version": product.version,
        "update_time": product.update_time,
    }


def _variant_rows(product: Product) -> list[dict[str, Any]]:
    return [
        {
            "variant_id": variant.variant_id,
            "product_id": product.product_id,
            "shop_id": product.shop_id,
            "position": position,
            "sku": variant.sku,
            "currency": variant.price.currency,
            "price": variant.price.amount,
            "options": variant.options,
            "weight_grams": variant.weight_grams,
            "available": variant.available,
            "stock_version": variant.stock_version,
            "withdrawn": variant.withdrawn,
        }
        for position, variant in enumerate(product.all_variants)
    ]
