"""What is paid out to sellers, and what buyers' banks take back."""

from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from mesh.tables import time_column
from services.payment.tables.common import amount_column, due_columns, metadata
from services.payment.tables.payments import payments

# Where a shop's money goes and when its turn comes. Its lock is the lock on the shop's payouts.
payout_accounts = Table(
    "payout_accounts",
    metadata,
    Column("shop_id", Uuid, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("provider_reference", Text, unique=True),
    time_column("next_payout_time", default=True),
    # Set where something was taken back that may have been paid out already.
    time_column("debt_time", nullable=True),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
)

payouts = Table(
    "payouts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("shop_id", Uuid, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("state", Text, nullable=False),
    Column("destination", Text, nullable=False),
    # How the amount came about, as things were then.
    amount_column("balance_amount"),
    amount_column("held_amount"),
    amount_column("debt_amount"),
    amount_column("reserve_amount"),
    amount_column("failed_amount"),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("failed_amount BETWEEN 0 AND amount", name="failed_capped"),
    CheckConstraint("state IN ('PENDING', 'PAID', 'FAILED')", name="state_known"),
    Index(None, "shop_id", "id"),
)

payout_items = Table(
    "payout_items",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("payout_id", Uuid, ForeignKey(payouts.c.id), nullable=False),
    Column("shop_id", Uuid, nullable=False),
    Column("order_id", Uuid, nullable=False),
    # What the order's balance gave; below zero for a debt.
    Column("taken_amount", BigInteger, nullable=False),
    # What of it went to debts of other orders; below zero for what a debt got.
    Column("offset_amount", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("state", Text, nullable=False),
    Column("failure_reason", Text, nullable=False, server_default=text("''")),
    Column("provider_reference", Text, unique=True),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    # What reversals took back, those on their way included.
    amount_column("reversed_amount"),
    # The provider has refused to take it back: what the seller owes is taken from later payouts.
    Column("is_out_of_reach", Boolean, nullable=False, server_default=text("false")),
    *due_columns(),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    CheckConstraint("amount >= 0 AND amount = taken_amount - offset_amount", name="amount_adds_up"),
    CheckConstraint("reversed_amount BETWEEN 0 AND amount", name="reversals_capped"),
    CheckConstraint("state IN ('PENDING', 'PAID', 'FAILED')", name="state_known"),
    UniqueConstraint("payout_id", "order_id"),
    Index(None, "shop_id", "order_id"),
    Index("ix_payout_items_due", "check_time", postgresql_where=text("state = 'PENDING'")),
)

payout_reversals = Table(
    "payout_reversals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("item_id", Uuid, ForeignKey(payout_items.c.id), nullable=False),
    Column("shop_id", Uuid, nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("state", Text, nullable=False),
    Column("failure_reason", Text, nullable=False, server_default=text("''")),
    Column("provider_reference", Text, unique=True),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    *due_columns(),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("state IN ('PENDING', 'PAID', 'FAILED')", name="state_known"),
    Index(None, "item_id"),
    Index("ix_payout_reversals_due", "check_time", postgresql_where=text("state = 'PENDING'")),
)

disputes = Table(
    "disputes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("payment_id", Uuid, ForeignKey(payments.c.id), nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("provider_reference", Text, nullable=False, unique=True),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("state IN ('OPEN', 'WON', 'LOST')", name="state_known"),
    Index(None, "payment_id"),
)
