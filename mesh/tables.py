"""The tables that every service's schema has for the mesh itself, and the naming convention of all tables.

Retention: `outbox` until published; `outbox_log` 7 days; `inbox` 15 days, longer than any event can come again;
`idempotency_keys` 7 days; `dead_letter` and `parked_keys` until somebody retries them; `keyring` as long as the person.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.schema import SchemaItem

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

MESH = {"mesh": True}
DEAD, PARKED, RETRY = "DEAD", "PARKED", "RETRY"


def service_metadata(service: str) -> MetaData:
    """The metadata of one service: its schema, the naming convention, and the mesh's own tables."""
    metadata = MetaData(schema=service, naming_convention=NAMING_CONVENTION)
    _add_outbox(metadata)
    _add_inbox(metadata)
    _add_idempotency_keys(metadata)
    _add_keyring(metadata)
    return metadata


def mesh_tables(metadata: MetaData) -> list[Table]:
    """The mesh's own tables, in the order that they can be made in."""
    return [table for table in metadata.sorted_tables if table.info.get("mesh")]


def time_column(name: str, *, default: bool = False, nullable: bool = False) -> Column[object]:
    """A `<verb>_time timestamptz`; with `default` it is the time of its transaction."""
    return Column(name, DateTime(timezone=True), server_default=func.now() if default else None, nullable=nullable)


def _event_columns() -> list[SchemaItem]:
    return [
        Column("event_id", Uuid, nullable=False),
        Column("subject", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("aggregate_id", Text, nullable=False),
        Column("aggregate_version", BigInteger, nullable=False),
        time_column("occur_time"),
        Column("causation_id", Text, nullable=False),
        Column("correlation_id", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("traceparent", Text, nullable=False),
        Column("payload", LargeBinary, nullable=False),
    ]


def _add_outbox(metadata: MetaData) -> None:
    Table(
        "outbox",
        metadata,
        # Taken under the lock of the aggregate's row, so that it follows the commits of one aggregate even where
        # the clocks of two processes differ.
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        *_event_columns(),
        info=MESH,
        # A queue: rows live for milliseconds, so dead ones must go long before a fifth of the table is dead.
        postgresql_with={"autovacuum_vacuum_scale_factor": "0.0", "autovacuum_vacuum_threshold": "2000"},
    )
    Table(
        "outbox_log",
        metadata,
        Column("position", BigInteger, nullable=False),
        *_event_columns(),
        time_column("publish_time", default=True),
        PrimaryKeyConstraint("publish_time", "position"),
        info=MESH,
        postgresql_partition_by="RANGE (publish_time)",
    )


def _add_inbox(metadata: MetaData) -> None:
    Table(
        "inbox",
        metadata,
        Column("durable", Text, nullable=False),
        Column("event_id", Uuid, nullable=False),
        time_column("process_time", default=True),
        PrimaryKeyConstraint("durable", "event_id"),
        Index(None, "process_time", postgresql_using="brin"),
        info=MESH,
    )
    Table(
        "dead_letter",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("durable", Text, nullable=False),
        Column("event_id", Uuid, nullable=False),
        Column("subject", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("attempt_count", Integer, nullable=False),
        Column("reason", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("envelope", LargeBinary, nullable=False),
        time_column("create_time", default=True),
        time_column("update_time", default=True),
        UniqueConstraint("durable", "event_id"),
        Index(None, "durable", "key"),
        CheckConstraint(f"state IN ('{DEAD}', '{PARKED}', '{RETRY}')", name="state"),
        info=MESH,
    )
    Table(
        "parked_keys",
        metadata,
        Column("durable", Text, nullable=False),
        Column("key", Text, nullable=False),
        time_column("create_time", default=True),
        PrimaryKeyConstraint("durable", "key"),
        info=MESH,
    )


def _add_idempotency_keys(metadata: MetaData) -> None:
    Table(
        "idempotency_keys",
        metadata,
        Column("method", Text, nullable=False),
        Column("caller", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("request_hash", LargeBinary, nullable=False),
        time_column("lease_until"),
        # One of both once the call has an answer: the response, or a serialised google.rpc.Status.
        Column("response", LargeBinary),
        Column("error", LargeBinary),
        time_column("create_time", default=True),
        PrimaryKeyConstraint("method", "caller", "key"),
        Index(None, "create_time", postgresql_using="brin"),
        info=MESH,
    )


def _add_keyring(metadata: MetaData) -> None:
    Table(
        "keyring",
        metadata,
        Column("person_id", Uuid, primary_key=True),
        # Wrapped by the root key; gone once the person is erased.
        Column("wrapped_key", LargeBinary),
        time_column("create_time", default=True),
        time_column("erase_time", nullable=True),
        info=MESH,
    )
