"""`python -m tests.bench.markdown`: the tables of the last run as docs/performance.md has them; nobody types them."""

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
    print("\n".join(lines(json.loads(source.read_text()))))  # noqa: T201 - what it is for
