"""The tables of notification.

Retention: `notifications` 1 year; `messages` 90 days, those that still wait longer. What is said is sealed under
the key of the person that it is said to; the address is asked of identity and never stored.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text, Uuid, text

from mesh.tables import service_metadata, time_column

metadata = service_metadata("notification")

notifications = Table(
    "notifications",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("resource_id", Text, nullable=False),
    Column("letter_sealed", LargeBinary, nullable=False),
    time_column("create_time", default=True),
    time_column("read_time", nullable=True),
    Index(None, "user_id", "id"),
    Index(None, "create_time", postgresql_using="brin"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("letter_sealed", LargeBinary, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'QUEUED'")),
    Column("attempt_count", Integer, nullable=False, server_default=text("0")),
    Column("reason", Text, nullable=False, server_default=text("''")),
    Column("fence", BigInteger, nullable=False, server_default=text("0")),
    # Not to be taken before: the end of a pause, or of the lease of who is sending it.
    time_column("next_time", default=True),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    CheckConstraint("state IN ('QUEUED', 'SENT', 'FAILED')", name="state"),
    Index(None, "create_time", postgresql_using="brin"),
    Index("ix_messages_due", "next_time", postgresql_where=text("state = 'QUEUED'")),
)
