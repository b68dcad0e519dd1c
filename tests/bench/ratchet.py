"""The ratchet: what the golden calls cost when somebody last looked, beside what they cost now."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

GOLDEN = Path(__file__).with_name("golden.json")
# A cost that has grown by more than this share is told.
TOLERANCE = 0.10


@dataclass(frozen=True, slots=True)
class Change:
    """One call; costs in CPU-milliseconds, the golden one as this machine would have it."""

    name: str
    golden: float
    now: float

    @property
    def share(self) -> float:
        """0.1 is a tenth dearer than it was."""
        return self.now / self.golden - 1

    @property
    def is_worse(self) -> bool:
        """Whether it must be told."""
        return self.share > TOLERANCE


def yardstick() -> float:
    """CPU-milliseconds of a fixed piece of plain Python: how fast this machine is, of three tries the best."""
    return min(_fixed_work() for _ in range(3))


def _fixed_work() -> float:
    began = time.process_time()
    entries: dict[str, int] = {}
    for number in range(60_000):
        key = hashlib.blake2b(number.to_bytes(8, "big"), digest_size=8).hexdigest()
        entries[key] = len(json.dumps({"key": key, "number": number}))
    return (time.process_time() - began) * 1000


def compare(costs: Mapping[str, float], yard: float, path: Path = GOLDEN) -> list[Change]:
    """What each call costs now beside its golden figure, scaled by what the yardstick cost then and now."""
    if not path.exists():
        return []
    golden = json.loads(path.read_text())
    scale = yard / golden["yardstick_ms"]
    return [Change(name, figure * scale, costs[name]) for name, figure in golden["cpu_ms"].items() if name in costs]


def keep(costs: Mapping[str, float], yard: float, path: Path = GOLDEN) -> None:
    """Make these the golden figures; calls that were not measured keep theirs, scaled to the new yardstick."""
    kept: dict[str, float] = {}
    if path.exists():
        golden = json.loads(path.read_text())
        kept = {name: figure * yard / golden["yardstick_ms"] for name, figure in golden["cpu_ms"].items()}
    figures = {name: round(figure, 3) for name, figure in sorted((kept | dict(costs)).items())}
    path.write_text(json.dumps({"yardstick_ms": round(yard, 1), "cpu_ms": figures}, indent=2) + "\n")
