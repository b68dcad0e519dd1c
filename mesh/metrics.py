"""Rate, errors and duration of each RPC, counted in memory."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

# Upper bounds in seconds, those of OpenTelemetry's rpc.server.duration.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)


@dataclass(slots=True)
class Red:
    """The calls of one method with one code."""

    count: int = 0
    seconds: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))


_calls: dict[tuple[str, str], Red] = {}


def record(path: str, code: str, seconds: float) -> None:
    """Count one call."""
    red = _calls.get((path, code))
    if red is None:
        red = _calls[path, code] = Red()
    red.count += 1
    red.seconds += seconds
    red.buckets[bisect_left(BOUNDS, seconds)] += 1


def calls() -> Mapping[tuple[str, str], Red]:
    """What was counted since the start, by method path and code."""
    return _calls


def prometheus() -> str:
    """The counts in Prometheus' text format."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# TYPE rpc_server_duration_seconds histogram"
    for (path, code), red in sorted(_calls.items()):
        labels, total = f'method="{path}",code="{code}"', 0
        for bound, count in zip((*BOUNDS, "+Inf"), red.buckets, strict=True):
            total += count
            yield f'rpc_server_duration_seconds_bucket{{{labels},le="{bound}"}} {total}'
        yield f"rpc_server_duration_seconds_sum{{{labels}}} {red.seconds:.6f}"
        yield f"rpc_server_duration_seconds_count{{{labels}}} {red.count}"
