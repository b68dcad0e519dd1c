"""Log lines."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from mesh import logs
from mesh.errors import Internal
from mesh.faults import report_fault


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What is logged, until the test ends."""
    root = logging.getLogger()
    before, handlers, level = logs._writer, root.handlers[:], root.level
    # Handlers that are left in place would be closed by the new configuration.
    root.handlers.clear()
    written = io.StringIO()
    logs.configure(written)
    yield written
    logs._writer, root.handlers[:], root.level = before, handlers, level


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    logs.flush()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


class TestLines:
    def test_of_calls_are_json(self, stream: io.StringIO) -> None:
        logs.log_call("/souk.a.v1.A/B", "OK", "", 0.0125, "u1", "order", "0af7")
        (line,) = lines(stream)
        assert line.pop("time")
        assert line == {
            "level": "info",
            "message": "call",
            "method": "/souk.a.v1.A/B",
            "code": "OK",
            "reason": "",
            "ms": 12.5,
            "subject": "u1",
            "caller": "order",
            "trace_id": "0af7",
        }

    def test_of_libraries_have_the_same_shape(self, stream: io.StringIO) -> None:
        logging.getLogger("library").warning('a "quoted"\nmessage')
        (line,) = lines(stream)
        assert (line["level"], line["logger"], line["message"]) == ("warning", "library", 'a "quoted"\nmessage')

    async def test_are_written_together_and_soon(self, stream: io.StringIO) -> None:
        logs.log("info", "one")
        logs.log("info", "two")
        assert stream.getvalue() == ""
        assert len(lines(stream)) == 2


def fail_loudly() -> None:
    raise ValueError("canary@example.com")


class TestFault:
    def test_is_told_by_its_id_alone(self, stream: io.StringIO) -> None:
        with pytest.raises(ValueError, match="canary") as caught:
            fail_loudly()
        told = report_fault("/souk.a.v1.A/B", caught.value)
        (line,) = lines(stream)
        assert isinstance(told, Internal)
        assert told.metadata == {"errorId": line["error_id"]}
        assert line["exception"] == "ValueError"
        assert "fail_loudly" in str(line["stack"])
        assert "canary" not in stream.getvalue() + str(told)
