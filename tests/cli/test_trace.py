from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from mesh.stack.errors import StackError
from mesh.stack.home import Home
from mesh.stack.traces import store_file
from mesh.tracestore import Span, TraceStore

TRACE = "5d" * 16


def souk(home: Path, *arguments: str) -> str:
    result = CliRunner(env={"SOUK_HOME": str(home), "COLUMNS": "140"}).invoke(app, arguments, catch_exceptions=False)
    return result.output


@pytest.fixture
def home(tmp_path: Path) -> Path:
    store = TraceStore(store_file(Home(tmp_path)))
    millisecond = 1_000_000
    store.add(
        [
            Span(
                TRACE,
                "03",
                "02",
                "order",
                "SELECT orders",
                4 * millisecond,
                6 * millisecond,
                failed=False,
                attributes={},
            ),
            Span(TRACE, "01", "", "souk.edge", "POST /orders", 0, 10 * millisecond, failed=False, attributes={}),
            Span(
                TRACE, "02", "01", "order", "PlaceOrder", 2 * millisecond, 8 * millisecond, failed=True, attributes={}
            ),
            Span(TRACE, "04", "99", "lost", "orphan", 9 * millisecond, 10 * millisecond, failed=False, attributes={}),
        ]
    )
    store.close()
    return tmp_path


class TestTrace:
    def test_children_stand_under_their_parents(self, home: Path) -> None:
        lines = souk(home, "trace", TRACE[:8]).splitlines()
        names = [line[:40].rstrip() for line in lines[2:]]
        assert [name.split("  souk")[0].split("  order")[0].split("  lost")[0].rstrip() for name in names] == [
            "POST /orders",
            "  PlaceOrder",
            "    SELECT orders",
            "orphan",
        ]

    def test_bars_lie_where_the_time_went(self, home: Path) -> None:
        line = next(line for line in souk(home, "trace", TRACE).splitlines() if "SELECT" in line)
        assert line.split()[-3:-1] == ["4.0", "2.0"]
        assert line.count("█") == 8

    def test_lists_the_latest_without_an_id(self, home: Path) -> None:
        assert TRACE in souk(home, "trace")

    def test_names_a_trace_that_is_not_there(self, home: Path) -> None:
        with pytest.raises(StackError, match="There is no trace 'ffffffff'"):
            souk(home, "trace", "ffffffff")

    def test_says_where_it_looked(self, tmp_path: Path) -> None:
        with pytest.raises(StackError, match=r"There are no traces in .*traces"):
            souk(tmp_path, "trace", TRACE)
