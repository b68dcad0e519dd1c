"""Initial."""

import sqlalchemy as sa
from alembic import op

from mesh.migrations import create_mesh_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_mesh_tables(op, "seller")
    op.create_table(
        "shops",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("country", sa.CHAR(length=2), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("commission_bps", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("suspend_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("verify_time", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('PENDING', 'VERIFIED', 'SUSPENDED', 'CLOSED')", name=op.f("ck_shops_state")),
        sa.CheckConstraint("commission_bps BETWEEN 0 AND 10000", name=op.f("ck_shops_commission_bps")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shops")),
        schema="seller",
    )
    op.create_index(op.f("ix_shops_owner_user_id"), "shops", ["owner_user_id"], unique=False, schema="seller")
    op.create_index(op.f("ix_shops_state_id"), "shops", ["state", "id"], unique=False, schema="seller")
    op.create_table(
        "shop_members",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('OWNER', 'STAFF')", name=op.f("ck_shop_members_role")),
        sa.ForeignKeyConstraint(["shop_id"], ["seller.shops.id"], name=op.f("fk_shop_members_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "user_id", name=op.f("pk_shop_members")),
        schema="seller",
    )
    op.create_index(op.f("ix_shop_members_user_id"), "shop_members", ["user_id"], unique=False, schema="seller")
