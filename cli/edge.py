"""`souk edge`: the configuration that Envoy would run with, and whether Envoy takes it."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from edge.placement import Placement, PlacementError
from edge.render import render as render_edge
from mesh.stack.errors import StackError
from mesh.stack.home import find_home
from mesh.stack.wheels import wheel_folder

app = typer.Typer()
edge = typer.Typer(no_args_is_help=True, help="Look into the configuration of the edge.")
app.add_typer(edge, name="edge")

_PLACEMENT = typer.Option(help="A placement as JSON; without it that of the running market.")


@app.callback()
def group() -> None:
    """Keep `edge` a command with commands of its own."""


@edge.command()
def render(placement: Annotated[Path | None, _PLACEMENT] = None) -> None:
    """Print the configuration as JSON."""
    sys.stdout.write(_rendered(placement))


@edge.command()
def check(placement: Annotated[Path | None, _PLACEMENT] = None) -> None:
    """Ask Envoy whether it would start with the configuration."""
    envoy = wheel_folder("envoy", "Envoy") / "_bin" / "envoy"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "envoy.json"
        file.write_text(_rendered(placement))
        command = [str(envoy), "--mode", "validate", "--use-dynamic-base-id", "--log-level", "error", "-c", str(file)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - Envoy from its wheel
    if done.returncode:
        raise StackError(f"Envoy refuses the configuration: {done.stderr.strip() or done.stdout.strip()}")
    typer.echo("Envoy takes the configuration.")


def _rendered(file: Path | None) -> str:
    try:
        return render_edge(Placement.read(file or find_home().run / "placement.json"))
    except PlacementError as error:
        raise StackError(str(error)) from error
