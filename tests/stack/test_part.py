import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from mesh.stack.component import Component, Step, accepts
from mesh.stack.errors import StackError
from mesh.stack.home import Home
from mesh.stack.part import Backoff, Part
from mesh.stack.ports import Ports
from mesh.stack.state import Status

SERVER = """
import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
time.sleep(600)
"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVER


class Stage:
    """Makes parts and hears what they say."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.said: list[str] = []
        self.parts: list[Part] = []

    def part(self, program: str, *, stop_seconds: float = 5, prepare: Step | None = None) -> Part:
        port = Ports(private=True).usual(1)
        argv = (sys.executable, "-c", program, str(port))
        component = Component("example", argv, port, accepts(port), stop_seconds=stop_seconds, prepare=prepare)
        self.parts.append(Part(component, self.home, self.said.append, lambda: None))
        return self.parts[-1]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    home = Home(tmp_path / "home")
    home.prepare()
    stage = Stage(home)
    yield stage
    for part in stage.parts:
        await part.stop()


class TestBackoff:
    def test_waits_longer_each_time_up_to_a_limit(self) -> None:
        backoff = Backoff()
        assert [backoff.after(0.1) for _ in range(7)] == [0.5, 1, 2, 4, 8, 10, 10]

    def test_begins_anew_after_a_steady_run(self) -> None:
        backoff = Backoff()
        assert [backoff.after(ran) for ran in (0.1, 0.1, 60, 0.1)] == [0.5, 1, 0.5, 1]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.02)


class TestPart:
    async def test_serves_once_started(self, stage: Stage) -> None:
        part = stage.part(SERVER)
        await part.start()
        assert part.snapshot().state is Status.RUNNING
        assert part.snapshot().process() is not None

    async def test_starts_again_when_killed_and_says_so(self, stage: Stage) -> None:
        part = stage.part(SERVER)
        await part.start()
        first = part.snapshot().pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: part.snapshot().pid not in (0, first) and part.snapshot().state is Status.RUNNING)
        assert part.snapshot().restarts == 1
        assert stage.said == ["example was ended by SIGKILL; it starts again in 0.5 s.", "example runs again."]

    async def test_gives_up_with_the_log_when_it_never_comes_up(self, stage: Stage) -> None:
        part = stage.part("import sys; sys.exit('the reason')")
        with pytest.raises(StackError, match=r"example did not start(.|\n)*the reason"):
            await part.start()
        assert part.snapshot().state is Status.FAILED

    async def test_stays_stopped_until_started(self, stage: Stage) -> None:
        part = stage.part(SERVER)
        await part.start()
        process = part.snapshot().process()
        await part.stop()
        assert process is not None
        assert not process.is_running()
        assert part.snapshot().state is Status.STOPPED
        await part.start()
        assert part.snapshot().state is Status.RUNNING

    async def test_is_killed_when_it_does_not_heed(self, stage: Stage) -> None:
        part = stage.part(DEAF, stop_seconds=0.2)
        await part.start()
        await part.stop()
        assert part.snapshot().pid == 0
        assert stage.said == ["example did not stop in 0 s and was killed."]

    async def test_goes_on_trying_when_it_cannot_be_prepared_again(self, stage: Stage) -> None:
        healthy = True

        async def prepare() -> None:
            if not healthy:
                raise StackError("the disk is full")

        part = stage.part(SERVER, prepare=prepare)
        await part.start()
        healthy = False
        first = part.snapshot().pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: "example cannot be started (the disk is full); it starts again in 1 s." in stage.said)
        healthy = True
        await until(lambda: part.snapshot().state is Status.RUNNING)
