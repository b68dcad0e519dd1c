"""Measures one load on a market: what the generator saw, and what the processes used meanwhile."""

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.bench.accounting import Cpu, read_cpu, since
from tests.bench.figures import Figures
from tests.bench.items import Item, shuffled
from tests.bench.market import Market

_LINE_LIMIT = 256 * 1024 * 1024
_QUIET_WINDOW_SECONDS = 0.25
_QUIET_AFTER_SECONDS = 10.0
_MOST_ROUNDS = 30
_FEWEST_MOMENTS, _MOST_MOMENTS = 2, 15
_CALM_MS_PER_SECOND = 80.0


@dataclass(frozen=True, slots=True)
class Load:
    """What a generator is to do: see `tests.bench.generator.Run`."""

    requests: list[bytes]
    connections: int
    # 0: every request once, however long it takes.
    seconds: float = 0.0
    # Requests in a second; 0: as many as are answered.
    rate: float = 0.0
    once: bool = False
    again: bool = False

    def plan(self, market: Market, edge: str) -> dict[str, Any]:
        """The generator's line."""
        in_order = not self.seconds or self.once
        texts = [each.decode() for each in self.requests] if in_order else list(shuffled(self.requests, market.chance))
        return {
            "url": edge,
            "connections": self.connections,
            "seconds": self.seconds,
            "rate": self.rate,
            "once": in_order,
            "again": self.again,
            "requests": texts,
        }


class Runner:
    """Runs loads on one market."""

    def __init__(self, market: Market) -> None:
        self.market = market
        # CPU-milliseconds that each group takes in a second without any work.
        self.idle: Cpu = {}

    async def watch_idle(self, seconds: float) -> None:
        """See what the stack uses when nobody asks anything: the calmest of some moments after what was begun ended."""
        moments: list[Cpu] = []
        while len(moments) < _MOST_MOMENTS and not (len(moments) >= _FEWEST_MOMENTS and _is_calm(moments[-1])):
            before = read_cpu(self.market.pids())
            await asyncio.sleep(seconds)
            used = since(before, read_cpu(self.market.pids()))
            moments.append({group: each / seconds for group, each in used.items()})
        self.idle = min(moments, key=lambda moment: sum(moment.values()))

    async def warm_up(self, item: Item) -> None:
        """Send every request of an item that repeats them."""
        if item.warm and not item.once:
            await self.market.keep_signed_in()
            await self.load(Figures(item.name, 16), Load(await item.requests(self.market), 16))

    async def measure(self, item: Item, connections: int, seconds: float) -> Figures:
        """Run an item for about so long; work that follows from it counts too, until all is quiet."""
        figures = Figures(item.name, connections, is_golden=True)
        await self.market.keep_signed_in()
        for _ in range(_MOST_ROUNDS):
            requests = await item.requests(self.market)
            if item.once:
                await self.quiet()
            await self.load(figures, Load(requests, connections, 0 if item.once else seconds))
            if figures.seconds >= seconds * 0.9 or figures.errors:
                break
        return figures

    async def measure_limit(
        self, item: Item, connections: int, seconds: float, edge: str, pids: dict[str, list[int]]
    ) -> Figures:
        """The same requests to another edge."""
        figures = Figures(f"{item.name} (limit)", connections)
        await self._round(figures, Load(await item.requests(self.market), connections, seconds), edge, pids)
        return figures

    async def load(self, figures: Figures, load: Load) -> Figures:
        """Put one load on the market and add what was seen of it."""
        return await self._round(figures, load, self.market.edge, self.market.pids())

    async def _round(self, figures: Figures, load: Load, edge: str, pids: dict[str, list[int]]) -> Figures:
        generator = await _generator(load.plan(self.market, edge))
        before, began = read_cpu(pids), time.monotonic()
        said = await _go(generator)
        if load.once or not load.seconds:
            await self.quiet()
        used, elapsed = since(before, read_cpu(pids)), time.monotonic() - began
        net = {group: max(0.0, each - self.idle.get(group, 0.0) * elapsed) for group, each in used.items()}
        figures.add(said, net)
        return figures

    async def quiet(self) -> None:
        """Wait until what was begun has ended: until a moment costs hardly more than an idle one."""
        if not self.idle:
            await asyncio.sleep(2.0)
            return
        allowed = (sum(self.idle.values()) * 1.5 + 20) * _QUIET_WINDOW_SECONDS
        deadline = time.monotonic() + _QUIET_AFTER_SECONDS
        calm = 0
        while calm < 2 and time.monotonic() < deadline:
            before = read_cpu(self.market.pids())
            await asyncio.sleep(_QUIET_WINDOW_SECONDS)
            used = sum(since(before, read_cpu(self.market.pids())).values())
            calm = calm + 1 if used <= allowed else 0


def _is_calm(moment: Cpu) -> bool:
    return sum(moment.values()) < _CALM_MS_PER_SECOND


async def _generator(plan: Mapping[str, Any]) -> asyncio.subprocess.Process:
    """A generator that has connected and waits for the word."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.generator",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE_LIMIT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(plan).encode() + b"\n")
    await process.stdin.drain()
    if await process.stdout.readline() != b"ready\n":
        raise RuntimeError("the generator could not connect")
    return process


async def _go(generator: asyncio.subprocess.Process) -> dict[str, Any]:
    assert generator.stdin is not None
    assert generator.stdout is not None
    generator.stdin.write(b"go\n")
    said: dict[str, Any] = json.loads(await generator.stdout.readline())
    await generator.wait()
    return said
