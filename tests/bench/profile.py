"""`python -m tests.bench.profile checkout`: where an item's time goes.

A flame graph of one worker, the hottest functions of the other, and what one operation asks of the database.
"""

import argparse
import asyncio
import secrets
import shutil
import signal
import sqlite3
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mesh.stack.home import Home, project_folder
from mesh.stack.traces import store_file
from tests.bench.items import ITEMS, Item
from tests.bench.market import Market
from tests.bench.run import Runner
from tests.bench.wire import exchange_all, with_keys

_HOTTEST = 45
_TRACE_SECONDS = 4.0
_SPANS = """
SELECT service, name, count(*), sum(end_ns - start_ns) / 1e6 FROM spans
WHERE trace_id = ? GROUP BY service, name ORDER BY min(start_ns)
"""
_console = Console(width=140)


def main() -> None:
    """Parse and run."""
    parser = argparse.ArgumentParser(prog="make profile", description=__doc__)
    parser.add_argument("item", choices=[item.name for item in ITEMS])
    parser.add_argument("--products", type=int, default=400)
    parser.add_argument("--shops", type=int, default=8)
    parser.add_argument("--customers", type=int, default=48)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--home", default="", help="a folder to keep the stocked market in for the next run")
    options = parser.parse_args()
    if _py_spy() is None:
        sys.exit("py-spy is not in this environment: uv pip install py-spy")
    folder = Path(options.home or tempfile.mkdtemp(prefix="souk-profile-"))
    try:
        asyncio.run(_profile(options, Home(folder.resolve())))
    finally:
        if not options.home:
            shutil.rmtree(folder, ignore_errors=True)


def _py_spy() -> str | None:
    return shutil.which("py-spy", path=sysconfig.get_path("scripts"))


async def _profile(options: argparse.Namespace, home: Home) -> None:
    item = next(each for each in ITEMS if each.name == options.item)
    market = Market(home, seed=1)
    output = project_folder() / ".cache" / "bench"
    output.mkdir(parents=True, exist_ok=True)
    flames, stacks = output / f"{item.name}.svg", output / f"{item.name}.stacks"
    try:
        market.stack.up("--empty")
        await market.stock(options.products, options.shops, options.customers)
        runner = Runner(market)
        await runner.measure(item, options.connections, 1.0)
        first, second = market.pids()["workers"][:2]
        spies = [await _spy(first, "flamegraph", flames), await _spy(second, "raw", stacks)]
        figures = await runner.measure(item, options.connections, options.seconds)
        for spy in spies:
            spy.send_signal(signal.SIGINT)
            await spy.wait()
        await _show_trace(market, item)
    finally:
        market.stack.souk("down", check=False)
    _show_hottest(stacks.read_text())
    _console.print(f"{figures.count} of {item.name}: {figures.cpu_ms:.2f} CPU-ms each. {flames}", highlight=False)


async def _spy(pid: int, kind: str, output: Path) -> asyncio.subprocess.Process:
    command = [_py_spy() or "", "record", "--pid", str(pid), "--rate", "250", "--nonblocking", "--format", kind]
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(*command, "--output", str(output), stdout=quiet, stderr=quiet)


async def _show_trace(market: Market, item: Item) -> None:
    """One operation with its trace kept, and the spans that it consists of."""
    trace_id = secrets.token_hex(16)
    request = with_keys((await item.requests(market))[-1:])[0]
    header = f"\r\ntraceparent: 00-{trace_id}-{secrets.token_hex(8)}-01\r\n".encode()
    await exchange_all(market.edge, [request.replace(b"\r\n", header, 1)])
    await asyncio.sleep(_TRACE_SECONDS)
    table = Table(title=f"One {item.name}: its spans", title_justify="left", box=None, pad_edge=False)
    for column in ("service", "span", "times", "ms"):
        table.add_column(column, justify="right" if column in ("times", "ms") else "left")
    with closing(sqlite3.connect(store_file(market.stack.home))) as store:
        for service, name, times, milliseconds in store.execute(_SPANS, (trace_id,)):
            table.add_row(service, name, str(times), f"{milliseconds:.2f}")
    _console.print(table)


def _show_hottest(stacks: str) -> None:
    alone: Counter[str] = Counter()
    below: Counter[str] = Counter()
    total = 0
    for frames, samples in _samples(stacks):
        total += samples
        alone[frames[-1]] += samples
        for frame in set(frames):
            below[frame] += samples
    table = Table(title=f"Hottest of {total} samples", title_justify="left", box=None, pad_edge=False)
    for column in ("alone %", "function", "with callees %", "function "):
        table.add_column(column, justify="right" if "%" in column else "left", no_wrap=True)
    pairs = zip(alone.most_common(_HOTTEST), below.most_common(_HOTTEST), strict=False)
    for (own, own_samples), (whole, whole_samples) in pairs:
        table.add_row(f"{own_samples / total:.1%}", own, f"{whole_samples / total:.1%}", whole)
    _console.print(table)


def _samples(stacks: str) -> Iterator[tuple[list[str], int]]:
    """Frames without their line numbers, from outermost to innermost, and how often they were seen."""
    for line in stacks.splitlines():
        trace, _, samples = line.rpartition(" ")
        frames = [frame.rpartition(":")[0] if frame[-2:-1].isdigit() else frame for frame in trace.split(";")]
        yield frames, int(samples)


if __name__ == "__main__":
    main()
