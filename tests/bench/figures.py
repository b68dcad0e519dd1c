"""What was seen of one item at one number of connections."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bench.accounting import Cpu


@dataclass
class Figures:
    """What was seen of one item, in all its rounds."""

    item: str
    connections: int
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    cpu: Counter[str] = field(default_factory=Counter)
    # Whether its cost is one of those that the ratchet holds, and whether refusals are what was asked for.
    is_golden: bool = False
    refused_on_purpose: bool = False
    # Of answers that were not good.
    bad_latencies: list[float] = field(default_factory=list)
    refusals: int = 0
    refusals_without_time: int = 0
    # Requests whose moment came while no connection was idle.
    unsent: int = 0
    # Good answers in a second while requests came, without what was answered afterwards.
    goodput: float = 0.0

    @property
    def count(self) -> int:
        """How many answers were good."""
        return len(self.latencies)

    @property
    def error_count(self) -> int:
        """How many were not."""
        return sum(self.errors.values())

    @property
    def rate(self) -> float:
        """Good answers in a second."""
        return self.count / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that so many of a hundred good answers kept."""
        return percentile(self.latencies, share)

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
        self.bad_latencies += said["bad_latencies"]
        self.refusals += said["refusals"]
        self.refusals_without_time += said["refusals_without_time"]
        self.unsent += said["unsent"]
        self.goodput = said["goodput"]

    def join(self, other: "Figures") -> None:
        """Take in what another run of the same saw."""
        self.seconds += other.seconds
        self.latencies += other.latencies
        self.errors.update(other.errors)
        self.cpu.update(other.cpu)


def percentile(values: list[float], share: float) -> float:
    """The value that so many of a hundred do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] if ordered else 0.0
