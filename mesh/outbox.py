"""Events on their way into the outbox: written in the commit of their effect, published by the relay."""

import json
import re
import uuid
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from souk.mesh.v1 import envelope_pb2
from souk.options.v1 import options_pb2

from mesh.cause import current_cause
from mesh.errors import InvalidArgument
from mesh.ids import new_id
from mesh.principal import current_principal
from mesh.statement import Statement, in_schema

PARTITIONS = 64
_NO_TOKEN = re.compile(r"[^A-Za-z0-9_-]")
_SHARED_PACKAGE = "souk.mesh."


# NATS takes messages of 1 MiB at most, and the envelope needs some of it.
LARGEST_EVENT_BYTES = 900_000


class EventTooLarge(InvalidArgument):
    """The event does not fit in a message of the stream: what was asked holds too much."""


class UnknownEvent(TypeError):
    """The message is no event: its contract has no `event` option."""


class OutboxEvent(NamedTuple):
    """One event as its row holds it."""

    event_id: uuid.UUID
    subject: str
    type: str
    aggregate_id: str
    aggregate_version: int
    occur_time: datetime
    causation_id: str
    correlation_id: str
    actor: str
    traceparent: str
    payload: bytes


def partition_of(aggregate_id: str) -> int:
    """The partition, 0 to 63, that an aggregate's events lie in."""
    return zlib.crc32(aggregate_id.encode()) % PARTITIONS


@cache
def subject_of(descriptor: Descriptor, service: str) -> str:
    """The subject of an event without partition and key, `souk.order.v1.order.paid`. Raises UnknownEvent.

    An event of the mesh itself travels under the service that publishes it.
    """
    event: Any = options_pb2.event
    option: options_pb2.Event = descriptor.GetOptions().Extensions[event]
    if not option.subject:
        raise UnknownEvent(f"{descriptor.full_name} has no event option")
    package = descriptor.file.package
    home = f"souk.{service}.v1" if package.startswith(_SHARED_PACKAGE) else package
    return f"{home}.{option.subject}"


def make_event(
    service: str, message: Message, aggregate_id: uuid.UUID | str, version: int, traceparent: str
) -> OutboxEvent:
    """The event with the story it belongs to; its id is taken here. Raises UnknownEvent or EventTooLarge."""
    payload = message.SerializeToString()
    if len(payload) > LARGEST_EVENT_BYTES:
        told = f"The event of this change would have {len(payload)} bytes; {LARGEST_EVENT_BYTES} fit."
        raise EventTooLarge("EVENT_TOO_LARGE", told, type=message.DESCRIPTOR.full_name)
    key = str(aggregate_id)
    event_id = new_id()
    cause = current_cause()
    subject = subject_of(message.DESCRIPTOR, service)
    return OutboxEvent(
        event_id=event_id,
        subject=f"{subject}.{partition_of(key)}.{_NO_TOKEN.sub('_', key) or '_'}",
        type=message.DESCRIPTOR.full_name,
        aggregate_id=key,
        aggregate_version=version,
        occur_time=datetime.now(UTC),
        causation_id=cause.causation_id,
        correlation_id=cause.correlation_id or str(event_id),
        actor=current_principal().subject,
        traceparent=traceparent,
        payload=payload,
    )


_COLUMNS = ", ".join(OutboxEvent._fields)
_TYPES = "uuid text text text bigint timestamptz text text text text bytea".split()
_ARRAYS = ", ".join(f"cast(:{name} as {kind}[])" for name, kind in zip(OutboxEvent._fields, _TYPES, strict=True))
_INSERT_EVENTS = (
    "INSERT INTO {schema}.outbox (COLUMNS) SELECT COLUMNS"
    " FROM unnest(ARRAYS) WITH ORDINALITY AS event (COLUMNS, place) ORDER BY place"
)
_INSERT = _INSERT_EVENTS.replace("COLUMNS", _COLUMNS).replace("ARRAYS", _ARRAYS)


def insert_events(service: str) -> Statement:
    """The statement that writes any number of events, with the parameters of `as_arrays`."""
    return in_schema(service, _INSERT)


def as_arrays(events: Sequence[OutboxEvent]) -> dict[str, list[Any]]:
    """The events as the parameters of `insert_events`."""
    return {name: list(column) for name, column in zip(OutboxEvent._fields, zip(*events, strict=True), strict=True)}


def to_envelope(event: Mapping[str, Any]) -> envelope_pb2.Envelope:
    """The envelope of a row of `outbox` or `outbox_log`."""
    envelope = envelope_pb2.Envelope(
        event_id=str(event["event_id"]),
        type=event["type"],
        aggregate_id=event["aggregate_id"],
        aggregate_version=event["aggregate_version"],
        causation_id=event["causation_id"],
        correlation_id=event["correlation_id"],
        actor=event["actor"],
        traceparent=event["traceparent"],
        payload=event["payload"],
    )
    envelope.occur_time.FromDatetime(event["occur_time"])
    return envelope


def audit_record(
    method: str, request_json: str, resource_id: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> envelope_pb2.AuditRecord:
    """The record of a privileged write; `before` and `after` hold no personal data."""
    return envelope_pb2.AuditRecord(
        method=method,
        actor=current_principal().subject,
        resource_id=resource_id,
        before_json=_as_json(before),
        after_json=_as_json(after),
        request_json=request_json,
    )


def _as_json(state: Mapping[str, Any] | None) -> str:
    return "" if state is None else json.dumps(state, default=str, sort_keys=True)
