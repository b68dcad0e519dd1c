"""Initial."""

import sqlalchemy as sa
from alembic import op

from mesh.migrations import create_mesh_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_mesh_tables(op, "inventory")
    op.create_table(
        "movements",
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on_hand_delta", sa.Integer(), nullable=False),
        sa.Column("reserved_delta", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('RECEIVED', 'ADJUSTED', 'RESERVED', 'RELEASED', 'COMMITTED', 'RESTOCKED', 'LOST')",
            name=op.f("ck_movements_kind_known"),
        ),
        sa.PrimaryKeyConstraint("variant_id", "location", "version", name=op.f("pk_movements")),
        schema="inventory",
    )
    op.create_table(
        "reservations",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expire_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('HELD', 'COMMITTED', 'RELEASED')", name=op.f("ck_reservations_state_known")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_reservations")),
        schema="inventory",
    )
    op.create_table(
        "stock",
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("backorder_limit", sa.Integer(), nullable=False),
        sa.Column("low_stock_threshold", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("reserved <= on_hand + backorder_limit", name=op.f("ck_stock_not_oversold")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_reserved_not_negative")),
        sa.PrimaryKeyConstraint("variant_id", "location", name=op.f("pk_stock")),
        schema="inventory",
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "reservation_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expire_time", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('HELD', 'COMMITTED', 'RELEASED', 'RESTOCKED')", name=op.f("ck_reservation_lines_state_known")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservation_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["inventory.reservations.order_id"], name=op.f("fk_reservation_lines_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", "variant_id", "location", name=op.f("pk_reservation_lines")),
        schema="inventory",
    )
    op.create_index(
        "ix_reservation_lines_expiring",
        "reservation_lines",
        ["expire_time"],
        unique=False,
        schema="inventory",
        postgresql_where=sa.text("state = 'HELD'"),
    )
    op.create_index(
        "ix_reservation_lines_held",
        "reservation_lines",
        ["variant_id", "location", "expire_time"],
        unique=False,
        schema="inventory",
        postgresql_where=sa.text("state = 'HELD'"),
    )
