"""`souk metrics`: queues, lags and invariants, as the processes last read them."""

import asyncio
import json
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from souk.mesh.v1.vitals_service_pb2 import ListReadingsRequest, Reading
from souk.mesh.v1.vitals_service_pb2_grpc import VitalsServiceStub

from cli.mesh_client import process_channels
from mesh.errors import SoukError
from mesh.stack.errors import StackError
from mesh.stack.home import Home, find_home

app = typer.Typer()
_console = Console()


@app.command()
def metrics(
    *,
    show_all: Annotated[bool, typer.Option("--all", help="Also what is 0, as it should be.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show outboxes, event lag, dead letters, parked keys and violated invariants, as they were last read.

    Queues are read every 30 s (SOUK_WATCH_SECONDS). Each service checks all its invariants every 5 minutes
    (SOUK_INVARIANT_SECONDS), and more seldom where that would take more than a hundredth of the time. With
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT the same values go out as OpenTelemetry metrics.
    """
    try:
        readings = asyncio.run(_ask(find_home()))
    except SoukError as error:
        raise StackError(f"The market does not answer: {error.message} ({error.reason})") from error
    if as_json:
        _console.print_json(json.dumps([_as_dict(reading) for reading in readings]))
        return
    shown = [reading for reading in readings if show_all or reading.value]
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("metric", "of", "value", "read"):
        table.add_column(heading, overflow="fold")
    for reading in shown:
        of = ", ".join(f"{name} {value}" for name, value in sorted(reading.attributes.items()))
        unit = reading.unit if not reading.unit.startswith("{") else ""
        age = time.time() - reading.read_time.ToMilliseconds() / 1000
        table.add_row(reading.name, of, f"{reading.value:,.10g} {unit}", f"{age:.0f} s ago")
    _console.print(table)
    _console.print(f"{len(readings) - len(shown)} more are 0" if not show_all else "", highlight=False)


async def _ask(home: Home) -> list[Reading]:
    readings: list[Reading] = []
    async with process_channels(home) as channels:
        stubs = [VitalsServiceStub(channel) for channel in channels]
        for answer in await asyncio.gather(*(stub.ListReadings(ListReadingsRequest()) for stub in stubs)):
            readings += answer.readings
    return sorted(readings, key=lambda reading: (reading.name, sorted(reading.attributes.items())))


def _as_dict(reading: Reading) -> dict[str, object]:
    return {
        "name": reading.name,
        "unit": reading.unit,
        "attributes": dict(reading.attributes),
        "value": reading.value,
        "readTime": reading.read_time.ToJsonString(),
    }
