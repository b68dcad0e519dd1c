"""How a file of products comes into a shop: stored first, then read piece by piece, each piece a commit of its own."""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from mesh.database import Database, UnitOfWork
from mesh.errors import SoukError
from mesh.ids import new_id
from services.catalog import events
from services.catalog.domain.category import Category, CategoryTree, match_key
from services.catalog.domain.product import Product
from services.catalog.domain.shop import Shop
from services.catalog.domain.shopify import ImportedProduct, RowError, parse
from services.catalog.domain.slug import slug_of, with_suffix
from services.catalog.domain.upload import read_upload
from services.catalog.handlers.products import Shops, known_shop, publish_update, sanitised
from services.catalog.repository.categories import add_categories, read_tree
from services.catalog.repository.imports import (
    Chunk,
    Progress,
    add_import,
    claim_chunk,
    finish_import,
    next_chunk,
    next_import,
    packed,
    save_progress,
)
from services.catalog.repository.products import (
    insert_products,
    lock_by_handle,
    taken_skus,
    taken_slugs,
    update_products,
)
from services.catalog.repository.shops import lock_shop

# Called after each commit with the products that it changed.
Forget = Callable[[Sequence[uuid.UUID]], None]


def read_file(data: bytes) -> tuple[list[str], list[dict[str, Any]]]:
    """The header and the compressed pieces of a file; refused as a whole where it cannot be read to its end."""
    upload = read_upload(data)
    return upload.columns, [packed(position, piece) for position, piece in enumerate(upload.pieces)]


async def store_import(uow: UnitOfWork, shop: Shop, columns: list[str], pieces: list[dict[str, Any]]) -> uuid.UUID:
    """Keep a file for reading; one without rows is done at once."""
    shop.require_open()
    import_id = new_id()
    await add_import(uow, import_id, shop.shop_id, columns, pieces)
    if not pieces:
        await finish_import(uow, import_id, "SUCCEEDED")
    return import_id


async def run_imports(db: Database, shops: Shops, forget: Forget) -> None:
    """Read all imports that wait, the oldest first."""
    while True:
        async with db.read() as unit:
            import_id = await next_import(unit)
        if import_id is None:
            return
        await _run_import(db, shops, forget, import_id)


async def _run_import(db: Database, shops: Shops, forget: Forget, import_id: uuid.UUID) -> None:
    while True:
        async with db.read() as unit:
            chunk = await next_chunk(unit, import_id)
        if chunk is None:
            return
        try:
            shop = await known_shop(db, shops, chunk.shop_id)
        except SoukError as refusal:
            if not refusal.permanent:
                raise
            async with db.write() as uow:
                await finish_import(uow, import_id, "FAILED", refusal.message)
            return
        piece = chunk.piece
        found, errors = await asyncio.to_thread(parse, piece.text, chunk.columns, piece.first_line, shop.currency)
        async with db.write() as uow:
            changed = await import_piece(uow, shop, import_id, chunk, found, errors)
            if changed:
                uow.after_commit(partial(forget, changed))
        if chunk.is_last:
            return


async def import_piece(
    uow: UnitOfWork,
    shop: Shop,
    import_id: uuid.UUID,
    chunk: Chunk,
    found: Sequence[ImportedProduct],
    errors: Sequence[RowError],
) -> list[uuid.UUID]:
    """One commit of an import. Returns the products that it made or changed."""
    errors_before = await claim_chunk(uow, import_id, chunk.position)
    if errors_before is None:
        return []
    shop = await lock_shop(uow, shop)
    category_ids = await _categories_for(uow, found)
    known = await lock_by_handle(uow, shop.shop_id, {product.handle for product in found})
    whole, taken = await _without_taken_skus(uow, shop, found, known)
    created: list[Product] = []
    updated: list[Product] = []
    for imported in whole:
        fields = _fields_of(imported, category_ids)
        product = known.get(imported.handle)
        if product is None:
            product = Product.new(new_id(), shop.shop_id, fields)
            product.handle = imported.handle
            known[imported.handle] = product
            created.append(product)
        elif product not in created and _differs(product, fields):
            product.change(fields)
            updated.append(product)
    await _give_slugs(uow, created)
    await insert_products(uow, shop, created)
    await update_products(uow, shop, updated)
    for product in created:
        uow.publish(events.product_created(product), product.product_id, product.version)
    for product in updated:
        publish_update(uow, product)
    all_errors = sorted([*errors, *taken], key=lambda error: error.line)
    progress = Progress(chunk.piece.row_count, len(created), len(whole) - len(created), all_errors)
    await save_progress(uow, import_id, chunk.position, progress, errors_before)
    if chunk.is_last:
        await finish_import(uow, import_id, "SUCCEEDED")
    return [product.product_id for product in (*created, *updated)]


def _fields_of(imported: ImportedProduct, category_ids: dict[str, uuid.UUID]) -> dict[str, Any]:
    return {
        "title": imported.title,
        "description": sanitised(imported.body),
        "brand": imported.brand,
        "category_id": category_ids.get("/".join(imported.category_path)),
        "state": imported.state,
        "attributes": imported.attributes,
        "images": imported.images,
        "variants": imported.variants,
    }


def _differs(product: Product, fields: dict[str, Any]) -> bool:
    """Whether the file says anything new; its stock counts for new variants alone."""
    if any(getattr(product, name) != value for name, value in fields.items() if name != "variants"):
        return True
    return [(known.sku, known.price, known.options, known.weight_grams) for known in product.variants] != [
        (draft.sku, draft.price, draft.options, draft.weight_grams) for draft in fields["variants"]
    ]


async def _categories_for(uow: UnitOfWork, found: Iterable[ImportedProduct]) -> dict[str, uuid.UUID]:
    """The categories of the file by their path, those that are missing made at the top or under the one above."""
    tree = await read_tree(uow)
    ids: dict[str, uuid.UUID] = {}
    for path in sorted({product.category_path for product in found if product.category_path}):
        tree, ids["/".join(path)] = await _category_for(uow, tree, path)
    return ids


async def _category_for(uow: UnitOfWork, tree: CategoryTree, path: Sequence[str]) -> tuple[CategoryTree, uuid.UUID]:
    parent: Category | None = None
    for name in path:
        key = match_key(name)
        category = next((known for known in tree.categories if match_key(known.name) == key), None)
        if category is None:
            slug = slug_of(name)
            if tree.find(slug):
                slug = with_suffix(slug)
            category = Category(new_id(), name, slug, parent.category_id if parent else None)
            await add_categories(uow, [category])
            # Another import may have made it in between; what counts is the row that is there.
            tree = await read_tree(uow)
            category = tree.find(category.slug) or category
        parent = category
    assert parent is not None  # noqa: S101  # a path is never empty
    return tree, parent.category_id


async def _without_taken_skus(
    uow: UnitOfWork, shop: Shop, found: Sequence[ImportedProduct], known: dict[str, Product]
) -> tuple[list[ImportedProduct], list[RowError]]:
    """Leave out variants whose SKU another product of the shop has, and products of which nothing is left."""
    holders: dict[str, object] = dict(
        await taken_skus(uow, shop.shop_id, [draft.sku for product in found for draft in product.variants])
    )
    whole: list[ImportedProduct] = []
    errors: list[RowError] = []
    for product in found:
        own = known[product.handle].product_id if product.handle in known else product.handle
        free = []
        for draft, line in zip(product.variants, product.variant_lines, strict=True):
            if holders.setdefault(draft.sku, own) == own:
                free.append(draft)
            else:
                message = f"Another product of the shop has the SKU {draft.sku}."
                errors.append(RowError(line, "SKU_TAKEN", message, "Variant SKU", product.handle))
        if free:
            whole.append(product if len(free) == len(product.variants) else replace(product, variants=free))
    return whole, errors


async def _give_slugs(uow: UnitOfWork, created: Sequence[Product]) -> None:
    """The handle where nobody has it, else something like it."""
    wanted = {product.product_id: slug_of(product.handle or "") or slug_of(product.title) for product in created}
    taken = set(await taken_slugs(uow, [slug for slug in wanted.values() if slug]))
    for product in created:
        slug = wanted[product.product_id]
        product.slug = slug if slug and slug not in taken else with_suffix(slug)
        taken.add(product.slug)
