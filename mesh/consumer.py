"""Consumers: each event of a subject takes effect once, in the order of its key, with the effect's own commit."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from souk.mesh.v1.envelope_pb2 import Envelope

from mesh.database import UnitOfWork


class Delivery(NamedTuple):
    """One of several events that are applied together."""

    event: Any
    envelope: Envelope
    # Makes what is published in its `with` block follow from this event.
    story: Callable[[], AbstractContextManager[object]]


Handler: TypeAlias = Callable[..., Awaitable[None]]
HandlerMany: TypeAlias = Callable[[Sequence[Delivery], UnitOfWork], Awaitable[None]]
Prepare: TypeAlias = Callable[[Any, Envelope], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Consumer:
    """A durable on `subjects` (`souk.order.v1.order.paid`), named `<service>-<purpose>`.

    `handler(event, envelope, uow)` writes the effect in `uow`, which the mesh commits with the mark that the event is
    done, and calls nobody. `prepare(event, envelope)` runs before it without a unit of work and may call others; what
    it returns is the handler's fourth argument. Both may run again for the same event until the commit succeeds.

    Events that come together are applied in one transaction, one after the other; where it fails, each in its own.
    `handler_many(deliveries, uow)` applies such events at once, in place of `handler`; it goes without `prepare`.
    """

    name: str
    subjects: tuple[str, ...]
    handler: Handler
    prepare: Prepare | None = None
    handler_many: HandlerMany | None = None
    # How many keys are worked on side by side.
    concurrency: int = 16
