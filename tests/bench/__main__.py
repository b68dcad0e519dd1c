"""`python -m tests.bench`: run the work items on a market of their own and print what they cost."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from mesh.stack.home import Home, project_folder
from tests.bench import ratchet
from tests.bench.events import measure_events
from tests.bench.items import ITEMS, Item
from tests.bench.limit import limit_of
from tests.bench.market import Market
from tests.bench.page import write_page
from tests.bench.report import Report
from tests.bench.run import Runner

_EVENTS, _STARTUP = "events", "startup"
_IDLE_SECONDS = 2.0
_console = Console(width=max(150, Console().width))


def main() -> int:
    """Parse, run, print; 1 where an item had errors or an invariant does not hold."""
    options = _options()
    folder = Path(options.home or tempfile.mkdtemp(prefix="souk-bench-"))
    try:
        return asyncio.run(_bench(options, Home(folder.resolve())))
    finally:
        if not options.home:
            shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    names = [*(item.name for item in ITEMS), _EVENTS, _STARTUP]
    parser.add_argument("--only", nargs="*", default=[], metavar="ITEM", help=f"of {', '.join(names)}")
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--shops", type=int, default=50)
    parser.add_argument("--customers", type=int, default=200)
    parser.add_argument("--connections", type=int, nargs="+", default=[16, 64])
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each item is measured")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", default="", help="a folder to keep the stocked market in for the next run")
    parser.add_argument("--keep", action="store_true", help="make the figures of this run the golden ones")
    options = parser.parse_args()
    if unknown := set(options.only) - set(names):
        parser.error(f"there is no item {sorted(unknown)[0]!r}; there are {', '.join(names)}")
    options.only = options.only or names
    return options


async def _bench(options: argparse.Namespace, home: Home) -> int:
    dataset = (
        f"{options.products} products of {options.shops} shops, {options.customers} customers, seed {options.seed}"
    )
    report = Report(dataset, datetime.now(UTC).isoformat(timespec="seconds"), ratchet.yardstick())
    market = Market(home, options.seed)
    try:
        _say("starting, stocking")
        market.stack.up("--empty")
        await market.stock(options.products, options.shops, options.customers)
        await _measure(options, market, report)
        verified = market.stack.souk("verify", "--wait", check=False)
        report.verified = verified.stdout.strip().rpartition("\n")[2]
    finally:
        market.stack.souk("down", check=False)
    report.changes = ratchet.compare(report.costs(), report.yardstick_ms)
    report.show(_console)
    path = report.write(project_folder() / ".cache" / "bench")
    _console.print(f"{path}, {write_page(report, path.with_suffix('.html'))}", highlight=False)
    if options.keep:
        ratchet.keep(report.costs(), report.yardstick_ms)
    return 1 if verified.returncode or any(each.errors for each in report.figures) else 0


async def _measure(options: argparse.Namespace, market: Market, report: Report) -> None:
    runner = Runner(market)
    if _STARTUP in options.only:
        report.startup_seconds = _restart(market)
    await runner.watch_idle(_IDLE_SECONDS)
    report.idle = runner.idle
    for item in (each for each in ITEMS if each.name in options.only):
        await runner.warm_up(item)
        for connections in options.connections:
            _say(f"{item.name}, {connections} connections")
            await _measure_item(runner, report, item, connections, options.seconds)
    if _EVENTS in options.only:
        _say("events")
        report.events = await measure_events(market)
    status = json.loads(market.stack.souk("status", "--json").stdout)
    report.memory = {each["name"]: each["memory_bytes"] for each in [*status["processes"], status["supervisor"]]}


async def _measure_item(runner: Runner, report: Report, item: Item, connections: int, seconds: float) -> None:
    """Halves of the item and of its limit in turn, so that what else the machine does meets both alike."""
    if item.limit is None:
        report.figures.append(await runner.measure(item, connections, seconds))
        return
    async with limit_of(runner.market, [item.limit(runner.market)]) as limit:
        # Warm on both sides, then measured.
        await runner.measure_limit(item, connections, min(1.0, seconds), limit.edge, limit.pids)
        first = await runner.measure(item, connections, seconds / 2)
        bound = await runner.measure_limit(item, connections, seconds / 2, limit.edge, limit.pids)
        first.join(await runner.measure(item, connections, seconds / 2))
        bound.join(await runner.measure_limit(item, connections, seconds / 2, limit.edge, limit.pids))
    report.figures += [first, bound]
    report.compare_with_limit(first, bound)


def _restart(market: Market) -> float:
    """Seconds from nothing to the first answer, on the data that are there."""
    market.stack.souk("down")
    began = time.monotonic()
    market.stack.up("--empty")
    return time.monotonic() - began


def _say(what: str) -> None:
    _console.print(f"… {what}", style="dim", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
