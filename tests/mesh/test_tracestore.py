from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2

from mesh.tracestore import Span, TraceStore, decode


def make_span(trace_id: str, *, name: str = "GET /products", start_ns: int = 1, **changes: object) -> Span:
    values = {
        "trace_id": trace_id,
        "span_id": f"{start_ns:016x}",
        "parent_id": "",
        "service": "souk.edge",
        "name": name,
        "start_ns": start_ns,
        "end_ns": start_ns + 10,
        "failed": False,
        "attributes": {},
    }
    return Span(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TraceStore]:
    store = TraceStore(tmp_path / "traces" / "spans.db", most_spans=5)
    yield store
    store.close()


class TestTraceStore:
    def test_gives_a_trace_back_by_start(self, store: TraceStore) -> None:
        late, early = make_span("ab" * 16, start_ns=7), make_span("ab" * 16, start_ns=3)
        store.add([late, early, make_span("cd" * 16)])
        assert store.trace("ab" * 16) == [early, late]

    def test_the_beginning_of_an_id_is_enough(self, store: TraceStore) -> None:
        store.add([make_span("ab" * 16)])
        assert len(store.trace("ABAB")) == 1
        assert store.trace("ba") == []

    def test_an_ambiguous_beginning_gives_one_trace(self, store: TraceStore) -> None:
        store.add([make_span("ab" * 16, start_ns=1), make_span("ab" * 15 + "cd", start_ns=2)])
        assert [span.start_ns for span in store.trace("abab")] == [1]

    def test_keeps_the_newest(self, store: TraceStore) -> None:
        for number in range(8):
            store.add([make_span(f"{number:032x}")])
        assert store.latest(10) == [f"{number:032x}" for number in (7, 6, 5, 4, 3)]

    def test_survives_its_process(self, store: TraceStore, tmp_path: Path) -> None:
        span = make_span("ab" * 16, failed=True, attributes={"rpc.method": "GetProduct", "attempt": 2})
        store.add([span])
        again = TraceStore(tmp_path / "traces" / "spans.db")
        assert again.trace("ab" * 16) == [span]
        again.close()


class TestDecode:
    def test_reads_what_otlp_sends(self) -> None:
        request = ExportTraceServiceRequest()
        resource = request.resource_spans.add()
        resource.resource.attributes.append(KeyValue(key="service.name", value=AnyValue(string_value="order")))
        sent = resource.scope_spans.add().spans.add(
            trace_id=b"\xab" * 16,
            span_id=b"\x01" * 8,
            parent_span_id=b"\x02" * 8,
            name="PlaceOrder",
            start_time_unix_nano=5,
            end_time_unix_nano=9,
        )
        sent.status.code = trace_pb2.Status.STATUS_CODE_ERROR
        sent.attributes.append(KeyValue(key="rpc.grpc.status_code", value=AnyValue(int_value=9)))
        [span] = decode(request)
        assert span == make_span(
            "ab" * 16,
            name="PlaceOrder",
            start_ns=5,
            span_id="01" * 8,
            parent_id="02" * 8,
            service="order",
            end_ns=9,
            failed=True,
            attributes={"rpc.grpc.status_code": 9},
        )
