"""Dying on demand."""

import subprocess
import sys
from pathlib import Path

import pytest

from mesh import crash

PROGRAM = "from mesh import crash; crash.point('a.before'); crash.point('b.after'); print('alive')"


def run(**environ: str) -> subprocess.CompletedProcess[str]:
    """A process with one more variable or two."""
    return subprocess.run(  # our own program
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, env=environ
    )


class TestPoint:
    def test_does_nothing_unless_told(self) -> None:
        assert run().stdout == "alive\n"

    def test_dies_at_its_label_as_by_kill_9(self) -> None:
        died = run(SOUK_CRASH_AT="b.after")
        assert (died.returncode, died.stdout) == (crash.EXIT_CODE, "")

    def test_passes_by_other_labels(self) -> None:
        assert run(SOUK_CRASH_AT="c.never").returncode == 0

    def test_dies_once_where_a_file_remembers_it(self, tmp_path: Path) -> None:
        environ = {"SOUK_CRASH_AT": "a.before", "SOUK_CRASH_ONCE_FILE": str(tmp_path / "died")}
        assert run(**environ).returncode == crash.EXIT_CODE
        assert run(**environ).returncode == 0


def test_labels_are_read_from_the_sources(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text('crash.point("b.one")\ncrash.point(\n    "a.two"\n)\nother.point("c.three")\n')
    assert crash.labels([tmp_path]) == ["a.two", "b.one"]


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUK_CRASH_AT", raising=False)
