import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mesh.stack.errors import StackError
from mesh.stack.home import Home
from mesh.stack.state import ProcessState, State, Status, only_supervisor, read_state, started_at, write_state
from mesh.stack.stop import stop_stack

GONE = 2**22 - 1


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield child
    child.kill()
    child.wait()


def remember(home: Home, pid: int, started: float) -> None:
    supervisor = ProcessState("supervisor", Status.RUNNING, pid=GONE, started=1.0)
    process = ProcessState("worker-1", Status.RUNNING, pid=pid, started=started)
    write_state(home, State(Status.RUNNING, supervisor, processes=(process,)))


class TestStopStack:
    async def test_ends_what_a_killed_supervisor_left(self, home: Home, sleeper: "subprocess.Popen[bytes]") -> None:
        remember(home, sleeper.pid, started_at(sleeper.pid))
        assert read_state(home).status is Status.FAILED
        assert await stop_stack(home)
        assert sleeper.wait(1) != 0
        assert read_state(home).status is Status.STOPPED

    async def test_spares_a_stranger_that_got_the_same_pid(
        self, home: Home, sleeper: "subprocess.Popen[bytes]"
    ) -> None:
        remember(home, sleeper.pid, started_at(sleeper.pid) - 1_000)
        assert not await stop_stack(home)
        time.sleep(0.1)
        assert sleeper.poll() is None

    async def test_there_is_nothing_to_stop_in_a_folder_without_a_store(self, tmp_path: Path) -> None:
        assert not await stop_stack(Home(tmp_path))


class TestOnlySupervisor:
    def test_a_second_one_is_refused(self, home: Home) -> None:
        with only_supervisor(home), pytest.raises(StackError, match="runs in .* already"), only_supervisor(home):
            pass

    def test_the_next_one_may_follow(self, home: Home) -> None:
        with only_supervisor(home):
            pass
        with only_supervisor(home):
            assert home.lock_file.exists()


class TestReadState:
    def test_what_is_broken_is_named(self, home: Home) -> None:
        home.state_file.write_text("{")
        with pytest.raises(StackError, match=r"state\.json cannot be read"):
            read_state(home)

    def test_comes_back_as_written(self, home: Home) -> None:
        me = ProcessState("supervisor", Status.RUNNING, pid=os.getpid(), started=started_at(os.getpid()))
        state = State(Status.RUNNING, me, "http://127.0.0.1:1", addresses={"order": ["127.0.0.1:2"]}, processes=(me,))
        write_state(home, state)
        assert read_state(home) == state
