"""Initial."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mesh.migrations import create_mesh_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_mesh_tables(op, "catalog")
    op.create_table(
        "categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["catalog.categories.id"], name=op.f("fk_categories_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("slug", name=op.f("uq_categories_slug")),
        schema="catalog",
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("chunk_count", sa.Integer(), nullable=False),
        sa.Column("next_chunk", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("created_count", sa.Integer(), nullable=False),
        sa.Column("updated_count", sa.Integer(), nullable=False),
        sa.Column("error_count", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finish_time", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED')", name=op.f("ck_imports_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        schema="catalog",
    )
    op.create_index(
        "ix_imports_open",
        "imports",
        ["id"],
        unique=False,
        schema="catalog",
        postgresql_where=sa.text("state IN ('PENDING', 'RUNNING')"),
    )
    op.create_table(
        "shops",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shops")),
        schema="catalog",
    )
    op.create_table(
        "import_chunks",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("data", postgresql.BYTEA(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["catalog.imports.id"], name=op.f("fk_import_chunks_import_id")),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_import_chunks")),
        schema="catalog",
    )
    op.create_table(
        "import_errors",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["catalog.imports.id"], name=op.f("fk_import_errors_import_id")),
        sa.PrimaryKeyConstraint("import_id", "line", "place", name=op.f("pk_import_errors")),
        schema="catalog",
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("images", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("price_from", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("NOT listed OR state = 'ACTIVE'", name=op.f("ck_products_listed_is_active")),
        sa.CheckConstraint("state IN ('DRAFT', 'ACTIVE', 'ARCHIVED')", name=op.f("ck_products_state_known")),
        sa.ForeignKeyConstraint(["category_id"], ["catalog.categories.id"], name=op.f("fk_products_category_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["catalog.shops.id"], name=op.f("fk_products_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("slug", name=op.f("uq_products_slug")),
        schema="catalog",
    )
    op.create_index(
        "ix_products_listed", "products", ["id"], unique=False, schema="catalog", postgresql_where=sa.text("listed")
    )
    op.create_index(
        "ix_products_listed_category",
        "products",
        ["category_id", "id"],
        unique=False,
        schema="catalog",
        postgresql_where=sa.text("listed"),
    )
    op.create_index(
        "ix_products_listed_category_price",
        "products",
        ["category_id", "currency", "price_from", "id"],
        unique=False,
        schema="catalog",
        postgresql_where=sa.text("listed"),
    )
    op.create_index(
        "ix_products_listed_price",
        "products",
        ["currency", "price_from", "id"],
        unique=False,
        schema="catalog",
        postgresql_where=sa.text("listed"),
    )
    op.create_index(
        "ix_products_listed_title",
        "products",
        ["title", "id"],
        unique=False,
        schema="catalog",
        postgresql_where=sa.text("listed"),
    )
    op.create_index("ix_products_shop_id", "products", ["shop_id", "id"], unique=False, schema="catalog")
    op.create_index(
        "uq_products_shop_id_handle",
        "products",
        ["shop_id", "handle"],
        unique=True,
        schema="catalog",
        postgresql_where=sa.text("handle IS NOT NULL AND state <> 'ARCHIVED'"),
    )
    op.create_table(
        "variants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("weight_grams", sa.Integer(), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("stock_version", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_variants_price_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["catalog.products.id"], name=op.f("fk_variants_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
        schema="catalog",
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_variants_product_id", "variants", ["product_id", "position"], unique=False, schema="catalog")
    op.create_index(
        "uq_variants_shop_id_sku",
        "variants",
        ["shop_id", "sku"],
        unique=True,
        schema="catalog",
        postgresql_where=sa.text("NOT withdrawn"),
    )
