"""What a service is to the mesh: a name, its tables, and a function that builds its parts."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mesh.node import ServiceNode

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    from mesh.consumer import Consumer
    from mesh.job import Job
    from mesh.projection import Projection

__all__ = ["Parts", "Service", "ServiceNode"]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service consists of while it runs."""

    servicers: Sequence[Any]
    consumers: "Sequence[Consumer]" = ()
    jobs: "Sequence[Job]" = ()
    # The copies of others' facts that can be made anew from their owners.
    projections: "Sequence[Projection]" = ()
    # Awaited after the connections stand and before the first call is served.
    on_start: Callable[[], Awaitable[None]] | None = None
    # Awaited after the last call, event and job: closes connections of the service's own.
    on_stop: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A service: `build` is its composition root, and nothing happens before it runs."""

    name: str
    tables: "MetaData | None"
    build: Callable[[ServiceNode], Parts]
