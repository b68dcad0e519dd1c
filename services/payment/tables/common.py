"""What all tables of the service share."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, func, text

from mesh.tables import service_metadata

metadata = service_metadata("payment")


def amount_column(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def due_columns() -> list[Column[object]]:
    """When the recovery looks at the row next, and how often it has."""
    return [
        Column("check_time", DateTime(timezone=True), server_default=func.now(), nullable=False),
        Column("check_count", Integer, server_default=text("0"), nullable=False),
    ]
