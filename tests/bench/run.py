"""Measures one item at one number of connections."""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bench.accounting import Cpu, read_cpu, since
from tests.bench.items import Item, shuffled
from tests.bench.market import Market

_LINE_LIMIT = 256 * 1024 * 1024
_QUIET_WINDOW_SECONDS = 0.25
_QUIET_AFTER_SECONDS = 10.0
_MOST_ROUNDS = 30
_FEWEST_MOMENTS, _MOST_MOMENTS = 2, 15
_CALM_MS_PER_SECOND = 80.0


@dataclass
class Figures:
    """What was seen of one item, in all its rounds."""

    item: str
    connections: int
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    cpu: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How many answers were good."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Good answers in a second."""
        return self.count / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that so many of a hundred answers kept."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] if ordered else 0.0

    def cpu_per_operation(self) -> dict[str, float]:
        """CPU-milliseconds of each group for one good answer."""
        return {group: used / max(1, self.count) for group, used in self.cpu.items()}

    @property
    def cpu_ms(self) -> float:
        """CPU-milliseconds of the market for one good answer: all groups but the generator."""
        return sum(used for group, used in self.cpu_per_operation().items() if group != "generator")

    def add(self, said: Mapping[str, Any], cpu: Cpu) -> None:
        """Add one round."""
        self.seconds += said["seconds"]
        self.latencies += said["latencies"]
        self.errors.update(said["errors"])
        self.cpu.update(cpu)
        self.cpu["generator"] += said["cpu_ms"]

    def join(self, other: "Figures") -> None:
        """Take in what another run of the same saw."""
        self.seconds += other.seconds
        self.latencies += other.latencies
        self.errors.update(other.errors)
        self.cpu.update(other.cpu)


class Runner:
    """Runs items on one market."""

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
            await self._round(
                Figures(item.name, 16), self.market.edge, self.market.pids(), await item.requests(self.market), 0
            )

    async def measure(self, item: Item, connections: int, seconds: float) -> Figures:
        """Run an item for about so long; work that follows from it counts too, until all is quiet."""
        figures = Figures(item.name, connections)
        await self.market.keep_signed_in()
        for _ in range(_MOST_ROUNDS):
            requests = await item.requests(self.market)
            if item.once:
                await self._quiet()
            await self._round(figures, self.market.edge, self.market.pids(), requests, 0 if item.once else seconds)
            if figures.seconds >= seconds * 0.9 or figures.errors:
                break
        return figures

    async def measure_limit(
        self, item: Item, connections: int, seconds: float, edge: str, pids: dict[str, list[int]]
    ) -> Figures:
        """The same requests to another edge."""
        figures = Figures(f"{item.name} (limit)", connections)
        await self._round(figures, edge, pids, await item.requests(self.market), seconds)
        return figures

    async def _round(
        self, figures: Figures, edge: str, pids: dict[str, list[int]], requests: list[bytes], seconds: float
    ) -> None:
        plan = {
            "url": edge,
            "connections": figures.connections,
            "seconds": seconds,
            "requests": list(shuffled(requests, self.market.chance))
            if seconds
            else [each.decode() for each in requests],
        }
        generator = await _generator(plan)
        before, began = read_cpu(pids), time.monotonic()
        said = await _go(generator)
        if not seconds:
            await self._quiet()
        used, elapsed = since(before, read_cpu(pids)), time.monotonic() - began
        net = {group: max(0.0, each - self.idle.get(group, 0.0) * elapsed) for group, each in used.items()}
        figures.add(said, net)

    async def _quiet(self) -> None:
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
