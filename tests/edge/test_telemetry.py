"""The access log and the spans name what was called and how it ended, and nothing secret or personal."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import grpc
import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from edge.placement import Endpoint
from tests.edge.conftest import Background, Edge, Issuer

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class TestAccessLog:
    def test_a_rest_call(self, edge: Edge) -> None:
        answer = httpx.get(edge.url + "/api/v1/things/7?thing_id=canary")
        line = edge.log_line(answer.headers["x-request-id"])
        assert line["method"] == "GET"
        assert line["path"] == "/api/v1/things/7"
        assert line["rpc"] == "/souk.echo.v1.EchoService/GetThing"
        assert line["status"] == 200
        assert line["flags"] == "-"

    def test_an_error_has_its_grpc_status(self, edge: Edge) -> None:
        answer = httpx.get(edge.url + "/api/v1/act?name=fail")
        line = edge.log_line(answer.headers["x-request-id"])
        assert (line["status"], line["grpcStatus"]) == (400, "9")

    def test_no_secret_is_in_it(self, edge: Edge, issuer: Issuer) -> None:
        headers = {"authorization": f"Bearer {issuer.token(sub='canary-person')}"}
        answer = httpx.post(edge.url + "/api/v1/things?canary=1", json={"displayName": "canary"}, headers=headers)
        edge.log_line(answer.headers["x-request-id"])
        assert edge.placement.access_log is not None
        log = edge.placement.access_log.read_text()
        assert "canary" not in log
        assert "eyJ" not in log


@dataclass
class Collector:
    """Keeps the spans that it is sent."""

    spans: list[Span] = field(default_factory=list)

    async def export(self, request: ExportTraceServiceRequest, _context: object) -> ExportTraceServiceResponse:
        self.spans += [span for group in request.resource_spans for part in group.scope_spans for span in part.spans]
        return ExportTraceServiceResponse()

    async def serve(self) -> tuple[grpc.aio.Server, int]:
        server = grpc.aio.server()
        handler = grpc.unary_unary_rpc_method_handler(
            self.export, ExportTraceServiceRequest.FromString, ExportTraceServiceResponse.SerializeToString
        )
        service = "opentelemetry.proto.collector.trace.v1.TraceService"
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Export": handler}),))
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        return server, port


@pytest.fixture
def collector() -> Collector:
    return Collector()


@pytest.fixture
def traced(start_edge: Callable[..., Edge], collector: Collector, background: Background) -> Iterator[Edge]:
    server, port = background.run(collector.serve())
    yield start_edge(otlp=Endpoint("127.0.0.1", port), trace_ratio=0)
    background.run(server.stop(0))


def test_a_sampled_caller_is_traced_and_the_service_continues_the_trace(traced: Edge, collector: Collector) -> None:
    sampled = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    answer = httpx.get(traced.url + "/api/v1/things/7?thing_id=canary", headers=sampled)
    assert answer.headers["x-trace-id"] == TRACE
    assert answer.json()["heard"]["traceparent"].startswith(f"00-{TRACE}-")
    assert answer.json()["heard"]["traceparent"].endswith("-01")
    assert not [name for name in answer.headers if name.startswith("x-envoy")]
    httpx.get(traced.url + "/api/v1/things/8")

    span = span_of(traced, collector)
    assert span.trace_id.hex() == TRACE
    assert "canary" not in str(span)
    assert {each.key: each.value.string_value for each in span.attributes}["url.path"] == "/api/v1/things/7"
    assert len(collector.spans) == 1


def span_of(edge: Edge, collector: Collector) -> Span:
    """The first span; Envoy sends what it has at intervals."""
    deadline = time.monotonic() + 15
    while not collector.spans and time.monotonic() < deadline:
        assert edge.process.poll() is None
        time.sleep(0.1)
    return collector.spans[0]
