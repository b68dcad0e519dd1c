"""Means of payment that buyers have saved; what they are is sealed with their owner's key."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text, Uuid

from mesh.tables import time_column
from services.payment.tables.common import metadata

customers = Table(
    "customers",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("provider_reference", Text, nullable=False, unique=True),
    time_column("create_time", default=True),
)

payment_methods = Table(
    "payment_methods",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("provider", Text, nullable=False),
    # The provider's id of it, brand, last digits and expiry.
    Column("details_sealed", LargeBinary, nullable=False),
    time_column("create_time", default=True),
    Index(None, "user_id", "id"),
)
