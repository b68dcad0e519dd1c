"""`souk why`: the whole story of one order, told by the services that own the facts."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

import typer
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.table import Table
from rich.text import Text
from souk.mesh.v1.story_pb2 import ExplainRequest, ExplainResponse, Fact, FactKind

from cli.mesh_client import service_channels
from cli.plot import in_causal_order
from mesh.errors import NotFound, SoukError
from mesh.stack.errors import StackError
from mesh.stack.home import Home, find_home
from mesh.stack.traces import store_file
from mesh.tracestore import TraceStore

app = typer.Typer()
_console = Console()
_FIRST = "order"
_TELLERS = (_FIRST, "payment", "inventory", "cart", "notification")
# An event may cause another one that causes a third; stories longer than this are told as far as that.
_MOST_ROUNDS = 6
# What happened before the order was written belongs to it too: its own call.
_LEAD_SECONDS = 60
_MOST_EVENTS = 1000
_COLOURS = {
    "CALL": "bold",
    "COMMIT": "green",
    "EVENT": "cyan",
    "PROVIDER": "magenta",
    "POSTING": "yellow",
    "EFFECT": "blue",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One fact and the service that told it."""

    service: str
    fact: Fact


@app.command()
def why(
    order: Annotated[str, typer.Argument(help="The id of an order, or its number.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Tell the story of one order: calls, commits, events, effects, provider calls and postings, causes first."""
    home = find_home()
    try:
        order_id, story = asyncio.run(gather(home, order))
    except NotFound as error:
        raise StackError(f"There is no order {order!r}: give its id or its number.") from error
    except SoukError as error:
        raise StackError(f"The story could not be told: {error.message} ({error.reason})") from error
    story = _in_order([*story, *_calls(home, story)])
    if as_json:
        _console.print_json(json.dumps({"orderId": order_id, "facts": [_as_dict(told) for told in story]}))
    else:
        _print(order_id, story)


async def gather(home: Home, order: str) -> tuple[str, list[Told]]:
    """Ask until no service knows of another event; the order's id and what was told. Raises NotFound."""
    async with service_channels(home) as channels:
        tellers = {name: _teller(name, channels[name]) for name in _TELLERS if name in channels}
        first = await tellers[_FIRST].ExplainOrder(ExplainRequest(subject=order))
        request = ExplainRequest(subject=first.subject_id, since_time=_begin_of(first))
        story: list[Told] = []
        for _ in range(_MOST_ROUNDS):
            answers = await asyncio.gather(*(teller.ExplainOrder(request) for teller in tellers.values()))
            story = [Told(name, fact) for name, told in zip(tellers, answers, strict=True) for fact in told.facts]
            known = {told.fact.event_id for told in story if told.fact.kind == FactKind.Value.EVENT}
            if known <= set(request.event_ids):
                break
            request.event_ids[:] = sorted(known)[:_MOST_EVENTS]
    return first.subject_id, story


def _teller(service: str, channel: Any) -> Any:
    contract = f"souk.{service}.v1.story_service_pb2"
    import_module(contract)
    return import_module(f"{contract}_grpc").StoryServiceStub(channel)


def _begin_of(told: ExplainResponse) -> Timestamp:
    return Timestamp(seconds=min(fact.time.seconds for fact in told.facts) - _LEAD_SECONDS)


def _calls(home: Home, story: Iterable[Told]) -> list[Told]:
    """The calls that caused events, where the embedded stack has kept their traces."""
    events = [told.fact for told in story if told.fact.kind == FactKind.Value.EVENT]
    missing = {fact.causation_id for fact in events} - {fact.event_id for fact in events}
    path = store_file(home)
    if not path.exists():
        return []
    store = TraceStore(path)
    spans = [span for trace in sorted({fact.correlation_id for fact in events}) for span in store.trace(trace)]
    store.close()
    return [Told(span.service, _call_of(span)) for span in spans if span.span_id in missing]


def _call_of(span: Any) -> Fact:
    took = (span.end_ns - span.start_ns) / 1_000_000
    detail = f"{took:.0f} ms, {'failed, ' if span.failed else ''}trace {span.trace_id}"
    fact = Fact(kind=FactKind.Value.CALL, what=span.name, detail=detail, event_id=span.span_id)
    fact.correlation_id = span.trace_id
    fact.time.FromNanoseconds(span.start_ns)
    return fact


def _in_order(story: Sequence[Told]) -> list[Told]:
    places = in_causal_order([told.fact for told in story])
    return [story[place] for place in places]


def _print(order_id: str, story: Sequence[Told]) -> None:
    _console.print(f"order {order_id}, {len(story)} facts", highlight=False)
    begin = story[0].fact.time.ToDatetime()
    table = Table(box=None, pad_edge=False)
    table.add_column("after s", justify="right", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    table.add_column("service", no_wrap=True)
    table.add_column("what", overflow="fold", ratio=3)
    table.add_column("detail", overflow="fold", ratio=4, style="dim")
    for told in story:
        kind = FactKind.Value.Name(told.fact.kind)
        after = (told.fact.time.ToDatetime() - begin).total_seconds()
        style = _COLOURS.get(kind, "")
        table.add_row(f"{after:.3f}", Text(kind, style), told.service, Text(told.fact.what), Text(told.fact.detail))
    _console.print(table)


def _as_dict(told: Told) -> dict[str, str]:
    fact = told.fact
    return {
        "time": fact.time.ToJsonString(),
        "service": told.service,
        "kind": FactKind.Value.Name(fact.kind),
        "what": fact.what,
        "detail": fact.detail,
        "eventId": fact.event_id,
        "causationId": fact.causation_id,
        "correlationId": fact.correlation_id,
    }
