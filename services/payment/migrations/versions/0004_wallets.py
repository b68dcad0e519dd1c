"""Wallets."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _time(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "wallets",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("balance_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("held_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _time("create_time"),
        _time("update_time"),
        sa.CheckConstraint("held_amount BETWEEN 0 AND balance_amount", name=op.f("ck_wallets_never_overdrawn")),
        sa.PrimaryKeyConstraint("user_id", "currency", name=op.f("pk_wallets")),
        schema="payment",
    )
    op.create_table(
        "wallet_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("balance_amount", sa.BigInteger(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _time("create_time"),
        sa.CheckConstraint("amount <> 0 AND balance_amount >= 0", name=op.f("ck_wallet_entries_amounts")),
        sa.CheckConstraint("kind IN ('CREDIT', 'PAYMENT', 'REFUND')", name=op.f("ck_wallet_entries_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_entries")),
        sa.UniqueConstraint("reference_id", name=op.f("uq_wallet_entries_reference_id")),
        schema="payment",
    )
    op.create_index(
        op.f("ix_wallet_entries_user_id_id"), "wallet_entries", ["user_id", "id"], unique=False, schema="payment"
    )
    for table, column in (("payments", "companion_id"), ("refunds", "part_of_id"), ("ledger_postings", "user_id")):
        op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True), schema="payment")
        op.create_index(
            op.f(f"ix_{table}_{column}"),
            table,
            [column],
            unique=False,
            schema="payment",
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.alter_column("ledger_transactions", "order_id", nullable=True, schema="payment")
    # NOT VALID: what is there has kept the narrower rules, so nothing needs to be read.
    op.execute("ALTER TABLE payment.ledger_postings DROP CONSTRAINT ck_ledger_postings_account_known")
    op.execute(
        "ALTER TABLE payment.ledger_postings ADD CONSTRAINT ck_ledger_postings_account_known CHECK (account IN "
        "('provider_clearing', 'provider_fees', 'seller_payable', 'commission_earned', 'tax_payable', "
        "'shipping_payable', 'discount', 'refund_clearing', 'dispute_hold', 'dispute_loss', 'wallet_liability', "
        "'payout_in_transit', 'rounding', 'store_credit_granted')) NOT VALID"
    )
    op.execute(
        "ALTER TABLE payment.ledger_postings ADD CONSTRAINT ck_ledger_postings_user_of_wallet CHECK "
        "((account = 'wallet_liability') = (user_id IS NOT NULL)) NOT VALID"
    )
