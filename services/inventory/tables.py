"""Stock, reservations and the movements ledger.

Retention: all of it for ever: movements and reservations are the shop's books.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)

from mesh.tables import service_metadata, time_column

metadata = service_metadata("inventory")


stock = Table(
    "stock",
    metadata,
    Column("variant_id", Uuid, nullable=False),
    Column("location", Text, nullable=False),
    Column("product_id", Uuid, nullable=False),
    Column("shop_id", Uuid, nullable=False),
    Column("on_hand", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    Column("backorder_limit", Integer, nullable=False),
    Column("low_stock_threshold", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),
    # Over how many rows the stock of the variant is spread: a hot one lies in "default" and in buckets, "default.1" and
    # so on. 1 in the row "default": all of it lies there, and the buckets that there may be are empty.
    Column("bucket_count", Integer, nullable=False, server_default=text("1")),
    # The version of a bucket when its part began: the versions of a variant's rows less their bases are the variant's.
    Column("base_version", BigInteger, nullable=False, server_default=text("0")),
    # What was told last of a variant that is spread.
    Column("told_version", BigInteger, nullable=False, server_default=text("0")),
    Column("told_available", Integer, nullable=False, server_default=text("0")),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    PrimaryKeyConstraint("variant_id", "location"),
    CheckConstraint("reserved <= on_hand + backorder_limit", name="not_oversold"),
    CheckConstraint("reserved >= 0", name="reserved_not_negative"),
    Index("ix_stock_spread", "variant_id", postgresql_where=text("bucket_count > 1 AND location = 'default'")),
    # Counts change with every order: room on the page keeps the update off the indexes.
    postgresql_with={"fillfactor": "70"},
)

reservations = Table(
    "reservations",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    time_column("expire_time"),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    CheckConstraint("state IN ('HELD', 'COMMITTED', 'RELEASED')", name="state_known"),
)

reservation_lines = Table(
    "reservation_lines",
    metadata,
    Column("order_id", Uuid, ForeignKey("inventory.reservations.order_id"), nullable=False),
    Column("variant_id", Uuid, nullable=False),
    Column("location", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("state", Text, nullable=False),
    # A copy of the reservation's, so that what has run out is found by the stock row that it holds.
    time_column("expire_time"),
    PrimaryKeyConstraint("order_id", "variant_id", "location"),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    CheckConstraint("state IN ('HELD', 'COMMITTED', 'RELEASED', 'RESTOCKED')", name="state_known"),
    Index(
        "ix_reservation_lines_held",
        "variant_id",
        "location",
        "expire_time",
        postgresql_where=text("state = 'HELD'"),
    ),
    Index("ix_reservation_lines_expiring", "expire_time", postgresql_where=text("state = 'HELD'")),
)

movements = Table(
    "movements",
    metadata,
    Column("variant_id", Uuid, nullable=False),
    Column("location", Text, nullable=False),
    # The version of the stock row after the movement: it orders the ledger and finds a lost or doubled line.
    Column("version", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("on_hand_delta", Integer, nullable=False),
    Column("reserved_delta", Integer, nullable=False),
    Column("order_id", Uuid),
    Column("reason", Text, nullable=False),
    time_column("create_time", default=True),
    # With what is summed over a variant, so that this reads no row: they lie far apart.
    PrimaryKeyConstraint("variant_id", "location", "version", postgresql_include=["on_hand_delta", "reserved_delta"]),
    CheckConstraint(
        "kind IN ('RECEIVED', 'ADJUSTED', 'RESERVED', 'RELEASED', 'COMMITTED', 'RESTOCKED', 'LOST', 'MOVED')",
        name="kind_known",
    ),
)
