"""Processes die at the label they are asked to die at, once."""

import subprocess
import sys
from pathlib import Path

from mesh import crash

_PROGRAM = "from mesh import crash; crash.point('a.before_commit', 'order'); crash.point('b.before_commit')"


def run(**env: str) -> int:
    return subprocess.run([sys.executable, "-c", _PROGRAM], env=env, check=False, capture_output=True).returncode


class TestCrashAt:
    def test_dies_at_the_label_alone(self) -> None:
        assert run(SOUK_CRASH_AT="b.before_commit") == crash.EXIT_CODE
        assert run(SOUK_CRASH_AT="c.before_commit") == 0
        assert run() == 0

    def test_a_restarted_process_goes_on(self, tmp_path: Path) -> None:
        once = str(tmp_path / "died")
        codes = [run(SOUK_CRASH_AT="a.before_commit", SOUK_CRASH_ONCE_FILE=once) for _ in range(2)]
        assert codes == [crash.EXIT_CODE, 0]


class TestCrashFile:
    def test_dies_once_for_each_time_it_is_written(self, tmp_path: Path) -> None:
        file = tmp_path / "crash"
        assert run(SOUK_CRASH_FILE=str(file)) == 0
        for label in ("a.before_commit", "a.before_commit@order", "b.before_commit"):
            file.write_text(label + "\n")
            assert [run(SOUK_CRASH_FILE=str(file)) for _ in range(2)] == [crash.EXIT_CODE, 0]
            assert not file.exists()

    def test_another_service_lives(self, tmp_path: Path) -> None:
        file = tmp_path / "crash"
        file.write_text("a.before_commit@payment")
        assert run(SOUK_CRASH_FILE=str(file)) == 0
        assert file.exists()


def test_labels_are_read_from_the_source(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text('crash.point("b.after", self.name)\nif x:\n    crash.point("a.before")\n')
    assert crash.labels([tmp_path]) == ["a.before", "b.after"]
