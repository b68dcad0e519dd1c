from pathlib import Path

import pytest

from mesh.stack.logs import Follower, open_log, tail, trim_logs


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "worker-1.log"
    path.write_text("one\ntwo\nthree\n")
    return path


class TestTail:
    def test_gives_the_last_lines(self, log: Path) -> None:
        assert tail(log, 2) == "two\nthree"

    def test_a_log_that_is_not_there_is_empty(self, tmp_path: Path) -> None:
        assert tail(tmp_path / "none.log") == "(empty)"


class TestTrimLogs:
    def test_a_writer_goes_on_in_the_emptied_file(self, log: Path) -> None:
        with open_log(log) as file:
            trim_logs(log.parent, largest=5)
            file.write(b"four\n")
        assert log.read_text() == "four\n"
        assert (log.parent / "worker-1.log.1").read_text() == "one\ntwo\nthree\n"

    def test_a_small_log_stays(self, log: Path) -> None:
        trim_logs(log.parent, largest=500)
        assert log.read_text().startswith("one")


class TestFollower:
    def test_tells_whole_lines_once(self, log: Path) -> None:
        follower = Follower({"worker-1": log})
        with log.open("a") as file:
            file.write("four\nfi")
        assert list(follower.new_lines()) == [("worker-1", "four")]
        with log.open("a") as file:
            file.write("ve\n")
        assert list(follower.new_lines()) == [("worker-1", "five")]

    def test_goes_on_after_a_trim(self, log: Path) -> None:
        follower = Follower({"worker-1": log})
        log.write_text("new\n")
        assert list(follower.new_lines()) == [("worker-1", "new")]
