"""Faults on a running stack, for tests and for anyone who wants to see what they do."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from mesh.stack.errors import StackError
from mesh.stack.home import Home
from mesh.stack.proxy import CONTROL
from mesh.stack.state import ProcessState, Status, read_state

# The parts that the services reach through the proxy of `souk up --faults`.
PROXIED = ("postgres", "nats", "redis", "sandbox")


def part_of(home: Home, name: str) -> ProcessState:
    """A part of the stack that runs; raises StackError with the names there are."""
    state = read_state(home)
    if state.status is not Status.RUNNING:
        raise StackError(f"No stack runs in {home.root}; `souk up` starts it.")
    for each in state.processes:
        if each.name == name:
            return each
    raise StackError(f"There is no part {name!r}; there are {', '.join(each.name for each in state.processes)}.")


def kill(home: Home, name: str) -> int:
    """Send SIGKILL, which no process can catch; return the pid, 0 where nothing ran at that moment."""
    process = part_of(home, name).process()
    if process is None:
        return 0
    _send(process, signal.SIGKILL)
    return int(process.pid)


@contextmanager
def frozen(home: Home, name: str) -> Iterator[None]:
    """Stop a process and all below it where they stand, and let them go on at the end of the block."""
    process = part_of(home, name).process()
    if process is None:
        raise StackError(f"{name} does not run just now.")
    family = [process, *process.children(recursive=True)]
    try:
        for each in family:
            _send(each, signal.SIGSTOP)
        yield
    finally:
        for each in family:
            _send(each, signal.SIGCONT)


async def hinder(home: Home, name: str, how: str, *, seconds: float, delay: float = 0.0) -> None:
    """Make the way from the services to a part slow ("delay") or cut it ("partition"); it heals by itself."""
    part_of(home, name)
    if name not in PROXIED:
        raise StackError(f"The way to {name} cannot be changed; only to {', '.join(PROXIED)}.")
    try:
        reader, writer = await asyncio.open_unix_connection(home.socket(CONTROL))
    except OSError:
        raise StackError("No proxy runs: start the stack with `souk up --faults`.") from None
    order = {"part": name, "how": how, "seconds": seconds, "delay": delay}
    writer.write(json.dumps(order).encode() + b"\n")
    done = await reader.readline()
    writer.close()
    if not done:
        raise StackError(f"{name} is not reached through the proxy: it is not a part of this stack.")


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise StackError(f"Process {process.pid} belongs to somebody else.") from error
