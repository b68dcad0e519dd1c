"""Copies of other services' facts, made anew from what their owners say, page by page, while everything runs."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from souk.mesh.v1 import projection_service_pb2 as pb
from souk.mesh.v1 import projection_service_pb2_grpc as pb_grpc

from mesh.call import Call
from mesh.database import Database, UnitOfWork
from mesh.errors import NotFound


class Page(NamedTuple):
    """Some facts of a copy beside their owner's."""

    compared_count: int
    # What the copy lacks or has in an older version, as the owner has it.
    behind: Sequence[Any]
    # Empty on the last page.
    next_token: str


Read: TypeAlias = Callable[[str], Awaitable[Page]]
Apply: TypeAlias = Callable[[Sequence[Any], UnitOfWork], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Projection:
    """A copy that can be made anew.

    `read(page_token)` asks the owner without a unit of work. `apply(behind, uow)` writes what is behind in one
    transaction, by the statements that the copy's events are applied with: their guard lets nothing older in, so what
    has come since `read` stays.
    """

    name: str
    read: Read
    apply: Apply


class Keeper(NamedTuple):
    """A service of this process, with the copies that it keeps."""

    database: Database
    projections: Sequence[Projection]
    # Makes the context in which the service acts as itself.
    acting: Callable[[], AbstractAsyncContextManager[object]]


class ProjectionServicer(pb_grpc.ProjectionServiceServicer):
    """Makes copies anew of the services that a process hosts."""

    def __init__(self, keepers: Mapping[str, Keeper]) -> None:
        """`keepers` are all services here, by name."""
        self._keepers = keepers

    async def ListProjections(  # noqa: N802  # as the contract names it
        self, request: pb.ListProjectionsRequest, call: Call
    ) -> pb.ListProjectionsResponse:
        """The names of a service's copies."""
        del call
        names = sorted(each.name for each in self._keeper(request.service).projections)
        return pb.ListProjectionsResponse(names=names)

    async def RebuildProjection(  # noqa: N802  # as the contract names it
        self, request: pb.RebuildProjectionRequest, call: Call
    ) -> pb.RebuildProjectionResponse:
        """One page."""
        del call
        keeper = self._keeper(request.service)
        projection = next((each for each in keeper.projections if each.name == request.name), None)
        if projection is None:
            raise NotFound("PROJECTION_UNKNOWN", "The service keeps no such copy.", name=request.name)
        async with keeper.acting():
            page = await projection.read(request.page_token)
            if page.behind:
                async with keeper.database.write() as uow:
                    await projection.apply(page.behind, uow)
        return pb.RebuildProjectionResponse(
            compared_count=page.compared_count, behind_count=len(page.behind), next_page_token=page.next_token
        )

    def _keeper(self, service: str) -> Keeper:
        if service not in self._keepers:
            raise NotFound("SERVICE_NOT_HERE", "This process does not host the service.", service=service)
        return self._keepers[service]
