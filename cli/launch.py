"""Start a stack in this process, or in one that outlives it."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import typer
from rich.console import Console

from cli.welcome import print_welcome
from mesh.stack.errors import StackError
from mesh.stack.home import Home
from mesh.stack.keys import make_keys
from mesh.stack.layout import Wish, make_layout
from mesh.stack.logs import Follower, open_log, tail
from mesh.stack.state import State, Status, read_state
from mesh.stack.supervisor import Supervisor

_DETACH_SECONDS = 180.0
_IMPORTANT = re.compile(r'\b(ERROR|CRITICAL|FATAL|PANIC)\b|"level": ?"(error|critical)"|^Traceback')


def run_here(wish: Wish, console: Console, *, welcome: bool) -> None:
    """Run the stack until Ctrl-C."""
    began = time.monotonic()
    home = wish.home
    make_keys(home)
    fresh = not home.seeded_file.exists()
    layout = make_layout(wish, fresh=fresh)

    def say(line: str) -> None:
        console.print(time.strftime("%H:%M:%S"), line, markup=False, highlight=False, soft_wrap=True)

    follower: list[asyncio.Task[None]] = []

    def on_ready(state: State) -> None:
        home.seeded_file.touch()
        if welcome:
            print_welcome(console, home, state, time.monotonic() - began)
        follower.append(asyncio.get_running_loop().create_task(_follow(home, state, say)))

    asyncio.run(Supervisor(home, layout, say).run(on_ready))
    console.print("Stopped.")


def run_detached(home: Home, console: Console, arguments: list[str]) -> None:
    """Start a supervisor of its own session and return when the edge answers; the exit status is 1 otherwise."""
    began = time.monotonic()
    if read_state(home).status in (Status.RUNNING, Status.STARTING):
        raise StackError(f"A stack runs in {home.root} already; `souk status` shows it.")
    home.prepare()
    log = home.log("supervisor")
    command = [sys.executable, "-m", "cli.main", *(each for each in arguments if each != "--detach"), "--no-welcome"]
    with open_log(log) as output:
        start_of_log = output.tell()
        child = subprocess.Popen(  # noqa: S603 - this program itself
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=Path.cwd()
        )
    state = _wait_until_ready(home, child)
    if state is None:
        console.print(_since(log, start_of_log), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1)
    print_welcome(console, home, state, time.monotonic() - began)


def _wait_until_ready(home: Home, child: "subprocess.Popen[bytes]") -> State | None:
    deadline = time.monotonic() + _DETACH_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            return None
        state = read_state(home)
        if state.supervisor.pid == child.pid and state.complete:
            return state
        time.sleep(0.05)
    child.terminate()
    child.wait()
    return None


def _since(log: Path, offset: int) -> str:
    with log.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace").strip() or tail(log)


async def _follow(home: Home, state: State, say: Callable[[str], None]) -> None:
    """Repeat what the parts complain about."""
    follower = Follower({each.name: home.log(each.name) for each in state.processes})
    while True:
        for name, line in follower.new_lines():
            if _IMPORTANT.search(line):
                say(f"{name}: {line}")
        await asyncio.sleep(0.5)
