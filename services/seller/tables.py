"""The tables of seller.

Retention: all of it as long as the market, since orders and invoices name shops for ever.
"""

from sqlalchemy import (
    CHAR,
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

metadata = service_metadata("seller")

shops = Table(
    "shops",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_user_id", Uuid, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("country", CHAR(2), nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("commission_bps", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("suspend_reason", Text, nullable=False, server_default=text("''")),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    time_column("verify_time", nullable=True),
    CheckConstraint("state IN ('PENDING', 'VERIFIED', 'SUSPENDED', 'CLOSED')", name="state"),
    CheckConstraint("commission_bps BETWEEN 0 AND 10000", name="commission_bps"),
    Index(None, "state", "id"),
)

shop_members = Table(
    "shop_members",
    metadata,
    Column("shop_id", Uuid, ForeignKey(shops.c.id), nullable=False),
    Column("user_id", Uuid, nullable=False, index=True),
    Column("role", Text, nullable=False),
    time_column("create_time", default=True),
    PrimaryKeyConstraint("shop_id", "user_id"),
    CheckConstraint("role IN ('OWNER', 'STAFF')", name="role"),
)
