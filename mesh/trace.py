"""W3C trace context and small spans of our own, exported in batches by the OpenTelemetry SDK.

A call that is not sampled costs two random numbers: its ids still travel and still stand in the logs.
"""

import random
import time
from collections.abc import Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, Protocol

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

__all__ = ["Sink", "Span", "SpanKind", "Tracer", "current_span", "parse_traceparent", "set_span", "span"]

_SCOPE: Final = InstrumentationScope("souk.mesh")
_TRACEPARENT_LENGTH: Final = 55


class Sink(Protocol):
    """Where finished spans go: a span processor of the SDK."""

    def on_end(self, span: ReadableSpan) -> None:
        """Take one finished span."""

    def shutdown(self) -> None:
        """Write what is left and stop."""


class Span:
    """One span. `attributes` holds plain values without personal data."""

    __slots__ = (
        "attributes",
        "error",
        "kind",
        "name",
        "parent_id",
        "sampled",
        "span_id",
        "start",
        "trace_id",
        "tracer",
    )

    def __init__(
        self, tracer: "Tracer", name: str, kind: SpanKind, trace_id: int, parent_id: int, *, sampled: bool
    ) -> None:
        self.tracer = tracer
        self.name = name
        self.kind = kind
        self.trace_id = trace_id
        self.parent_id = parent_id
        self.sampled = sampled
        self.span_id = random.getrandbits(64) or 1
        self.start = time.time_ns() if sampled else 0
        self.attributes: dict[str, Any] = {}
        self.error = ""

    @property
    def traceparent(self) -> str:
        """The W3C header that makes a callee's span a child of this one."""
        return f"00-{self.trace_id:032x}-{self.span_id:016x}-{'01' if self.sampled else '00'}"

    @property
    def trace_id_text(self) -> str:
        """The trace id in 32 hexadecimal digits."""
        return f"{self.trace_id:032x}"

    def set(self, **attributes: Any) -> None:
        """Add attributes; underscores in names become dots."""
        if self.sampled:
            self.attributes.update((name.replace("_", "."), value) for name, value in attributes.items())

    def child(self, name: str, kind: SpanKind = SpanKind.INTERNAL) -> "Span":
        """A span below this one."""
        return Span(self.tracer, name, kind, self.trace_id, self.span_id, sampled=self.sampled)

    def end(self) -> None:
        """Hand the span to the exporter where it is sampled."""
        if self.sampled:
            self.tracer.export(self)


class Tracer:
    """Starts spans of one service and exports them to `sink`."""

    __slots__ = ("ratio", "resource", "sink")

    def __init__(self, service: str, sink: Sink | None = None, ratio: float = 0.0) -> None:
        self.resource = Resource({"service.name": service})
        self.sink = sink
        self.ratio = ratio

    def start(self, name: str, parent: "Span | RemoteParent | None", kind: SpanKind = SpanKind.SERVER) -> Span:
        """A span below `parent`; without one a new trace, sampled by the ratio."""
        if parent is not None:
            return Span(self, name, kind, parent.trace_id, parent.span_id, sampled=parent.sampled)
        trace_id = random.getrandbits(128) or 1
        return Span(self, name, kind, trace_id, 0, sampled=random.random() < self.ratio)  # noqa: S311 - sampling

    def export(self, span: Span) -> None:
        """Hand a finished span to the sink."""
        if self.sink is None:
            return
        flags = TraceFlags(TraceFlags.SAMPLED)
        context = SpanContext(span.trace_id, span.span_id, is_remote=False, trace_flags=flags)
        parent = SpanContext(span.trace_id, span.parent_id, is_remote=True, trace_flags=flags)
        self.sink.on_end(
            ReadableSpan(
                name=span.name,
                context=context,
                parent=parent if span.parent_id else None,
                resource=self.resource,
                attributes=span.attributes,
                kind=span.kind,
                status=Status(StatusCode.ERROR, span.error) if span.error else Status(),
                start_time=span.start,
                end_time=time.time_ns(),
                instrumentation_scope=_SCOPE,
            )
        )


class RemoteParent:
    """What a traceparent header says of the caller's span."""

    __slots__ = ("sampled", "span_id", "trace_id")

    def __init__(self, trace_id: int, span_id: int, *, sampled: bool) -> None:
        self.trace_id = trace_id
        self.span_id = span_id
        self.sampled = sampled


def parse_traceparent(header: str | None) -> RemoteParent | None:
    """The caller's span; None where the header is absent or broken, which starts a new trace."""
    if header is None or len(header) != _TRACEPARENT_LENGTH:
        return None
    try:
        trace_id, span_id, flags = int(header[3:35], 16), int(header[36:52], 16), int(header[53:], 16)
    except ValueError:
        return None
    return RemoteParent(trace_id, span_id, sampled=bool(flags & 1)) if trace_id and span_id else None


_current: ContextVar[Span | None] = ContextVar("span", default=None)


def current_span() -> Span | None:
    """The span of the running call, statement or event."""
    return _current.get()


def set_span(span: Span | None) -> None:
    """Set the span of the present context, which the mesh makes anew for each call."""
    _current.set(span)


class _Block:
    """A span for the length of a `with` block; it becomes the current one."""

    __slots__ = ("_span", "_token")

    def __init__(self, span: Span) -> None:
        self._span = span

    def __enter__(self) -> Span:
        self._token = _current.set(self._span)
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _current.reset(self._token)
        if kind is not None:
            self._span.error = kind.__name__
        self._span.end()


class _Nothing:
    """The block of a call that is not sampled."""

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


_NOTHING: Final = _Nothing()


def span(
    name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: Mapping[str, Any] | None = None
) -> _Block | _Nothing:
    """Begin a child of what runs now, which its `with` block ends; CLIENT is the `kind` of a statement.

    Does nothing where the current call is not sampled; the block's value is then None.
    """
    parent = _current.get()
    if parent is None or not parent.sampled:
        return _NOTHING
    child = parent.child(name, kind)
    if attributes:
        child.attributes.update(attributes)
    return _Block(child)


def joined(tracer: Tracer, name: str, traceparent: str, kind: SpanKind = SpanKind.CONSUMER) -> _Block:
    """A span for a `with` block that goes on with the trace of a stored `traceparent`, such as an event's."""
    return _Block(tracer.start(name, parse_traceparent(traceparent), kind))


def batch_sink(endpoint: str) -> Sink:
    """The SDK's batch exporter over OTLP gRPC to `endpoint`."""
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=not endpoint.startswith("https://"))
    return BatchSpanProcessor(exporter, schedule_delay_millis=1000)
