"""`python -m tests.bench.markdown [FILE]`: the tables of a run as docs/performance.md has them; nobody types them.

Without a file that of the last `make bench`; `.cache/bench/scale.json` is that of the last `make bench-scale`.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mesh.stack.home import project_folder
from tests.bench.findings import Finding

_GROUPS = ("workers", "envoy", "postgres", "nats", "redis", "sandbox")
_MIB = 1024 * 1024


def lines(run: dict[str, Any]) -> Iterator[str]:
    """Everything that a run has found."""
    yield f"{run['dataset']}; {run['started']}; times in ms; `{run['verify']}`."
    yield ""
    head = ("item", "connections", "requests/s", "p50", "p95", "p99", "errors", "of limit", "CPU-ms")
    yield from _table([*head, *_GROUPS], (_item(each, run["shareOfLimit"]) for each in run["items"]))
    yield ""
    yield from _table(("item", "what", "figure", "mark", ""), map(_finding, run["findings"]))
    if run["events"]:
        yield ""
        rows = ([e["durable"], e["count"], *(f"{e[p]:.1f}" for p in ("p50", "p95", "p99"))] for e in run["events"])
        yield from _table(("durable", "events", "p50", "p95", "p99"), rows)
    if run["memoryBytes"]:
        yield ""
        parts = ", ".join(f"{name} {size / _MIB:.0f}" for name, size in run["memoryBytes"].items())
        yield f"Memory: {sum(run['memoryBytes'].values()) / _MIB:.0f} MiB ({parts})."


def lines_of_scale(run: dict[str, Any]) -> Iterator[str]:
    """What the items cost at each stage, and what was found out."""
    yield f"CPU-ms of one operation, and its p95 in ms; `{run['verify']}`."
    yield ""
    names = run["stages"][0]["items"]
    rows = ([name, *(_cost(stage["items"][name]) for stage in run["stages"])] for name in names)
    yield from _table(["item", *(stage["name"] for stage in run["stages"])], rows)
    yield ""
    yield from _table(("item", "what", "figure", "mark", ""), map(_finding, run["findings"]))


def _cost(figures: list[float]) -> str:
    _, p95, cpu = figures
    return f"{cpu:.2f}; {p95:.0f}"


def _item(item: dict[str, Any], shares: dict[str, Any]) -> list[object]:
    share = shares.get(f"{item['item']} {item['connections']}")
    rate = item["requestsPerSecond"]
    return [
        item["item"],
        item["connections"],
        f"{rate:.0f}" if rate > 100 else f"{rate:.1f}",
        *(f"{item['latencyMs'][at]:.1f}" for at in ("50", "95", "99")),
        sum(item["errors"].values()),
        f"{share['rate']:.2f}" if share else "",
        f"{item['cpuMs']:.2f}",
        *(f"{item['cpuMsByGroup'].get(group, 0.0):.2f}" for group in _GROUPS),
    ]


def _finding(each: dict[str, Any]) -> list[object]:
    verdict = {None: "", True: "holds", False: "**misses**"}[each["holds"]]
    return [each["item"], each["what"], Finding(**each).text, each["mark"], verdict]


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield "|---" * len(names) + "|"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


if __name__ == "__main__":
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else project_folder() / ".cache" / "bench" / "bench.json"
    found = json.loads(source.read_text())
    print("\n".join(lines_of_scale(found) if "stages" in found else lines(found)))  # noqa: T201 - what it is for
