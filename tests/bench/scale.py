"""`python -m tests.bench.scale`: the same items on one worker, two, one for each service, and in ever larger stores.

Takes some twenty minutes; --orders and --products name the sizes, and less of them takes less.
"""

import argparse
import asyncio
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mesh.stack.home import Home, project_folder
from tests.bench.figures import Figures
from tests.bench.findings import Finding, at_most
from tests.bench.growth import grow
from tests.bench.items import ITEMS
from tests.bench.market import Market
from tests.bench.run import Runner
from tests.bench.statements import logged_statements, slowest

_ITEMS = ("product", "list", "categories", "cart", "cart-add", "checkout", "orders")
_USUAL = "two workers"
_PLACEMENTS = {"one worker": ("--workers", "1"), _USUAL: ("--workers", "2"), "split": ("--split",)}
_PRODUCTS_OF_A_SHOP = 200
# An item may cost so many times as much in a store that is ten or a hundred times as large.
_GROWTH = 1.25
_STATEMENT_MS = 50.0
_SLOWEST = 12
_IDLE_SECONDS = 2.0
_VERIFY_SECONDS = 900.0
_console = Console(width=max(150, Console().width))


@dataclass
class Stage:
    """One store and placement, and what the items cost there; `before` is the stage that it is held against."""

    name: str
    figures: list[Figures]
    before: str = ""


class Scale:
    """One run: a market that is started in several ways and grows."""

    def __init__(self, market: Market, options: argparse.Namespace) -> None:
        self.market = market
        self.options = options
        self.stages: list[Stage] = []
        self.findings: list[Finding] = []

    async def run(self) -> None:
        """All stages."""
        first, *larger = self.options.products
        self.market.stack.up("--empty")
        await self.market.stock(first, max(5, first // _PRODUCTS_OF_A_SHOP), self.options.customers)
        name = f"{first:,} products"
        await self._stage(name)
        # Where orders grow and placements change there are as many products as the marks speak of.
        usual, rest = larger[:1], larger[1:]
        name = await self._grow_products(first, usual, name)
        await self._place()
        name = await self._grow_orders(name)
        await self._grow_products((usual or [first])[-1], rest, name)

    async def _grow_products(self, count: int, sizes: Sequence[int], before: str) -> str:
        for size in sizes:
            _say(f"seeding to {size:,} products")
            added = size - count
            await self.market.add_products(added, max(5, added // _PRODUCTS_OF_A_SHOP), seed=size)
            count, name = size, f"{size:,} products"
            await self._stage(name, before)
            before = name
        return before

    async def _place(self) -> None:
        """The same store on other placements; it began on two workers."""
        # Two workers last: the stages after it run on them.
        for placement in sorted(self.options.placements, key=lambda each: each == _USUAL):
            self._restart(_PLACEMENTS[placement])
            await self._stage(placement)
        if self.options.placements and _USUAL not in self.options.placements:
            self._restart(_PLACEMENTS[_USUAL])

    def _restart(self, options: Sequence[str]) -> None:
        self.market.stack.souk("down")
        self.market.stack.up("--empty", *options)

    async def _grow_orders(self, before: str) -> str:
        count = 0
        for size in self.options.orders:
            _say(f"growing to {size:,} orders")
            await grow(self.market.stack.home, size - count)
            count, name = size, f"{size:,} orders"
            # The first of these is a size, not a growth: what it is held against is the store without any.
            await self._stage(name, before)
            before = name
        if self.options.orders:
            await self._time_statements(before)
        return before

    async def _stage(self, name: str, before: str = "") -> None:
        runner = Runner(self.market)
        await runner.watch_idle(_IDLE_SECONDS)
        stage = Stage(name, [], before)
        for item in (each for each in ITEMS if each.name in _ITEMS):
            _say(f"{name}: {item.name}")
            await runner.warm_up(item)
            stage.figures.append(await runner.measure(item, self.options.connections, self.options.seconds))
        self.stages.append(stage)
        self._hold_against(stage)

    def _hold_against(self, stage: Stage) -> None:
        base = next((each for each in self.stages if each.name == stage.before), None)
        for now, then in zip(stage.figures, base.figures if base else (), strict=False):
            grown = now.cpu_ms / then.cpu_ms if then.cpu_ms else 0.0
            what = f"CPU-ms at {stage.name} over {stage.before}"
            self.findings.append(at_most(now.item, what, grown, _GROWTH))

    async def _time_statements(self, name: str) -> None:
        """All items once more, with every statement's time in the server's log."""
        _say(f"{name}: statements")
        runner, log = Runner(self.market), self.market.stack.home.log("postgres")
        at = log.stat().st_size
        async with logged_statements(self.market):
            for item in (each for each in ITEMS if each.name in _ITEMS):
                await runner.measure(item, 4, 1.0)
        with log.open(errors="replace") as file:
            file.seek(at)
            found = slowest(file)
        if found:
            worst = max(each.p99 for each in found)
            self.findings.append(
                at_most("statements", f"slowest, median, at {name}", found[0].median, _STATEMENT_MS, "ms")
            )
            self.findings.append(Finding("statements", f"slowest, p99, at {name}", worst, "ms"))
        for each in found[:_SLOWEST]:
            what = f"median of {len(each.times)}, p99 {each.p99:.2f}: {each.text}"
            self.findings.append(Finding("statement", what, each.median, "ms"))


def _costs_table(stages: Sequence[Stage]) -> Table:
    table = Table(title="CPU-ms of one operation; its p95 in ms", title_justify="left", box=None, pad_edge=False)
    table.add_column("item")
    for stage in stages:
        table.add_column(stage.name, justify="right")
    for name in _ITEMS:
        runs = [next(each for each in stage.figures if each.item == name) for stage in stages]
        table.add_row(name, *(f"{each.cpu_ms:.2f}; {each.percentile(95):.0f}" for each in runs))
    return table


def _findings_table(findings: Sequence[Finding]) -> Table:
    table = Table(title="Found out", title_justify="left", box=None, pad_edge=False)
    for column in ("item", "what", "figure", "mark", ""):
        table.add_column(column, justify="right" if column == "figure" else "left")
    for each in findings:
        table.add_row(
            each.item, each.what, each.text, each.mark, {None: "", True: "holds", False: "misses"}[each.holds]
        )
    return table


def _write(scale: Scale, verified: str) -> Path:
    stages = [
        {
            "name": stage.name,
            "items": {each.item: [each.rate, each.percentile(95), each.cpu_ms] for each in stage.figures},
        }
        for stage in scale.stages
    ]
    folder = project_folder() / ".cache" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scale.json"
    findings = [asdict(each) for each in scale.findings]
    path.write_text(json.dumps({"stages": stages, "findings": findings, "verify": verified}, indent=1) + "\n")
    return path


def main() -> int:
    """Parse, run, print; 1 where an item had errors or an invariant does not hold."""
    parser = argparse.ArgumentParser(prog="make bench-scale", description=__doc__)
    parser.add_argument("--products", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--orders", type=int, nargs="*", default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--placements", nargs="*", default=list(_PLACEMENTS), choices=list(_PLACEMENTS))
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each item is measured")
    parser.add_argument("--home", default="", help="a folder to keep the market in")
    options = parser.parse_args()
    folder = Path(options.home or tempfile.mkdtemp(prefix="souk-scale-"))
    # Whoever ends it by a signal gets his machine back: the stack is stopped on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    scale = Scale(Market(Home(folder.resolve()), seed=1), options)
    try:
        asyncio.run(scale.run())
        verified = scale.market.stack.souk("verify", "--wait", check=False, seconds=_VERIFY_SECONDS)
    finally:
        scale.market.stack.souk("down", check=False)
        if not options.home:
            shutil.rmtree(folder, ignore_errors=True)
    said = verified.stdout.strip().rpartition("\n")[2]
    _console.print(_costs_table(scale.stages), _findings_table(scale.findings), said)
    _console.print(str(_write(scale, said)), highlight=False)
    return 1 if verified.returncode or any(each.errors for stage in scale.stages for each in stage.figures) else 0


def _say(what: str) -> None:
    _console.print(f"… {what}", style="dim", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
