"""What a run has found, as tables and as JSON."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.events import Delay
from tests.bench.figures import Figures
from tests.bench.findings import Finding
from tests.bench.ratchet import Change

GROUPS = ("workers", "envoy", "postgres", "nats", "redis", "sandbox", "traces", "generator")
LIMIT = " (limit)"
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
    findings: list[Finding] = field(default_factory=list)
    # Seconds that each item took, with all its preparation.
    took: dict[str, float] = field(default_factory=dict)
    idle: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    events: list[Delay] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    verified: str = ""

    @property
    def errors(self) -> int:
        """Answers that were not good, of items of which all must be: an overload is refused on purpose."""
        return sum(each.error_count for each in self.figures if not each.refused_on_purpose)

    def costs(self) -> dict[str, float]:
        """CPU-milliseconds of each item; of several numbers of connections the mean over all answers."""
        costs: dict[str, float] = {}
        for name in dict.fromkeys(each.item for each in self.figures if each.is_golden):
            runs = [each for each in self.figures if each.item == name and each.count]
            count = sum(each.count for each in runs)
            if count:
                costs[name] = sum(each.cpu_ms * each.count for each in runs) / count
        return costs

    def tell(self, finding: Finding) -> None:
        """Keep what an item found out."""
        self.findings.append(finding)

    def compare_with_limit(self, figures: Figures, limit: Figures) -> None:
        """Keep how near an item comes to its limit."""
        if figures.count and limit.count:
            self.shares[key(figures)] = (figures.rate / limit.rate, limit.cpu_ms / figures.cpu_ms)

    def share_of_limit(self, figures: Figures) -> str:
        """How near an item comes to its limit, as it is read; empty where it has none."""
        return f"{self.shares[key(figures)][0]:.2f}" if key(figures) in self.shares else ""

    def as_json(self) -> dict[str, Any]:
        """Everything, in plain values."""
        return {
            "dataset": self.dataset,
            "started": self.started,
            "yardstickMs": round(self.yardstick_ms, 1),
            "items": [_figures(each) for each in self.figures],
            "shareOfLimit": {key: {"rate": rate, "cpu": cpu} for key, (rate, cpu) in self.shares.items()},
            "findings": [asdict(each) for each in self.findings],
            "secondsByItem": {name: round(seconds, 1) for name, seconds in self.took.items()},
            "idleCpuMsPerSecond": self.idle,
            "memoryBytes": self.memory,
            "events": [asdict(each) for each in self.events],
            "changes": [{**asdict(each), "share": each.share} for each in self.changes],
            "verify": self.verified,
        }

    def write(self, folder: Path) -> Path:
        """Write the JSON and return its path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "bench.json"
        path.write_text(json.dumps(self.as_json(), indent=1) + "\n")
        return path

    def show(self, console: Console) -> None:
        """Print everything."""
        for table in (self._figures_table(), _findings_table(self.findings), _events_table(self.events)):
            if table.row_count:
                console.print(table)
        for line in self._lines():
            console.print(line, highlight=False, markup=False)
        for change in self.changes:
            style = "red" if change.is_worse else "green" if change.share < 0 else ""
            text = f"{change.name}: {change.now:.2f} CPU-ms, golden {change.golden:.2f} ({change.share:+.0%})"
            console.print(text, style=style, highlight=False)
        for figures in self.figures:
            for error, count in figures.errors.most_common(3):
                text = f"{figures.item} at {figures.connections}: {count} times {error}"
                console.print(text, style="red", markup=False)
        console.print(self.verified, highlight=False)

    def _lines(self) -> list[str]:
        lines = []
        if self.memory:
            parts = ", ".join(f"{name} {size / _MIB:.0f}" for name, size in self.memory.items())
            lines.append(f"Memory: {sum(self.memory.values()) / _MIB:.0f} MiB ({parts}).")
        if self.idle:
            busy = ", ".join(f"{name} {used:.1f}" for name, used in self.idle.items())
            lines.append(f"Idle, CPU-ms in a second (taken off above): {busy}.")
        if self.took:
            parts = ", ".join(f"{name} {seconds:.0f}" for name, seconds in self.took.items())
            lines.append(f"Took {sum(self.took.values()):.0f} s ({parts}).")
        return lines

    def _figures_table(self) -> Table:
        table = Table(title=f"Souk: {self.dataset}", title_justify="left", box=None, pad_edge=False)
        for column in ("item", "conn", "req/s", "p50", "p95", "p99", "errors", "of limit", "CPU-ms"):
            table.add_column(column, justify="left" if column == "item" else "right", no_wrap=True)
        for group in GROUPS:
            table.add_column(group, justify="right", style="dim")
        for each in self.figures:
            latencies = (f"{each.percentile(at):.1f}" for at in (50, 95, 99))
            cpu = each.cpu_per_operation()
            split = (f"{cpu[group]:.2f}" if group in cpu else "" for group in GROUPS)
            rate = f"{each.rate:.0f}" if each.rate > 100 else f"{each.rate:.1f}"
            about = (str(each.error_count), self.share_of_limit(each), f"{each.cpu_ms:.2f}")
            table.add_row(each.item, str(each.connections), rate, *latencies, *about, *split)
        return table


def key(figures: Figures) -> str:
    """What one run of an item is known by."""
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


def _findings_table(findings: list[Finding]) -> Table:
    table = Table(title="Found out", title_justify="left", box=None, pad_edge=False)
    for column in ("item", "what", "figure", "mark", ""):
        table.add_column(column, justify="right" if column == "figure" else "left")
    for each in findings:
        verdict = {None: "", True: "[green]holds[/]", False: "[red]misses[/]"}[each.holds]
        table.add_row(each.item, each.what, each.text, each.mark, verdict)
    return table


def _events_table(events: list[Delay]) -> Table:
    table = Table(title="Events, from commit to effect, ms", title_justify="left", box=None, pad_edge=False)
    for column in ("durable", "events", "p50", "p95", "p99"):
        table.add_column(column, justify="left" if column == "durable" else "right")
    for each in events:
        table.add_row(each.durable, str(each.count), f"{each.p50:.1f}", f"{each.p95:.1f}", f"{each.p99:.1f}")
    return table
