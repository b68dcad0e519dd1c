"""`souk verify`: checks the invariants on the running market by asking the services that own the facts."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from souk.mesh.v1.invariants_pb2 import CheckInvariantsRequest, InvariantResult

from cli.mesh_client import service_stubs
from mesh.errors import SoukError
from mesh.stack.errors import StackError
from mesh.stack.home import Home, find_home

app = typer.Typer()
_console = Console()
# What must be checked by at least one service for a run to count; I9's other half is checked by those who hold a
# client's history.
REQUIRED = ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I10")
_SETTLE_SECONDS = 30
_SETTLED_SECONDS = 1
_PAUSE_SECONDS = 1.0


@dataclass
class Report:
    """What every service said."""

    results: list[tuple[str, InvariantResult]] = field(default_factory=list)

    @property
    def violation_count(self) -> int:
        """How many violations there are in all."""
        return sum(result.violation_count for _, result in self.results)

    @property
    def missing(self) -> list[str]:
        """The invariants that nobody checked."""
        checked = {result.invariant for _, result in self.results}
        return [name for name in REQUIRED if name not in checked]


@app.command()
def verify(
    *,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until what is in flight has landed, then judge it too.")
    ] = False,
    within: Annotated[float, typer.Option(help="With --wait: the longest wait, in seconds.")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Check that no money, stock, order or event is wrong. Read only.

    What is younger than 30 s is in flight and not judged, unless --wait is given. The last line is
    `violations: N`; the exit status is 1 when N is not 0, and 2 when an invariant could not be checked.
    """
    home = find_home()
    try:
        report = asyncio.run(_verify_settled(home, within) if wait else check(home, _SETTLE_SECONDS))
    except SoukError as error:
        raise StackError(f"The market could not be checked: {error.message} ({error.reason})") from error
    _print(report, as_json=as_json)
    if report.missing:
        raise typer.Exit(2)
    if report.violation_count:
        raise typer.Exit(1)


async def check(home: Home, settle_seconds: int) -> Report:
    """Ask every service once."""
    report = Report()
    async with service_stubs(home) as stubs:
        request = CheckInvariantsRequest(settle_seconds=settle_seconds)
        answers = await asyncio.gather(*(stub.CheckInvariants(request) for stub in stubs.values()))
        for service, answer in zip(stubs, answers, strict=True):
            report.results.extend((service, result) for result in answer.results)
    report.results.sort(key=lambda each: (int(each[1].invariant[1:]), each[0]))
    return report


async def _verify_settled(home: Home, within: float) -> Report:
    """Ask until nothing is wrong or the time is over: what was in flight has landed by then, or never will."""
    deadline = time.monotonic() + within
    while True:
        report = await check(home, _SETTLED_SECONDS)
        if not report.violation_count or time.monotonic() > deadline:
            return report
        await asyncio.sleep(_PAUSE_SECONDS)


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        _console.print_json(json.dumps([_as_dict(service, result) for service, result in report.results]))
    else:
        table = Table("", "service", "what holds", "checked", "violations", box=None, padding=(0, 2, 0, 0))
        for service, result in report.results:
            style = "red" if result.violation_count else None
            counts = (f"{result.checked_count:,}", f"{result.violation_count:,}")
            table.add_row(result.invariant, service, result.description, *counts, style=style)
        _console.print(table)
        for service, result in report.results:
            for violation in result.violations:
                _console.print(
                    f"{result.invariant} {service} {violation.id}: {violation.detail}", style="red", markup=False
                )
    if report.missing:
        _console.print(f"not checked by any service: {', '.join(report.missing)}", style="red")
    print(f"violations: {report.violation_count}")  # noqa: T201  the last line is for programs, whatever the terminal


def _as_dict(service: str, result: InvariantResult) -> dict[str, object]:
    return {
        "invariant": result.invariant,
        "service": service,
        "checked": result.checked_count,
        "violations": [{"id": each.id, "detail": each.detail} for each in result.violations],
        "violationCount": result.violation_count,
    }
