"""Hot stock: a variant may be spread over several rows."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "stock",
        sa.Column("bucket_count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        schema="inventory",
    )
    op.add_column(
        "stock",
        sa.Column("base_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        schema="inventory",
    )
    op.add_column(
        "stock",
        sa.Column("told_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        schema="inventory",
    )
    op.add_column(
        "stock",
        sa.Column("told_available", sa.Integer(), server_default=sa.text("0"), nullable=False),
        schema="inventory",
    )
    op.create_index(
        "ix_stock_spread",
        "stock",
        ["variant_id"],
        unique=False,
        schema="inventory",
        postgresql_where=sa.text("bucket_count > 1 AND location = 'default'"),
    )
    op.execute("ALTER TABLE inventory.movements DROP CONSTRAINT ck_movements_kind_known")
    # NOT VALID: what is there has kept the narrower rule, so nothing needs to be read.
    op.execute(
        "ALTER TABLE inventory.movements ADD CONSTRAINT ck_movements_kind_known CHECK (kind IN "
        "('RECEIVED', 'ADJUSTED', 'RESERVED', 'RELEASED', 'COMMITTED', 'RESTOCKED', 'LOST', 'MOVED')) NOT VALID"
    )
