"""Categories."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select, text

from mesh.database import ReadUnit, UnitOfWork
from mesh.statement import statement
from services.catalog.domain.category import Category, CategoryTree
from services.catalog.tables import categories, products

_ALL = statement(select(categories.c.id, categories.c.name, categories.c.slug, categories.c.parent_id))
_COUNTS = statement(
    select(products.c.category_id, func.count().label("product_count"))
    .where(products.c.listed, products.c.category_id.is_not(None))
    .group_by(products.c.category_id)
)
_INSERT = statement(
    text(
        """
        INSERT INTO catalog.categories (id, parent_id, name, slug) VALUES (:category_id, :parent_id, :name, :slug)
        ON CONFLICT DO NOTHING
        """
    )
)


async def read_tree(unit: ReadUnit) -> CategoryTree:
    rows = await unit.fetch(_ALL)
    return CategoryTree.of(Category(row["id"], row["name"], row["slug"], row["parent_id"]) for row in rows)


async def count_products(unit: ReadUnit) -> dict[uuid.UUID, int]:
    """How many products are listed in each category itself."""
    return {row["category_id"]: row["product_count"] for row in await unit.fetch(_COUNTS)}


async def add_categories(uow: UnitOfWork, added: Sequence[Category]) -> None:
    for category in added:
        await uow.execute(
            _INSERT,
            category_id=category.category_id,
            parent_id=category.parent_id,
            name=category.name,
            slug=category.slug,
        )
