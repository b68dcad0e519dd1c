"""The tables of audit.

Retention: as long as the market; who acted is named by id, and no other personal data is in an entry.
"""

from sqlalchemy import Column, Index, Table, Text, Uuid

from mesh.tables import service_metadata, time_column

metadata = service_metadata("audit")

entries = Table(
    "entries",
    metadata,
    # The id of the event that brought it, which is ordered by time.
    Column("id", Uuid, primary_key=True),
    Column("service", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("resource_id", Text, nullable=False),
    Column("before_json", Text, nullable=False),
    Column("after_json", Text, nullable=False),
    Column("request_json", Text, nullable=False),
    Column("correlation_id", Text, nullable=False),
    time_column("occur_time"),
    Index(None, "actor", "id"),
    Index(None, "resource_id", "id"),
    Index(None, "service", "id"),
)
