"""How products are made, changed and archived."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import nh3

from mesh.database import Database, ReadUnit, UnitOfWork
from mesh.errors import AlreadyExists, InvalidArgument, NotFound
from mesh.ids import new_id
from services.catalog import events
from services.catalog.domain.product import Image, Product, ProductState, VariantDraft
from services.catalog.domain.shop import Shop
from services.catalog.domain.slug import require_slug, slug_of, with_suffix
from services.catalog.repository.categories import read_tree
from services.catalog.repository.products import (
    insert_products,
    reserve_slug,
    taken_skus,
    taken_slugs,
    update_products,
)
from services.catalog.repository.shops import find_shop, lock_shop


class Shops(Protocol):
    """Who knows every shop, also one that the catalogue has not heard of yet."""

    async def find_shop(self, shop_id: uuid.UUID) -> Shop | None: ...


async def known_shop(db: Database, shops: Shops, shop_id: uuid.UUID) -> Shop:
    """The copy of a shop, or what its owner says where there is none. Raises SHOP_NOT_FOUND, SHOP_NOT_OPEN."""
    async with db.read() as unit:
        shop = await find_shop(unit, shop_id)
    shop = shop or await shops.find_shop(shop_id)
    if shop is None:
        raise NotFound("SHOP_NOT_FOUND", "There is no such shop.", shopId=str(shop_id))
    shop.require_open()
    return shop


async def create_product(
    uow: UnitOfWork,
    shop: Shop,
    *,
    title: str,
    variants: Sequence[VariantDraft],
    slug: str = "",
    description: str = "",
    brand: str = "",
    category: str = "",
    state: ProductState = ProductState.ACTIVE,
    images: Sequence[Image] = (),
    attributes: Mapping[str, str] | None = None,
) -> Product:
    """Make a product; `category` is an id or a slug."""
    shop = await lock_shop(uow, shop)
    shop.require_open()
    changes = {
        "title": title,
        "description": sanitised(description),
        "brand": brand.strip(),
        "category_id": await find_category(uow, category),
        "state": require_state(state),
        "images": images,
        "attributes": dict(attributes or {}),
        "variants": variants,
    }
    product = Product.new(new_id(), shop.shop_id, changes)
    product.slug = await _slug_for(uow, product, slug)
    await _refuse_taken_skus(uow, product)
    await insert_products(uow, shop, [product])
    uow.publish(events.product_created(product), product.product_id, product.version)
    return product


async def update_product(
    uow: UnitOfWork, shop: Shop, product: Product, changes: dict[str, Any], expected_version: int | None = None
) -> Product:
    """Change a locked product; `changes` are named as the fields of Product, `category` and `variants` as handed in."""
    product.require_version(expected_version)
    shop = await lock_shop(uow, shop)
    if "category" in changes:
        changes["category_id"] = await find_category(uow, changes.pop("category"))
    if "description" in changes:
        changes["description"] = sanitised(changes["description"])
    if "state" in changes:
        require_state(changes["state"])
    if "slug" in changes:
        changes["slug"] = await _slug_for(uow, product, changes["slug"])
    product.change(changes)
    await _refuse_taken_skus(uow, product)
    await update_products(uow, shop, [product])
    publish_update(uow, product)
    return product


async def archive_product(uow: UnitOfWork, shop: Shop, product: Product) -> Product:
    """Archive a locked product; one that is archived already stays as it is."""
    if product.state is not ProductState.ARCHIVED:
        product.archive()
        await update_products(uow, await lock_shop(uow, shop), [product])
        uow.publish(events.product_archived(product), product.product_id, product.version)
    return product


def publish_update(uow: UnitOfWork, product: Product) -> None:
    uow.publish(events.product_updated(product), product.product_id, product.version)
    for change in product.price_changes:
        uow.publish(events.price_changed(product, change), product.product_id, product.version)


def sanitised(html: str) -> str:
    """HTML without anything that could run or load by itself."""
    return nh3.clean(html).strip()


def require_state(state: ProductState) -> ProductState:
    if state is ProductState.ARCHIVED:
        message = "A product is DRAFT or ACTIVE; to archive it, delete it."
        raise InvalidArgument("STATE_INVALID", message, fields={"state": "is neither DRAFT nor ACTIVE"})
    return state


async def find_category(unit: ReadUnit, id_or_slug: str) -> uuid.UUID | None:
    if not id_or_slug:
        return None
    found = (await read_tree(unit)).find(id_or_slug)
    if found is None:
        raise NotFound("CATEGORY_NOT_FOUND", "There is no such category.", categoryId=id_or_slug)
    return found.category_id


async def _slug_for(uow: UnitOfWork, product: Product, asked: str) -> str:
    """The slug that was asked for, or one out of the title that nobody has."""
    slug = require_slug(asked) if asked else slug_of(product.title) or "product"
    await reserve_slug(uow, slug)
    holder = (await taken_slugs(uow, [slug])).get(slug, product.product_id)
    if holder == product.product_id:
        return slug
    if asked:
        raise AlreadyExists("SLUG_TAKEN", f"Another product has the slug {slug}.", slug=slug)
    return with_suffix(slug)


async def _refuse_taken_skus(unit: ReadUnit, product: Product) -> None:
    taken = await taken_skus(unit, product.shop_id, [variant.sku for variant in product.variants])
    for sku, holder in taken.items():
        if holder != product.product_id:
            raise AlreadyExists("SKU_TAKEN", f"Another product of the shop has the SKU {sku}.", sku=sku)
