"""`souk trace`: one request, from the edge to the last statement, as a waterfall."""

from collections import defaultdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mesh.stack.errors import StackError
from mesh.stack.home import find_home
from mesh.stack.traces import store_file
from mesh.tracestore import Span, TraceStore

app = typer.Typer()

_WIDEST_BAR = 40
_NARROWEST_BAR = 10
# What name, service and figures of a span need beside its bar.
_WORDS = 80
_FIGURE = 7
# Two blanks before each column but the first.
_GAPS = 8
_NANOSECONDS_IN_MS = 1_000_000
_SHORTEST_ID = 6


@app.command()
def trace(
    trace_id: Annotated[str, typer.Argument(help="A trace id or its beginning; none: the latest traces.")] = "",
) -> None:
    """Print where the time of one request went."""
    path = store_file(find_home())
    if not path.exists():
        raise StackError(f"There are no traces in {path.parent}; the embedded stack writes them.")
    store = TraceStore(path)
    if not trace_id:
        _print_latest(store)
        return
    spans = store.trace(trace_id) if len(trace_id) >= _SHORTEST_ID else []
    if not spans:
        raise StackError(f"There is no trace {trace_id!r}: it was not sampled, or is older than what is kept.")
    _print_waterfall(spans)


def _print_latest(store: TraceStore) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("trace", no_wrap=True)
    table.add_column("began with", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("spans", justify="right")
    table.add_column("ms", justify="right")
    for trace_id in store.latest(20):
        spans = store.trace(trace_id)
        table.add_row(trace_id, f"{spans[0].service} {spans[0].name}", str(len(spans)), f"{_milliseconds(spans):.1f}")
    Console().print(table)


def _print_waterfall(spans: list[Span]) -> None:
    console = Console()
    bar = min(_WIDEST_BAR, max(_NARROWEST_BAR, console.width - _WORDS))
    service = max(len(span.service) for span in spans)
    begin, length = spans[0].start_ns, max(1, round(_milliseconds(spans) * _NANOSECONDS_IN_MS))
    table = Table(title=f"trace {spans[0].trace_id}", box=None, pad_edge=False, title_justify="left")
    name = console.width - bar - service - 2 * _FIGURE - _GAPS
    table.add_column("span", overflow="ellipsis", no_wrap=True, width=name)
    table.add_column("service", no_wrap=True, width=service)
    table.add_column("at ms", justify="right", no_wrap=True, width=_FIGURE)
    table.add_column("ms", justify="right", no_wrap=True, width=_FIGURE)
    table.add_column("", width=bar, no_wrap=True)
    for depth, span in _in_tree_order(spans):
        colour = "red" if span.failed else "cyan"
        start = (span.start_ns - begin) * bar // length
        width = max(1, (span.end_ns - span.start_ns) * bar // length)
        table.add_row(
            Text("  " * depth + " ".join(span.name.split()), style="red" if span.failed else ""),
            span.service,
            f"{(span.start_ns - begin) / _NANOSECONDS_IN_MS:.1f}",
            f"{(span.end_ns - span.start_ns) / _NANOSECONDS_IN_MS:.1f}",
            Text(" " * start + "█" * min(width, bar - start), style=colour),
        )
    console.print(table)


def _milliseconds(spans: list[Span]) -> float:
    return (max(span.end_ns for span in spans) - spans[0].start_ns) / _NANOSECONDS_IN_MS


def _in_tree_order(spans: list[Span]) -> list[tuple[int, Span]]:
    """Depth and span, children under their parents; a span whose parent was not kept is a root."""
    known = {span.span_id for span in spans}
    children: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        children[span.parent_id if span.parent_id in known else ""].append(span)
    ordered: list[tuple[int, Span]] = []
    waiting = [(0, span) for span in reversed(children[""])]
    while waiting:
        depth, span = waiting.pop()
        ordered.append((depth, span))
        waiting.extend((depth + 1, child) for child in reversed(children[span.span_id]))
    return ordered
