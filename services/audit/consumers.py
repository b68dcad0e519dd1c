"""What audit does when a service tells of a privileged act."""

from datetime import UTC
from uuid import UUID

from souk.mesh.v1.envelope_pb2 import AuditRecord, Envelope

from mesh.consumer import Consumer
from mesh.database import UnitOfWork
from services.audit.repository import Entry, add_entry

# Every service but this one; a test compares it with what is installed.
SOURCES = ("cart", "catalog", "identity", "inventory", "notification", "order", "payment", "seller")


def recorder(service: str) -> Consumer:
    """The consumer that keeps the acts of one service."""

    async def on_audit_recorded(record: AuditRecord, envelope: Envelope, uow: UnitOfWork) -> None:
        await add_entry(uow, to_entry(service, record, envelope))

    return Consumer(
        name=f"audit-record-{service}",
        subjects=(f"souk.{service}.v1.audit.recorded",),
        handler=on_audit_recorded,
    )


def to_entry(service: str, record: AuditRecord, envelope: Envelope) -> Entry:
    """The entry that an event becomes."""
    return Entry(
        id=UUID(envelope.event_id),
        service=service,
        method=record.method,
        actor=record.actor,
        resource_id=record.resource_id,
        before_json=record.before_json,
        after_json=record.after_json,
        request_json=record.request_json,
        correlation_id=envelope.correlation_id,
        occur_time=envelope.occur_time.ToDatetime(tzinfo=UTC),
    )


CONSUMERS = tuple(recorder(service) for service in SOURCES)
