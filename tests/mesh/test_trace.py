"""Trace context and spans."""

import pytest

from mesh.trace import SpanKind, Tracer, current_span, joined, parse_traceparent, span
from tests.mesh.echo import Spans

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class TestTraceparent:
    def test_comes_back_as_it_went(self) -> None:
        parent = parse_traceparent(PARENT)
        child = Tracer("s").start("call", parent)
        again = parse_traceparent(child.traceparent)
        assert again is not None
        assert (again.trace_id, again.span_id, again.sampled) == (child.trace_id, child.span_id, True)

    @pytest.mark.parametrize(
        "header",
        [
            None,
            "",
            "00-1-2-01",
            PARENT + "0",
            PARENT.replace("0af", "xyz"),
            "00-" + "0" * 32 + "-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
        ],
    )
    def test_is_ignored_where_it_is_broken(self, header: str | None) -> None:
        assert parse_traceparent(header) is None


class TestTracer:
    def test_honours_the_callers_choice(self) -> None:
        tracer = Tracer("s", ratio=1.0)
        assert not tracer.start("call", parse_traceparent(PARENT[:-1] + "0")).sampled
        assert Tracer("s", ratio=0.0).start("call", parse_traceparent(PARENT)).sampled

    def test_samples_new_traces_by_its_ratio(self) -> None:
        tracer = Tracer("s", ratio=0.5)
        sampled = sum(tracer.start("call", None).sampled for _ in range(2000))
        assert 800 < sampled < 1200


class TestSpan:
    def test_is_exported_below_the_present_one(self) -> None:
        spans = Spans()
        with joined(Tracer("s", spans), "consume", PARENT) as outer:
            with span("SELECT orders", SpanKind.CLIENT, {"rows": 1}) as inner:
                assert current_span() is inner
            assert current_span() is outer
        select, consume = spans.ended
        assert select.parent is not None
        assert select.parent.span_id == outer.span_id
        assert dict(select.attributes or {}) == {"rows": 1}
        assert consume.parent is not None
        assert consume.parent.span_id == 0xB7AD6B7169203331

    def test_is_nothing_where_nobody_samples(self) -> None:
        spans = Spans()
        with joined(Tracer("s", spans), "consume", ""), span("SELECT orders") as inner:
            assert inner is None
        assert not spans.ended

    def test_names_the_exception_that_ended_it(self) -> None:
        spans = Spans()
        with pytest.raises(ValueError, match="secret"), joined(Tracer("s", spans), "consume", PARENT):
            raise ValueError("secret")
        assert spans.ended[0].status.description == "ValueError"
