"""`make chaos`: experiments on a stack of their own, one after the other, and one table at the end.

The seed decides everything that is chosen by chance; `--seed` repeats a run.
"""

import argparse
import asyncio
import logging
import secrets
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from mesh.stack.home import Home
from tests.chaos.experiments import EXPERIMENTS
from tests.chaos.lab import Experiment, Lab, settings
from tests.stack_process import PAYOUTS_AT_ONCE, Stack

_console = Console(width=160)
_LONGEST_SECONDS = 1800.0


@dataclass(frozen=True)
class Result:
    """How one experiment went."""

    name: str
    title: str
    seconds: float
    problems: list[str]
    notes: list[str]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument(
        "--seed", type=int, default=secrets.randbelow(1_000_000), help="repeats the run that printed it"
    )
    parser.add_argument("--only", default="", help=f"some of {','.join(EXPERIMENTS)}")
    parser.add_argument("--checkouts", type=int, default=2000, help="how many checkouts T1 makes")
    parser.add_argument("--units", type=int, default=2000, help="bought in T12, 5 times as many held; T8: a tenth")
    parser.add_argument("--model-seconds", type=float, default=300, help="how long T18 begins new runs")
    parser.add_argument("--labels", default="", help="T2 at crash points that begin so alone, as payment.p1,relay")
    parser.add_argument("--verbose", action="store_true", help="say what is done while it is done")
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("tests.chaos").setLevel(logging.INFO if options.verbose else logging.WARNING)
    names = [name for name in options.only.upper().split(",") if name] or list(EXPERIMENTS)
    if unknown := set(names) - EXPERIMENTS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(EXPERIMENTS)}")
    _console.print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="souk-chaos-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as another user
        stack = Stack(Home(Path(folder) / "home"))
        stack.up("--empty", "--faults", **PAYOUTS_AT_ONCE, **settings(stack))
        try:
            results = [asyncio.run(_run(Lab(stack, options.seed, **_scale(options)), name)) for name in names]
        finally:
            stack.souk("down", check=False)
    _print(results, options.seed)
    return 1 if any(result.problems for result in results) else 0


def _scale(options: argparse.Namespace) -> dict[str, Any]:
    names = ("checkouts", "units", "model_seconds", "labels")
    return {name: getattr(options, name) for name in names}


async def _run(lab: Lab, name: str) -> Result:
    title, experiment = EXPERIMENTS[name]
    _console.print(f"{time.strftime('%H:%M:%S')} {name} {title} …")
    began = time.monotonic()
    await _bounded(lab, experiment)
    result = Result(name, title, time.monotonic() - began, lab.problems, lab.notes)
    for problem in lab.problems:
        _console.print(f"  {problem}", style="red", markup=False)
    return result


async def _bounded(lab: Lab, experiment: Experiment) -> None:
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            await experiment(lab)
            await lab.verdict()
    except Exception as error:  # noqa: BLE001  # the other experiments still tell something
        lab.problems.append(f"{type(error).__name__}: {error}")
    finally:
        await lab.market.close()


def _print(results: list[Result], seed: int) -> None:
    table = Table("", "what was done", "seconds", "result", "figures", box=None, padding=(0, 2, 0, 0))
    for result in results:
        said = "[red]failed[/red]" if result.problems else "[green]passed[/green]"
        table.add_row(result.name, result.title, f"{result.seconds:.0f}", said, "\n".join(result.notes))
    _console.print(table)
    failed = [result.name for result in results if result.problems]
    _console.print(f"seed {seed}; {len(results) - len(failed)} passed, {len(failed)} failed {' '.join(failed)}")


if __name__ == "__main__":
    sys.exit(main())
