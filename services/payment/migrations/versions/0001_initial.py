"""Initial."""

import sqlalchemy as sa
from alembic import op

from mesh.migrations import create_mesh_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The ledger guards itself: what is posted stays, and at commit each transaction sums to zero in each currency.
LEDGER_RULES = (
    """
CREATE FUNCTION payment.check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM payment.ledger_postings WHERE transaction_id = NEW.transaction_id
    GROUP BY currency HAVING sum(amount) <> 0
  ) THEN
    RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.transaction_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE CONSTRAINT TRIGGER ledger_postings_balance AFTER INSERT ON payment.ledger_postings
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payment.check_balance()
""",
    """
CREATE FUNCTION payment.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is never changed: post the opposite' USING ERRCODE = 'restrict_violation';
END $$
""",
    """
CREATE TRIGGER ledger_postings_stay BEFORE UPDATE OR DELETE ON payment.ledger_postings
FOR EACH STATEMENT EXECUTE FUNCTION payment.refuse_change()
""",
    """
CREATE TRIGGER ledger_transactions_stay BEFORE UPDATE OR DELETE ON payment.ledger_transactions
FOR EACH STATEMENT EXECUTE FUNCTION payment.refuse_change()
""",
    """
REVOKE UPDATE, DELETE ON payment.ledger_postings, payment.ledger_transactions FROM souk_payment
""",
)


def upgrade() -> None:
    create_mesh_tables(op, "payment")
    op.create_table(
        "ledger_transactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("post_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transactions")),
        sa.UniqueConstraint("kind", "reference_id", name=op.f("uq_ledger_transactions_kind_reference_id")),
        schema="payment",
    )
    op.create_index(
        op.f("ix_ledger_transactions_order_id"), "ledger_transactions", ["order_id"], unique=False, schema="payment"
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("captured_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunding_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("decline_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("chargeable", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("check_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("check_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('PENDING', 'REQUIRES_ACTION', 'DECLINED', 'AUTHORIZED', 'CANCELLED', 'CAPTURED', "
            "'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED')",
            name=op.f("ck_payments_state_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.CheckConstraint(
            "refunded_amount >= 0 AND refunding_amount >= 0 AND refunded_amount + refunding_amount <= captured_amount",
            name=op.f("ck_payments_refunds_capped"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("provider", "provider_reference", name=op.f("uq_payments_provider_provider_reference")),
        schema="payment",
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_payments_due",
        "payments",
        ["check_time"],
        unique=False,
        schema="payment",
        postgresql_where=sa.text("chargeable"),
    )
    op.create_index(op.f("ix_payments_order_id"), "payments", ["order_id"], unique=False, schema="payment")
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object_reference", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("check_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("check_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("receive_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('RECEIVED', 'APPLIED', 'IGNORED')", name=op.f("ck_webhook_events_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("provider", "provider_event_id", name=op.f("uq_webhook_events_provider_provider_event_id")),
        schema="payment",
    )
    op.create_index(
        "ix_webhook_events_due",
        "webhook_events",
        ["check_time"],
        unique=False,
        schema="payment",
        postgresql_where=sa.text("state = 'RECEIVED'"),
    )
    op.create_index(
        op.f("ix_webhook_events_receive_time"),
        "webhook_events",
        ["receive_time"],
        unique=False,
        schema="payment",
        postgresql_using="brin",
    )
    op.create_table(
        "ledger_postings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.CheckConstraint(
            "account <> 'seller_payable' OR shop_id IS NOT NULL", name=op.f("ck_ledger_postings_shop_of_seller")
        ),
        sa.CheckConstraint(
            "account IN ('provider_clearing', 'provider_fees', 'seller_payable', 'commission_earned', "
            "'tax_payable', 'shipping_payable', 'discount', 'refund_clearing', 'dispute_hold', 'dispute_loss', "
            "'wallet_liability', 'payout_in_transit', 'rounding')",
            name=op.f("ck_ledger_postings_account_known"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_postings_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["payment.ledger_transactions.id"], name=op.f("fk_ledger_postings_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_postings")),
        schema="payment",
    )
    op.create_index(
        op.f("ix_ledger_postings_shop_id"),
        "ledger_postings",
        ["shop_id"],
        unique=False,
        schema="payment",
        postgresql_where=sa.text("shop_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_ledger_postings_transaction_id"), "ledger_postings", ["transaction_id"], unique=False, schema="payment"
    )
    op.create_table(
        "payment_lines",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("seller_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("commission_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("shipping_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunded_quantity", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunded_seller_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunded_commission_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunded_tax_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunded_shipping_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("refunded_quantity BETWEEN 0 AND quantity", name=op.f("ck_payment_lines_quantity_capped")),
        sa.CheckConstraint(
            "refunded_seller_amount BETWEEN 0 AND seller_amount AND refunded_commission_amount BETWEEN 0 AND "
            "commission_amount AND refunded_tax_amount BETWEEN 0 AND tax_amount AND refunded_shipping_amount "
            "BETWEEN 0 AND shipping_amount",
            name=op.f("ck_payment_lines_refunds_capped"),
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.payments.id"], name=op.f("fk_payment_lines_payment_id")),
        sa.PrimaryKeyConstraint("payment_id", "line_id", name=op.f("pk_payment_lines")),
        schema="payment",
    )
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.Column("provider_reference", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("check_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("check_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('PENDING', 'SUCCEEDED', 'FAILED')", name=op.f("ck_refunds_state_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.payments.id"], name=op.f("fk_refunds_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("provider_reference", name=op.f("uq_refunds_provider_reference")),
        sa.UniqueConstraint("request_key", name=op.f("uq_refunds_request_key")),
        schema="payment",
    )
    op.create_index(
        "ix_refunds_due",
        "refunds",
        ["check_time"],
        unique=False,
        schema="payment",
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_index(op.f("ix_refunds_order_id"), "refunds", ["order_id"], unique=False, schema="payment")
    op.create_index(op.f("ix_refunds_payment_id"), "refunds", ["payment_id"], unique=False, schema="payment")
    op.create_index(op.f("ix_refunds_user_id_id"), "refunds", ["user_id", "id"], unique=False, schema="payment")
    op.create_table(
        "refund_lines",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("seller_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("commission_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("shipping_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["refund_id"], ["payment.refunds.id"], name=op.f("fk_refund_lines_refund_id")),
        sa.PrimaryKeyConstraint("refund_id", "line_id", name=op.f("pk_refund_lines")),
        schema="payment",
    )
    op.create_index(
        op.f("ix_refund_lines_shop_id_refund_id"),
        "refund_lines",
        ["shop_id", "refund_id"],
        unique=False,
        schema="payment",
    )
    for rule in LEDGER_RULES:
        op.execute(rule)
