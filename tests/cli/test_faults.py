"""`souk break` says what is wrong with what it was asked, and breaks nothing then."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.faults import seconds
from cli.main import app
from mesh.stack.errors import StackError


def refused(home: Path, *arguments: str) -> str:
    runner = CliRunner(env={"SOUK_HOME": str(home)})
    with pytest.raises(StackError) as error:
        runner.invoke(app, ["break", *arguments], catch_exceptions=False)
    return str(error.value)


class TestDurations:
    @pytest.mark.parametrize(("text", "value"), [("10s", 10), ("500ms", 0.5), ("2m", 120), ("3", 3), ("1.5s", 1.5)])
    def test_are_read(self, text: str, value: float) -> None:
        assert seconds(text) == value

    @pytest.mark.parametrize("text", ["", "ten", "10h", "-1s", "11m"])
    def test_what_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(StackError):
            seconds(text)


class TestBreak:
    def test_without_a_stack(self, tmp_path: Path) -> None:
        assert "No stack runs" in refused(tmp_path, "redis", "--how", "kill")
        assert "No stack runs" in refused(tmp_path, "redis", "--how", "freeze")
        assert "No stack runs" in refused(tmp_path, "redis", "--how", "delay")

    def test_a_wrong_duration(self, tmp_path: Path) -> None:
        assert "no duration" in refused(tmp_path, "redis", "--how", "kill", "--for", "long")


class TestCrashPoints:
    def test_lists_at_least_thirty(self) -> None:
        listed = CliRunner().invoke(app, ["crash-points"], catch_exceptions=False).output.split()
        assert len(listed) >= 30
        assert {"order.o1.before_commit", "relay.after_publish", "consumer.before_ack"} <= set(listed)
