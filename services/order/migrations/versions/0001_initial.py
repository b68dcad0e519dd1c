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
    create_mesh_tables(op, "order")
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("cart_version", sa.BigInteger(), nullable=False),
        sa.Column("place_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payment_state", sa.Text(), nullable=False),
        sa.Column("fulfilment_state", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("subtotal_amount", sa.BigInteger(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("shipping_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("shipping_address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("billing_address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("history", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("superseded_by_id", sa.Uuid(), nullable=True),
        sa.Column("hold_expire_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pay_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stock_due_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deliver_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("place_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "fulfilment_state IN ('UNFULFILLED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'RETURNED')",
            name=op.f("ck_orders_fulfilment_state"),
        ),
        sa.CheckConstraint(
            "payment_state IN ('UNPAID', 'REQUIRES_ACTION', 'DECLINED', 'AUTHORIZED', 'PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED')",
            name=op.f("ck_orders_payment_state"),
        ),
        sa.CheckConstraint(
            "state IN ('OPEN', 'CONFIRMED', 'REJECTED', 'CANCELLED', 'COMPLETED')", name=op.f("ck_orders_state")
        ),
        sa.CheckConstraint(
            "status IN ('PENDING', 'PAID', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'COMPLETED', 'REJECTED', 'CANCELLED', 'REFUNDED')",
            name=op.f("ck_orders_status"),
        ),
        sa.CheckConstraint(
            "total_amount = subtotal_amount - discount_amount + shipping_amount + tax_amount AND total_amount >= 0",
            name=op.f("ck_orders_total"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("order_number", name=op.f("uq_orders_order_number")),
        sa.UniqueConstraint("user_id", "place_key", name=op.f("uq_orders_user_id_place_key")),
        schema="order",
    )
    op.create_index(
        op.f("ix_orders_cart_id_cart_version"), "orders", ["cart_id", "cart_version"], unique=False, schema="order"
    )
    op.create_index(
        "ix_orders_delivered",
        "orders",
        ["deliver_time"],
        unique=False,
        schema="order",
        postgresql_where=sa.text("state = 'CONFIRMED' AND fulfilment_state = 'DELIVERED'"),
    )
    op.create_index(op.f("ix_orders_status_id"), "orders", ["status", "id"], unique=False, schema="order")
    op.create_index(
        "ix_orders_stock_due",
        "orders",
        ["stock_due_time"],
        unique=False,
        schema="order",
        postgresql_where=sa.text("stock_due_time IS NOT NULL"),
    )
    op.create_index(op.f("ix_orders_user_id_id"), "orders", ["user_id", "id"], unique=False, schema="order")
    op.create_index(
        "uq_orders_open_cart",
        "orders",
        ["cart_id"],
        unique=True,
        schema="order",
        postgresql_where=sa.text("state = 'OPEN'"),
    )
    op.create_table(
        "quotes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("seen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expire_time", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
        schema="order",
    )
    op.create_index(op.f("ix_quotes_expire_time"), "quotes", ["expire_time"], unique=False, schema="order")
    op.create_table(
        "order_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decline_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('PENDING', 'REQUIRES_ACTION', 'DECLINED', 'AUTHORIZED', 'CAPTURED', 'CANCELLED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED')",
            name=op.f("ck_order_payments_state"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_order_payments_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["order.orders.id"], name=op.f("fk_order_payments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_payments")),
        sa.UniqueConstraint("order_id", "key", name=op.f("uq_order_payments_order_id_key")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_payments_order_id_position")),
        schema="order",
    )
    op.create_table(
        "order_sagas",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("cancel_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("call_method", sa.Text(), nullable=True),
        sa.Column("call_caller", sa.Text(), nullable=True),
        sa.Column("call_key", sa.Text(), nullable=True),
        sa.Column("call_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("goal IN ('PAY', 'CANCEL', 'REFUND')", name=op.f("ck_order_sagas_goal")),
        sa.CheckConstraint("state IN ('RUNNING', 'WAITING', 'DONE')", name=op.f("ck_order_sagas_state")),
        sa.ForeignKeyConstraint(["order_id"], ["order.orders.id"], name=op.f("fk_order_sagas_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_sagas")),
        schema="order",
    )
    op.create_index(
        "ix_order_sagas_due",
        "order_sagas",
        ["due_time"],
        unique=False,
        schema="order",
        postgresql_where=sa.text("state <> 'DONE'"),
    )
    op.create_table(
        "seller_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("fulfilment_state", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("subtotal_amount", sa.BigInteger(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("shipping_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("confirm_time", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "fulfilment_state IN ('UNFULFILLED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'RETURNED')",
            name=op.f("ck_seller_orders_fulfilment_state"),
        ),
        sa.CheckConstraint(
            "status IN ('PENDING', 'PAID', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'COMPLETED', 'REJECTED', 'CANCELLED', 'REFUNDED')",
            name=op.f("ck_seller_orders_status"),
        ),
        sa.CheckConstraint(
            "total_amount = subtotal_amount - discount_amount + shipping_amount + tax_amount AND total_amount >= 0",
            name=op.f("ck_seller_orders_total"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["order.orders.id"], name=op.f("fk_seller_orders_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller_orders")),
        sa.UniqueConstraint("order_id", "shop_id", name=op.f("uq_seller_orders_order_id_shop_id")),
        schema="order",
    )
    op.create_index(
        op.f("ix_seller_orders_shop_id_id"),
        "seller_orders",
        ["shop_id", "id"],
        unique=False,
        schema="order",
        postgresql_where=sa.text("confirm_time IS NOT NULL"),
    )
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("seller_order_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("shipped_quantity", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("unit_amount", sa.BigInteger(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("shipping_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("commission_bps", sa.Integer(), nullable=False),
        sa.Column("commission_amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999", name=op.f("ck_order_lines_quantity")),
        sa.CheckConstraint("shipped_quantity BETWEEN 0 AND quantity", name=op.f("ck_order_lines_shipped_quantity")),
        sa.ForeignKeyConstraint(["order_id"], ["order.orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.ForeignKeyConstraint(
            ["seller_order_id"], ["order.seller_orders.id"], name=op.f("fk_order_lines_seller_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        schema="order",
    )
    op.create_index(op.f("ix_order_lines_order_id"), "order_lines", ["order_id"], unique=False, schema="order")
    op.create_index(
        op.f("ix_order_lines_seller_order_id"), "order_lines", ["seller_order_id"], unique=False, schema="order"
    )
    op.create_table(
        "shipments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seller_order_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("quantities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ship_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deliver_time", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["seller_order_id"], ["order.seller_orders.id"], name=op.f("fk_shipments_seller_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
        schema="order",
    )
    op.create_index(
        op.f("ix_shipments_seller_order_id"), "shipments", ["seller_order_id"], unique=False, schema="order"
    )
