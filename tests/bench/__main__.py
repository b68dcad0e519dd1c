"""`python -m tests.bench`: run the work items on a market of their own and print what they cost."""

import argparse
import asyncio
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from mesh.stack.home import Home, project_folder
from tests.bench import bare, bulk, calls, events, overload, ratchet, sale, shoppers, steady
from tests.bench.findings import at_least, at_most
from tests.bench.items import ITEMS, Item
from tests.bench.limit import limit_of
from tests.bench.market import Market
from tests.bench.page import write_page
from tests.bench.report import Report
from tests.bench.run import Runner

_STARTUP = "startup"
# Those that change the market most come last.
_OTHERS = (events.NAME, sale.NAME, shoppers.NAME, overload.NAME, calls.NAME, bulk.NAME)
_MARKS = {"product": 0.8, "list": 0.6}
_COST_MARKS = {"cart-add": 2.5}
_START_SECONDS, _MEMORY_MIB = 10.0, 900.0
_IDLE_SECONDS = 2.0
_VERIFY_SECONDS = 600.0
_MIB = 1024 * 1024
_console = Console(width=max(150, Console().width))


def main() -> int:
    """Parse, run, print; 1 where an item had errors, an invariant does not hold or, with --check, a cost has grown."""
    # Whoever ends it by a signal gets his machine back: the stack is stopped on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = _options()
    folder = Path(options.home or tempfile.mkdtemp(prefix="souk-bench-"))
    try:
        return asyncio.run(_bench(options, Home(folder.resolve())))
    finally:
        if not options.home:
            shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    names = [_STARTUP, *(item.name for item in ITEMS), *_OTHERS]
    parser.add_argument("--only", nargs="*", default=[], metavar="ITEM", help=f"of {', '.join(names)}")
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--shops", type=int, default=50)
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--connections", type=int, nargs="+", default=[16, 64])
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each item is measured")
    parser.add_argument("--long", type=float, default=30.0, help="the same of shoppers and of each overload")
    parser.add_argument("--rows", type=int, default=bulk.ROWS, help="how many are imported")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", default="", help="a folder to keep the stocked market in for the next run")
    parser.add_argument("--keep", action="store_true", help="make the figures of this run the golden ones")
    parser.add_argument("--check", action="store_true", help="costs alone; fail where one grew by more than a tenth")
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
        with _timed(report, "stocking"):
            market.stack.up("--empty")
            await market.stock(options.products, options.shops, options.customers)
        await _measure(options, market, report)
        with _timed(report, "verify"):
            verified = market.stack.souk("verify", "--wait", check=False, seconds=_VERIFY_SECONDS)
        report.verified = verified.stdout.strip().rpartition("\n")[2]
    finally:
        market.stack.souk("down", check=False)
    report.changes = ratchet.compare(report.costs(), report.yardstick_ms)
    report.show(_console)
    path = report.write(project_folder() / ".cache" / "bench")
    _console.print(f"{path}, {write_page(report, path.with_suffix('.html'))}", highlight=False)
    if options.keep:
        ratchet.keep(report.costs(), report.yardstick_ms)
    worse = options.check and any(change.is_worse for change in report.changes)
    return 1 if verified.returncode or report.errors or worse else 0


async def _measure(options: argparse.Namespace, market: Market, report: Report) -> None:
    runner = Runner(market)
    if _STARTUP in options.only:
        with _timed(report, _STARTUP):
            _restart(market, report)
    await runner.watch_idle(_IDLE_SECONDS)
    report.idle = runner.idle
    for item in (each for each in ITEMS if each.name in options.only):
        with _timed(report, item.name):
            await _measure_item(runner, report, item, options)
    for name in (each for each in _OTHERS if each in options.only):
        with _timed(report, name):
            await _measure_other(name, runner, report, options)


async def _measure_item(runner: Runner, report: Report, item: Item, options: argparse.Namespace) -> None:
    await runner.warm_up(item)
    for connections in options.connections:
        _say(f"{item.name}, {connections} connections")
        if options.check:
            report.figures.append(await runner.measure(item, connections, options.seconds))
            continue
        await _measure_beside_limit(runner, report, item, connections, options.seconds)
    if not options.check:
        await _hold_against_marks(runner, report, item, options.seconds)


async def _hold_against_marks(runner: Runner, report: Report, item: Item, seconds: float) -> None:
    runs = [each for each in report.figures if each.item == item.name]
    if item.name in _MARKS:
        best = max((report.shares[key][0] for key in report.shares if key.startswith(f"{item.name} ")), default=0.0)
        report.tell(at_least(item.name, "of the limit, at best", best, _MARKS[item.name]))
    if item.name in _COST_MARKS:
        report.tell(at_most(item.name, "cost", report.costs().get(item.name, 0.0), _COST_MARKS[item.name], "CPU-ms"))
    if item.name == steady.NAME:
        peak = max(each.rate for each in runs)
        report.tell(at_most(item.name, "cost without the sandbox", min(map(steady.own_cost, runs)), 20.0, "CPU-ms"))
        _say("checkout at 60 % of its peak")
        report.figures += await steady.measure_steady(runner, report.tell, peak, 2 * seconds)
        _say("checkout, bare SQL")
        await bare.measure_bare_sql(runner, report.tell, peak)


async def _measure_beside_limit(runner: Runner, report: Report, item: Item, connections: int, seconds: float) -> None:
    """Halves of the item and of its limit in turn, so that what else the machine does meets both alike."""
    if item.limit is None:
        report.figures.append(await runner.measure(item, connections, seconds))
        return
    async with limit_of(runner.market, item.limit(runner.market)) as limit:
        # Warm on both sides, then measured.
        await runner.measure_limit(item, connections, min(1.0, seconds), limit.edge, limit.pids)
        first = await runner.measure(item, connections, seconds / 2)
        bound = await runner.measure_limit(item, connections, seconds / 2, limit.edge, limit.pids)
        first.join(await runner.measure(item, connections, seconds / 2))
        bound.join(await runner.measure_limit(item, connections, seconds / 2, limit.edge, limit.pids))
    report.figures += [first, bound]
    report.compare_with_limit(first, bound)


async def _measure_other(name: str, runner: Runner, report: Report, options: argparse.Namespace) -> None:
    _say(name)
    await runner.market.keep_signed_in()
    if name == events.NAME:
        report.events = await events.measure_events(runner.market)
        # Taken here, where the market has been busy, and neither ten thousand connections nor an import came yet.
        _weigh(runner.market, report)
    elif name == sale.NAME:
        report.figures += await sale.measure_sale(runner, report.tell)
    elif name == shoppers.NAME:
        report.figures += await shoppers.measure_shoppers(runner, report.tell, options.long)
    elif name == overload.NAME:
        report.figures += await overload.measure_overload(runner, report.tell, options.long)
    elif name == calls.NAME:
        await calls.measure_calls(report.tell)
    else:
        await bulk.measure_import(runner, report.tell, options.rows)


def _weigh(market: Market, report: Report) -> None:
    status = json.loads(market.stack.souk("status", "--json").stdout)
    report.memory = {each["name"]: each["memory_bytes"] for each in [*status["processes"], status["supervisor"]]}
    report.tell(at_most("memory", "the whole stack", sum(report.memory.values()) / _MIB, _MEMORY_MIB, "MiB"))


def _restart(market: Market, report: Report) -> None:
    """From nothing to the first answer, on the data that are there."""
    market.stack.souk("down")
    began = time.monotonic()
    market.stack.up("--empty")
    report.tell(at_most(_STARTUP, "to the first answer", time.monotonic() - began, _START_SECONDS, "s"))


@contextmanager
def _timed(report: Report, name: str) -> Iterator[None]:
    began = time.monotonic()
    _say(name)
    yield
    report.took[name] = time.monotonic() - began


def _say(what: str) -> None:
    _console.print(f"… {what}", style="dim", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
