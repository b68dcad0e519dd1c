"""Runs of the machine: `python -m tests.chaos.model.runs HOME SEED SECONDS`, several side by side as T18."""

import asyncio
import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from mesh.stack.home import Home
from tests.chaos.lab import Lab
from tests.chaos.model.desk import Desk
from tests.chaos.model.machine import OrderMachine
from tests.stack_process import Stack

_STEPS = 15
# Runs under one seed, which repeats them; then the next seed's turn comes.
_RUNS_EACH = 25
_SIDE_BY_SIDE = 4
_DONE = "runs and steps:"


def run_machine(desk: Desk, number: int, runs: int, *, shorten: bool = True) -> type[OrderMachine]:
    """So many runs under one seed; AssertionError with a story that the book does not tell, the shortest if asked."""
    machine = type("Orders", (OrderMachine,), {"desk": desk})
    options = settings(
        max_examples=runs,
        stateful_step_count=_STEPS,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink) if shorten else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(machine), settings=options)
    return machine


async def orders_as_in_the_book(lab: Lab) -> None:
    """T18: as many runs as fit into the time, in several processes."""
    first = lab.seed * 1_000_000
    ends = await asyncio.gather(
        *(_shard(lab, first + number * 10_000, lab.model_seconds) for number in range(_SIDE_BY_SIDE))
    )
    runs, steps = (sum(counts) for counts in zip(*ends, strict=True))
    lab.expect(runs, "there was no run at all")
    lab.note(f"{runs} runs of {_STEPS} steps at most, {steps} comparisons, {_SIDE_BY_SIDE} side by side")


async def _shard(lab: Lab, number: int, seconds: float) -> tuple[int, int]:
    command = ["-m", "tests.chaos.model.runs", str(lab.stack.home.root), str(number), str(seconds)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said = (await process.communicate())[0].decode()
    lab.expect(process.returncode == 0, f"{' '.join(command)}:\n{said[-6000:]}")
    counts = [line.removeprefix(_DONE).split() for line in said.splitlines() if line.startswith(_DONE)]
    return (int(counts[-1][0]), int(counts[-1][1])) if counts else (0, 0)


def main(home: str, number: int, seconds: float) -> None:
    """Run until the time is over."""
    desk = Desk(Stack(Home(Path(home))))
    runs = steps = 0
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            machine = run_machine(desk, number, _RUNS_EACH)
            runs, steps, number = runs + machine.runs, steps + machine.steps, number + 1
            print(_DONE, runs, steps, flush=True)  # noqa: T201  the parent reads it
    finally:
        desk.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
