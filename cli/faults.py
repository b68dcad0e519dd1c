"""`souk break` and `souk crash-points`: what can go wrong, on demand."""

import asyncio
import re
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from mesh.stack import breaking
from mesh.stack.errors import StackError
from mesh.stack.home import Home, find_home
from mesh.stack.state import Status

app = typer.Typer()
_console = Console()
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, None: 1.0}
_LONGEST_SECONDS = 600.0
_BACK_SECONDS = 60.0
_POLL_SECONDS = 0.02


class How(StrEnum):
    """What can be done to a part."""

    KILL = "kill"
    FREEZE = "freeze"
    DELAY = "delay"
    PARTITION = "partition"


def seconds(text: str) -> float:
    """Read a duration: `10s`, `500ms`, `2m`; a bare number is seconds. Raises StackError."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise StackError(f"{text!r} is no duration: write 10s, 500ms or 2m.")
    value = float(found[1]) * _UNITS[found[2]]
    if value > _LONGEST_SECONDS:
        raise StackError(f"{text!r} is too long; at most {_LONGEST_SECONDS:.0f} s.")
    return value


@app.command("break")
def break_part(
    part: Annotated[str, typer.Argument(help="A name that `souk status` lists.")],
    *,
    how: Annotated[How, typer.Option(help="kill: SIGKILL. freeze: SIGSTOP. delay, partition: of the network.")],
    duration: Annotated[
        str, typer.Option("--for", help="How long: 10s, 500ms, 2m. A kill without it happens once.")
    ] = "",
    delay: Annotated[str, typer.Option(help="With --how delay: by how much.")] = "200ms",
) -> None:
    """Hurt one part of the running market, and see that nothing is lost: `souk verify --wait` afterwards.

    The supervisor starts a killed part again. delay and partition need `souk up --faults`, and work between the
    services and postgres, nats, redis or sandbox.
    """
    home = find_home()
    length = seconds(duration) if duration else 0.0 if how is How.KILL else 10.0
    if how is How.KILL:
        _kill(home, part, length)
    elif how is How.FREEZE:
        with breaking.frozen(home, part):
            _console.print(f"{part} is frozen for {length:g} s.")
            time.sleep(length)
        _console.print(f"{part} goes on.")
    else:
        asyncio.run(breaking.hinder(home, part, how.value, seconds=length, delay=seconds(delay)))
        what = f"slower by {seconds(delay):g} s" if how is How.DELAY else "cut"
        _console.print(f"The way to {part} is {what} for {length:g} s.")
        time.sleep(length)
        _console.print(f"The way to {part} is free again.")


def _kill(home: Home, part: str, length: float) -> None:
    began = time.monotonic()
    victim = breaking.kill(home, part)
    _console.print(f"{part} was killed." if victim else f"{part} does not run just now.")
    while time.monotonic() < began + length:
        breaking.kill(home, part)
        time.sleep(_POLL_SECONDS)
    healed = time.monotonic()
    while time.monotonic() < healed + _BACK_SECONDS:
        now = breaking.part_of(home, part)
        if now.state is Status.RUNNING and now.pid != victim:
            _console.print(f"{part} serves again after {time.monotonic() - began:.1f} s.")
            return
        time.sleep(_POLL_SECONDS)
    raise StackError(f"{part} did not come back in {_BACK_SECONDS:.0f} s; see `souk logs {part}`.")


@app.command("crash-points")
def crash_points() -> None:
    """List the labels at which SOUK_CRASH_AT makes a process die, as after kill -9.

    `database.before_commit@order` asks for one service alone, `consumer.before_ack@cart-take-ordered` for one consumer.
    """
    from importlib.util import find_spec

    from mesh.crash import labels

    specs = [find_spec(name) for name in ("mesh", "services")]
    folders = [Path(place) for spec in specs if spec for place in spec.submodule_search_locations or ()]
    for label in labels(folders):
        typer.echo(label)
