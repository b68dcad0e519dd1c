"""Payouts, disputes, reconciliations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payout_accounts",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=True),
        sa.Column("next_payout_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("debt_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_payout_accounts")),
        sa.UniqueConstraint("provider_reference", name=op.f("uq_payout_accounts_provider_reference")),
        schema="payment",
    )
    op.create_table(
        "payouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("balance_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("held_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("debt_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reserve_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('PENDING', 'PAID', 'FAILED')", name=op.f("ck_payouts_state_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payouts_amount_positive")),
        sa.CheckConstraint("failed_amount BETWEEN 0 AND amount", name=op.f("ck_payouts_failed_capped")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        schema="payment",
    )
    op.create_index(op.f("ix_payouts_shop_id_id"), "payouts", ["shop_id", "id"], unique=False, schema="payment")
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("begin_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("transaction_count", sa.Integer(), nullable=False),
        sa.Column("difference_count", sa.Integer(), nullable=False),
        sa.Column("fee_count", sa.Integer(), nullable=False),
        sa.Column("is_daily", sa.Boolean(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        schema="payment",
    )
    op.create_index(
        "uq_reconciliations_day",
        "reconciliations",
        ["end_time"],
        unique=True,
        schema="payment",
        postgresql_where=sa.text("is_daily"),
    )
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('OPEN', 'WON', 'LOST')", name=op.f("ck_disputes_state_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_disputes_amount_positive")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.payments.id"], name=op.f("fk_disputes_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("provider_reference", name=op.f("uq_disputes_provider_reference")),
        schema="payment",
    )
    op.create_index(op.f("ix_disputes_payment_id"), "disputes", ["payment_id"], unique=False, schema="payment")
    op.create_table(
        "payout_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("taken_amount", sa.BigInteger(), nullable=False),
        sa.Column("offset_amount", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("reversed_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_out_of_reach", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("check_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("check_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('PENDING', 'PAID', 'FAILED')", name=op.f("ck_payout_items_state_known")),
        sa.CheckConstraint(
            "amount >= 0 AND amount = taken_amount - offset_amount", name=op.f("ck_payout_items_amount_adds_up")
        ),
        sa.CheckConstraint("reversed_amount BETWEEN 0 AND amount", name=op.f("ck_payout_items_reversals_capped")),
        sa.ForeignKeyConstraint(["payout_id"], ["payment.payouts.id"], name=op.f("fk_payout_items_payout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_items")),
        sa.UniqueConstraint("payout_id", "order_id", name=op.f("uq_payout_items_payout_id_order_id")),
        sa.UniqueConstraint("provider_reference", name=op.f("uq_payout_items_provider_reference")),
        schema="payment",
    )
    op.create_index(
        "ix_payout_items_due",
        "payout_items",
        ["check_time"],
        unique=False,
        schema="payment",
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_index(
        op.f("ix_payout_items_shop_id_order_id"),
        "payout_items",
        ["shop_id", "order_id"],
        unique=False,
        schema="payment",
    )
    op.create_table(
        "reconciliation_differences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("reconciliation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("provider_amount", sa.BigInteger(), nullable=False),
        sa.Column("ledger_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.CheckConstraint(
            "kind IN ('NOT_IN_LEDGER', 'NOT_AT_PROVIDER', 'AMOUNT_DIFFERS')",
            name=op.f("ck_reconciliation_differences_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["payment.reconciliations.id"],
            name=op.f("fk_reconciliation_differences_reconciliation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_differences")),
        schema="payment",
    )
    op.create_index(
        op.f("ix_reconciliation_differences_reconciliation_id"),
        "reconciliation_differences",
        ["reconciliation_id"],
        unique=False,
        schema="payment",
    )
    op.create_table(
        "payout_reversals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("check_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("check_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('PENDING', 'PAID', 'FAILED')", name=op.f("ck_payout_reversals_state_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payout_reversals_amount_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["payment.payout_items.id"], name=op.f("fk_payout_reversals_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_reversals")),
        sa.UniqueConstraint("provider_reference", name=op.f("uq_payout_reversals_provider_reference")),
        schema="payment",
    )
    op.create_index(
        "ix_payout_reversals_due",
        "payout_reversals",
        ["check_time"],
        unique=False,
        schema="payment",
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_index(
        op.f("ix_payout_reversals_item_id"), "payout_reversals", ["item_id"], unique=False, schema="payment"
    )
    op.create_index(
        op.f("ix_ledger_transactions_post_time"),
        "ledger_transactions",
        ["post_time"],
        unique=False,
        schema="payment",
        postgresql_using="brin",
    )
