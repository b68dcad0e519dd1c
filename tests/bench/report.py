"""What a run has found, as a table and as JSON."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.events import Delay
from tests.bench.ratchet import Change
from tests.bench.run import Figures

GROUPS = ("workers", "envoy", "postgres", "nats", "redis", "sandbox", "traces", "generator")
_MIB = 1024 * 1024
_QUANTILES = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.9, 100)


@dataclass
class Report:
    """One run."""

    dataset: str
    started: str
    yardstick_ms: float = 0.0
    figures: list[Figures] = field(default_factory=list)
    # Each item's rate as a share of its limit's, and the limit's CPU as a share of the item's.
    shares: dict[str, tuple[float, float]] = field(default_factory=dict)
    idle: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    startup_seconds: float = 0.0
    events: list[Delay] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    verified: str = ""

    def costs(self) -> dict[str, float]:
        """CPU-milliseconds of each item; of several numbers of connections the mean over all answers."""
        costs: dict[str, float] = {}
        for name in dict.fromkeys(each.item for each in self.figures if "(limit)" not in each.item):
            runs = [each for each in self.figures if each.item == name and each.count]
            count = sum(each.count for each in runs)
            if count:
                costs[name] = sum(each.cpu_ms * each.count for each in runs) / count
        return costs

    def compare_with_limit(self, figures: Figures, limit: Figures) -> None:
        """Keep how near an item comes to its limit."""
        if figures.count and limit.count:
            self.shares[_key(figures)] = (figures.rate / limit.rate, limit.cpu_ms / figures.cpu_ms)

    def as_json(self) -> dict[str, Any]:
        """Everything, in plain values."""
        return {
            "dataset": self.dataset,
            "started": self.started,
            "yardstickMs": round(self.yardstick_ms, 1),
            "items": [_figures(each) for each in self.figures],
            "shareOfLimit": {key: {"rate": rate, "cpu": cpu} for key, (rate, cpu) in self.shares.items()},
            "idleCpuMsPerSecond": self.idle,
            "memoryBytes": self.memory,
            "startupSeconds": self.startup_seconds,
            "events": [asdict(each) for each in self.events],
            "verify": self.verified,
        }

    def write(self, folder: Path) -> Path:
        """Write the JSON and return its path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "bench.json"
        path.write_text(json.dumps(self.as_json(), indent=1) + "\n")
        return path

    def show(self, console: Console) -> None:
        """Print the tables."""
        if self.figures:
            console.print(self._table())
        if self.events:
            console.print(_events_table(self.events))
        if self.memory:
            total = sum(self.memory.values()) / _MIB
            parts = ", ".join(f"{name} {size / _MIB:.0f}" for name, size in self.memory.items())
            console.print(f"Memory: {total:.0f} MiB ({parts}).", highlight=False)
        if self.startup_seconds:
            console.print(f"Start on a warm machine: {self.startup_seconds:.1f} s.", highlight=False)
        if self.idle:
            busy = ", ".join(f"{name} {used:.1f}" for name, used in self.idle.items())
            console.print(f"Idle, CPU-ms in a second (taken off above): {busy}.", highlight=False)
        for change in self.changes:
            style = "red" if change.is_worse else "green" if change.share < 0 else ""
            text = f"{change.name}: {change.now:.2f} CPU-ms, golden {change.golden:.2f} ({change.share:+.0%})"
            console.print(text, style=style, highlight=False)
        for figures in self.figures:
            for error, count in figures.errors.most_common(3):
                console.print(
                    f"{figures.item} at {figures.connections}: {count} times {error}", style="red", markup=False
                )
        console.print(self.verified, highlight=False)

    def _table(self) -> Table:
        table = Table(title=f"Souk: {self.dataset}", title_justify="left", box=None, pad_edge=False)
        for column in ("item", "conn", "req/s", "p50", "p95", "p99", "errors", "of limit", "CPU-ms"):
            table.add_column(column, justify="left" if column == "item" else "right", no_wrap=True)
        for group in GROUPS:
            table.add_column(group, justify="right", style="dim")
        for each in self.figures:
            share = f"{self.shares[_key(each)][0]:.2f}" if _key(each) in self.shares else ""
            latencies = (f"{each.percentile(at):.1f}" for at in (50, 95, 99))
            cpu = each.cpu_per_operation()
            split = (f"{cpu[group]:.2f}" if group in cpu else "" for group in GROUPS)
            errors = str(sum(each.errors.values()))
            rate = f"{each.rate:.0f}" if each.rate > 100 else f"{each.rate:.1f}"
            table.add_row(
                each.item, str(each.connections), rate, *latencies, errors, share, f"{each.cpu_ms:.2f}", *split
            )
        return table


def _key(figures: Figures) -> str:
    return f"{figures.item} {figures.connections}"


def _figures(each: Figures) -> dict[str, Any]:
    return {
        "item": each.item,
        "connections": each.connections,
        "requestsPerSecond": each.rate,
        "count": each.count,
        "errors": dict(each.errors),
        "latencyMs": {str(share): each.percentile(share) for share in _QUANTILES},
        "cpuMs": each.cpu_ms,
        "cpuMsByGroup": each.cpu_per_operation(),
    }


def _events_table(events: list[Delay]) -> Table:
    table = Table(title="Events, from commit to effect, ms", title_justify="left", box=None, pad_edge=False)
    for column in ("durable", "events", "p50", "p95", "p99"):
        table.add_column(column, justify="left" if column == "durable" else "right")
    for each in events:
        table.add_row(each.durable, str(each.count), f"{each.p50:.1f}", f"{each.p95:.1f}", f"{each.p99:.1f}")
    return table
