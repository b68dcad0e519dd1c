"""Several payments: an order may be paid by wallet and card together."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("save_method", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("beside_id", sa.Uuid(), nullable=True),
        sa.Column("refunded_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    ):
        op.add_column("order_payments", column, schema="order")
    op.create_index(
        "uq_order_payments_key",
        "order_payments",
        ["order_id", "key"],
        unique=True,
        schema="order",
        postgresql_where=sa.text("beside_id IS NULL"),
    )
    op.execute('ALTER TABLE "order".order_payments DROP CONSTRAINT uq_order_payments_order_id_key')
    op.execute(
        'UPDATE "order".order_payments p SET refunded_amount = least(o.refunded_amount, p.amount) '
        'FROM "order".orders o WHERE o.id = p.order_id AND o.refunded_amount > 0 '
        "AND p.state IN ('PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED')"
    )
