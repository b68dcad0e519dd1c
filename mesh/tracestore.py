"""A small local store of spans: receives OTLP over gRPC, keeps the newest in one SQLite file, gives traces back.

`python -m mesh.tracestore --port 4317 --store spans.db` runs the receiver; readers open the file by themselves.
"""

import argparse
import asyncio
import json
import signal
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2

_LARGEST_MESSAGE = 16 * 1024 * 1024
_MOST_SPANS = 200_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS spans (
  number INTEGER PRIMARY KEY, trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_id TEXT NOT NULL,
  service TEXT NOT NULL, name TEXT NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
  failed INTEGER NOT NULL, attributes TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS spans_by_trace ON spans (trace_id);
"""
_INSERT = (
    "INSERT INTO spans (trace_id, span_id, parent_id, service, name, start_ns, end_ns, failed, attributes)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Span:
    """One finished span; ids are hexadecimal, times are nanoseconds since 1970."""

    trace_id: str
    span_id: str
    parent_id: str
    service: str
    name: str
    start_ns: int
    end_ns: int
    failed: bool
    attributes: dict[str, Any]


class TraceStore:
    """The file; one process writes it, any number read it."""

    def __init__(self, path: Path, *, most_spans: int = _MOST_SPANS) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._most_spans = most_spans
        self._file = sqlite3.connect(path)
        # What a power failure takes from here is not missed.
        self._file.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;" + _SCHEMA)

    def add(self, spans: Iterable[Span]) -> None:
        """Keep these, and drop the oldest beyond the limit."""
        with self._file:
            self._file.executemany(_INSERT, [_row(span) for span in spans])
            self._file.execute(
                "DELETE FROM spans WHERE number <= (SELECT max(number) FROM spans) - ?", (self._most_spans,)
            )

    def trace(self, trace_id: str) -> list[Span]:
        """The spans of a trace, by start; `trace_id` may be the beginning of one id. Empty where it is not known."""
        rows = self._file.execute(
            "SELECT trace_id, span_id, parent_id, service, name, start_ns, end_ns, failed, attributes FROM spans"
            " WHERE trace_id >= ? AND trace_id < ? || 'g' ORDER BY start_ns, number",
            (trace_id.lower(), trace_id.lower()),
        ).fetchall()
        spans = [_span(row) for row in rows]
        return [span for span in spans if span.trace_id == spans[0].trace_id]

    def latest(self, count: int) -> list[str]:
        """The ids of the traces that ended last, newest first."""
        rows = self._file.execute(
            "SELECT trace_id FROM spans GROUP BY trace_id ORDER BY max(number) DESC LIMIT ?", (count,)
        )
        return [row[0] for row in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _span(row: Any) -> Span:
    trace_id, span_id, parent_id, service, name, start_ns, end_ns, failed, attributes = row
    return Span(trace_id, span_id, parent_id, service, name, start_ns, end_ns, bool(failed), json.loads(attributes))


def _row(span: Span) -> tuple[Any, ...]:
    return (
        span.trace_id,
        span.span_id,
        span.parent_id,
        span.service,
        span.name,
        span.start_ns,
        span.end_ns,
        span.failed,
        json.dumps(span.attributes),
    )


def decode(request: trace_service_pb2.ExportTraceServiceRequest) -> Iterator[Span]:
    """The spans of one OTLP export."""
    for resource in request.resource_spans:
        service = str(_attributes(resource.resource.attributes).get("service.name", "unknown"))
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Span(
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    service=service,
                    name=span.name,
                    start_ns=span.start_time_unix_nano,
                    end_ns=span.end_time_unix_nano,
                    failed=span.status.code == trace_pb2.Status.STATUS_CODE_ERROR,
                    attributes=_attributes(span.attributes),
                )


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind in {"string_value", "bool_value", "int_value", "double_value"} else str(value)


class _Receiver(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self, store: TraceStore) -> None:
        self._store = store

    async def Export(  # noqa: N802 - OTLP's name
        self, request: trace_service_pb2.ExportTraceServiceRequest, _context: object
    ) -> trace_service_pb2.ExportTraceServiceResponse:
        self._store.add(decode(request))
        return trace_service_pb2.ExportTraceServiceResponse()


async def receive(store: TraceStore, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    options = [("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", _LARGEST_MESSAGE)]
    server = grpc.aio.server(options=options)
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(_Receiver(store), server)  # type: ignore[no-untyped-call]  # generated
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await server.stop(1)
    store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m mesh.tracestore")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", type=Path, required=True)
    arguments = parser.parse_args()
    asyncio.run(receive(TraceStore(arguments.store), arguments.port))
