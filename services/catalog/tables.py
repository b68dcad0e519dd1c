"""Categories, products and imports, with copies of shops and of what can be bought.

Retention: products for ever, orders name them; imports 90 days, the pieces of their files until they are read.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import BYTEA, CHAR, JSONB

from mesh.tables import service_metadata, time_column

metadata = service_metadata("catalog")
_LISTED = text("listed")

categories = Table(
    "categories",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("parent_id", Uuid, ForeignKey("catalog.categories.id")),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False, unique=True),
    time_column("create_time", default=True),
)

# A copy of seller's facts, guarded by their version.
shops = Table(
    "shops",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("version", BigInteger, nullable=False),
    time_column("update_time", default=True),
)

products = Table(
    "products",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("shop_id", Uuid, ForeignKey("catalog.shops.id"), nullable=False),
    Column("slug", Text, nullable=False, unique=True),
    # The name in the shop's own export, by which an import finds the product again.
    Column("handle", Text),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("category_id", Uuid, ForeignKey("catalog.categories.id")),
    Column("state", Text, nullable=False),
    Column("images", JSONB, nullable=False),
    Column("attributes", JSONB, nullable=False),
    # What lists need, so that a page is one index range of one table.
    Column("image_url", Text, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("price_from", BigInteger, nullable=False),
    Column("available", Boolean, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    CheckConstraint("state IN ('DRAFT', 'ACTIVE', 'ARCHIVED')", name="state_known"),
    CheckConstraint("NOT listed OR state = 'ACTIVE'", name="listed_is_active"),
    Index("ix_products_shop_id", "shop_id", "id"),
    Index("ix_products_listed", "id", postgresql_where=_LISTED),
    Index("ix_products_listed_title", "title", "id", postgresql_where=_LISTED),
    Index("ix_products_listed_price", "currency", "price_from", "id", postgresql_where=_LISTED),
    Index("ix_products_listed_category", "category_id", "id", postgresql_where=_LISTED),
    Index("ix_products_listed_category_price", "category_id", "currency", "price_from", "id", postgresql_where=_LISTED),
    Index(
        "uq_products_shop_id_handle",
        "shop_id",
        "handle",
        unique=True,
        postgresql_where=text("handle IS NOT NULL AND state <> 'ARCHIVED'"),
    ),
)

variants = Table(
    "variants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("product_id", Uuid, ForeignKey("catalog.products.id"), nullable=False),
    Column("shop_id", Uuid, nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("sku", Text, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("options", JSONB, nullable=False),
    Column("weight_grams", Integer, nullable=False),
    # A copy of inventory's fact, guarded by its version. Version 0: the initial stock, which inventory takes from us.
    Column("available", Integer, nullable=False),
    Column("stock_version", BigInteger, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    CheckConstraint("price >= 0", name="price_not_negative"),
    Index("ix_variants_product_id", "product_id", "position"),
    Index("uq_variants_shop_id_sku", "shop_id", "sku", unique=True, postgresql_where=text("NOT withdrawn")),
    # What can be bought changes with every order: room on the page keeps the update off the indexes.
    postgresql_with={"fillfactor": "80"},
)

imports = Table(
    "imports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("shop_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("columns", JSONB, nullable=False),
    Column("chunk_count", Integer, nullable=False),
    # The first piece that is not read yet: it moves with the commit of the piece before.
    Column("next_chunk", Integer, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("created_count", Integer, nullable=False),
    Column("updated_count", Integer, nullable=False),
    Column("error_count", Integer, nullable=False),
    Column("message", Text, nullable=False),
    time_column("create_time", default=True),
    time_column("finish_time", nullable=True),
    CheckConstraint("state IN ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED')", name="state_known"),
    Index("ix_imports_open", "id", postgresql_where=text("state IN ('PENDING', 'RUNNING')")),
)

# The file in pieces of whole products, compressed; a piece goes when it is read.
import_chunks = Table(
    "import_chunks",
    metadata,
    Column("import_id", Uuid, ForeignKey("catalog.imports.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("first_line", Integer, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("data", BYTEA, nullable=False),
    PrimaryKeyConstraint("import_id", "position"),
)

import_errors = Table(
    "import_errors",
    metadata,
    Column("import_id", Uuid, ForeignKey("catalog.imports.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("column_name", Text, nullable=False),
    Column("handle", Text, nullable=False),
    Column("message", Text, nullable=False),
    PrimaryKeyConstraint("import_id", "line", "place"),
)
