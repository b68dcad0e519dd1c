"""The tables of identity.

Retention: `users` and `addresses` until the person is erased; `refresh_tokens` until they expire, so that the reuse
of a spent one is seen as long as it could be tried; `sessions` as long as their tokens;
`wrong_guesses` until the window of the login limit is over. Sealed columns hold personal
data under the person's key.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from mesh.tables import service_metadata, time_column

metadata = service_metadata("identity")

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    # A keyed hash of the canonical address: finds an account, tells nobody the address.
    Column("email_hash", LargeBinary, nullable=False, unique=True),
    Column("profile_sealed", LargeBinary, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("email_verified", Boolean, nullable=False, server_default=false()),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    CheckConstraint("'CUSTOMER' = ANY(roles) AND NOT 'SELLER' = ANY(roles)", name="roles"),
    Index("ix_users_admins", "id", postgresql_where=text("'ADMIN' = ANY(roles)")),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, ForeignKey(users.c.id), nullable=False, index=True),
    Column("epoch", BigInteger, nullable=False, server_default=text("1")),
    time_column("create_time", default=True),
    time_column("end_time", nullable=True),
    Column("end_reason", Text),
    CheckConstraint("(end_time IS NULL) = (end_reason IS NULL)", name="end"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey(sessions.c.id), nullable=False, index=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    time_column("create_time", default=True),
    time_column("expire_time"),
    time_column("spend_time", nullable=True),
    Index(None, "expire_time"),
    # A family has one token that can still be traded.
    Index("uq_refresh_tokens_live", "session_id", unique=True, postgresql_where=text("spend_time IS NULL")),
)

wrong_guesses = Table(
    "wrong_guesses",
    metadata,
    # The same hash as of accounts, also where there is none.
    Column("email_hash", LargeBinary, primary_key=True),
    Column("guess_count", Integer, nullable=False),
    time_column("guess_time"),
    Index(None, "guess_time"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, ForeignKey(users.c.id), nullable=False, index=True),
    # The lines and the label, sealed as one.
    Column("address_sealed", LargeBinary, nullable=False),
    Column("is_default", Boolean, nullable=False, server_default=false()),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    Index("uq_addresses_default", "user_id", unique=True, postgresql_where=text("is_default")),
)
