"""Store credit: a copy of what the ledger owes each buyer, kept so that it can be locked and is never overdrawn."""

from sqlalchemy import CHAR, BigInteger, CheckConstraint, Column, Index, PrimaryKeyConstraint, Table, Text, Uuid

from mesh.tables import time_column
from services.payment.tables.common import amount_column, metadata

wallets = Table(
    "wallets",
    metadata,
    Column("user_id", Uuid, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    amount_column("balance_amount"),
    # What of it orders in the making hold.
    amount_column("held_amount"),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    PrimaryKeyConstraint("user_id", "currency"),
    CheckConstraint("held_amount BETWEEN 0 AND balance_amount", name="never_overdrawn"),
)

wallet_entries = Table(
    "wallet_entries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    # What was in the wallet afterwards.
    Column("balance_amount", BigInteger, nullable=False),
    Column("reference_id", Uuid, nullable=False, unique=True),
    Column("order_id", Uuid),
    Column("reason", Text, nullable=False),
    time_column("create_time", default=True),
    CheckConstraint("kind IN ('CREDIT', 'PAYMENT', 'REFUND')", name="kind_known"),
    CheckConstraint("amount <> 0 AND balance_amount >= 0", name="amounts"),
    Index(None, "user_id", "id"),
)
