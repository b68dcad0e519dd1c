"""The ledger and its daily comparison with the provider."""

from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from mesh.tables import time_column
from services.payment.tables.common import metadata

ledger_transactions = Table(
    "ledger_transactions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("reference_id", Uuid, nullable=False),
    # NULL for what is of no order.
    Column("order_id", Uuid),
    time_column("post_time", default=True),
    # Whatever races, a capture or a refund is posted once.
    UniqueConstraint("kind", "reference_id"),
    Index(None, "order_id"),
    Index(None, "post_time", postgresql_using="brin"),
)

ledger_postings = Table(
    "ledger_postings",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("transaction_id", Uuid, ForeignKey(ledger_transactions.c.id), nullable=False),
    Column("account", Text, nullable=False),
    Column("shop_id", Uuid),
    Column("amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    # Whose wallet it is.
    Column("user_id", Uuid),
    CheckConstraint("amount <> 0", name="amount_not_zero"),
    CheckConstraint(
        "account IN ('provider_clearing', 'provider_fees', 'seller_payable', 'commission_earned', 'tax_payable', "
        "'shipping_payable', 'discount', 'refund_clearing', 'dispute_hold', 'dispute_loss', 'wallet_liability', "
        "'payout_in_transit', 'rounding', 'store_credit_granted')",
        name="account_known",
    ),
    CheckConstraint("(account = 'wallet_liability') = (user_id IS NOT NULL)", name="user_of_wallet"),
    CheckConstraint("account <> 'seller_payable' OR shop_id IS NOT NULL", name="shop_of_seller"),
    Index(None, "transaction_id"),
    Index(None, "shop_id", postgresql_where=text("shop_id IS NOT NULL")),
    Index(None, "user_id", postgresql_where=text("user_id IS NOT NULL")),
)

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("id", Uuid, primary_key=True),
    # What the provider booked from the one, inclusive, to the other, exclusive.
    time_column("begin_time"),
    time_column("end_time"),
    Column("transaction_count", Integer, nullable=False),
    Column("difference_count", Integer, nullable=False),
    Column("fee_count", Integer, nullable=False),
    # Whether the schedule asked for it; each day once.
    Column("is_daily", Boolean, nullable=False),
    time_column("create_time", default=True),
    Index("uq_reconciliations_day", "end_time", unique=True, postgresql_where=text("is_daily")),
)

reconciliation_differences = Table(
    "reconciliation_differences",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("reconciliation_id", Uuid, ForeignKey(reconciliations.c.id), nullable=False),
    Column("kind", Text, nullable=False),
    # The provider's balance transaction, and our ledger's kind and reference; one of them may be missing.
    Column("provider_reference", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("provider_amount", BigInteger, nullable=False),
    Column("ledger_amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    CheckConstraint("kind IN ('NOT_IN_LEDGER', 'NOT_AT_PROVIDER', 'AMOUNT_DIFFERS')", name="kind_known"),
    Index(None, "reconciliation_id"),
)
