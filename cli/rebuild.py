"""`souk rebuild`: copies of other services' facts, made anew from their owners while the market runs."""

import asyncio
from typing import Annotated, Any

import typer
from rich.console import Console
from souk.mesh.v1 import projection_service_pb2 as pb
from souk.mesh.v1.projection_service_pb2_grpc import ProjectionServiceStub

from cli.mesh_client import service_channels
from mesh.errors import SoukError
from mesh.stack.errors import StackError
from mesh.stack.home import Home, find_home

app = typer.Typer()
_console = Console()


@app.command()
def rebuild(
    service: Annotated[str, typer.Argument(help="The service that keeps the copy, such as catalog.")],
    copy: Annotated[str, typer.Argument(help="The copy, such as shops. Left out: all that the service keeps.")] = "",
) -> None:
    """Make a service's copies of other services' facts anew, from what their owners say now.

    For a copy that is empty, or older than the log of events, which `souk replay` publishes again, reaches back.

    Everything goes on meanwhile: each page is one short transaction, and what is newer than the owner's answer stays.
    Broken off, it can be run again. A copy that is wrong and not old is to be emptied first, as its version says that
    it is right. `souk verify` finds either.

    For example: souk rebuild catalog shops. docs/data.md lists the copies.
    """
    try:
        asyncio.run(_rebuild(find_home(), service, copy))
    except SoukError as error:
        message = f"{service} was not made anew to the end: {error.message} ({error.reason}) Run it again."
        raise StackError(message) from error


async def _rebuild(home: Home, service: str, copy: str) -> None:
    async with service_channels(home) as channels:
        if service not in channels:
            raise StackError(f"There is no service {service}. There are: {', '.join(channels)}.")
        stub: Any = ProjectionServiceStub(channels[service])  # type: ignore[no-untyped-call]  # as generated
        names = list((await stub.ListProjections(pb.ListProjectionsRequest(service=service))).names)
        if not names:
            raise StackError(f"{service} keeps no copy that can be made anew.")
        if copy and copy not in names:
            raise StackError(f"{service} keeps no copy {copy}. It keeps: {', '.join(names)}.")
        for name in [copy] if copy else names:
            await _rebuild_copy(stub, service, name)


async def _rebuild_copy(stub: Any, service: str, name: str) -> None:
    request = pb.RebuildProjectionRequest(service=service, name=name)
    compared = behind = 0
    with _console.status(f"{service} {name}") as status:
        while True:
            page = await stub.RebuildProjection(request)
            compared, behind = compared + page.compared_count, behind + page.behind_count
            told = f"{service} {name}: {compared:,} compared, {behind:,} behind"
            status.update(told)
            request.page_token = page.next_page_token
            if not page.next_page_token:
                break
    _console.print(f"{told} and made anew." if behind else f"{told}.", highlight=False)
