"""The tables of cart.

Retention: a customer's cart as long as the customer; a guest's cart until it is merged, or untouched for the time
that the settings state.
"""

from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from mesh.tables import service_metadata, time_column

metadata = service_metadata("cart")

carts = Table(
    "carts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, unique=True),
    # The hash of the secret that a guest comes back with.
    Column("token_hash", LargeBinary, unique=True),
    # That of all lines; NULL while there are none.
    Column("currency", CHAR(3)),
    Column("version", BigInteger, nullable=False, server_default=text("0")),
    # The version that cart.updated told last.
    Column("told_version", BigInteger, nullable=False, server_default=text("0")),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    time_column("abandon_time", nullable=True),
    CheckConstraint("(user_id IS NULL) <> (token_hash IS NULL)", name="owner"),
    Index("ix_carts_live", "update_time", postgresql_where=text("abandon_time IS NULL AND currency IS NOT NULL")),
    Index("ix_carts_guests", "update_time", postgresql_where=text("user_id IS NULL")),
    Index("ix_carts_untold", "id", postgresql_where=text("version > told_version")),
)

cart_items = Table(
    "cart_items",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("cart_id", Uuid, ForeignKey(carts.c.id, ondelete="CASCADE"), nullable=False),
    Column("variant_id", Uuid, nullable=False),
    Column("product_id", Uuid, nullable=False),
    Column("shop_id", Uuid, nullable=False),
    # What the buyer saw when the line was added or changed last: history, not a copy that must be kept fresh.
    Column("title", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("quantity", Integer, nullable=False),
    # The cart's version that brought the line.
    Column("added_version", BigInteger, nullable=False),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    UniqueConstraint("cart_id", "variant_id"),
    CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),
    CheckConstraint("amount >= 0", name="amount"),
)
