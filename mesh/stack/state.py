"""What runs, written down by the supervisor at each change, so that it can be seen and stopped from outside."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

import psutil

from mesh.stack.errors import StackError
from mesh.stack.home import Home, write_private


class Status(StrEnum):
    """Of the whole stack or of one process."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProcessState:
    """One process; `started` tells it from a later one with the same pid."""

    name: str
    state: Status
    port: int = 0
    pid: int = 0
    started: float = 0.0
    restarts: int = 0

    def process(self) -> psutil.Process | None:
        """The process itself, if it still lives."""
        return find_process(self.pid, self.started)


@dataclass(frozen=True, slots=True)
class State:
    """The stack as its supervisor last saw it."""

    status: Status = Status.STOPPED
    supervisor: ProcessState = field(default_factory=lambda: ProcessState("supervisor", Status.STOPPED))
    # Whether the start is over: all runs, and a new store is stocked.
    complete: bool = False
    edge: str = ""
    # Whether this start made the store.
    fresh: bool = False
    urls: dict[str, str] = field(default_factory=dict)
    # Where each service listens: "order" → ["127.0.0.1:50051", …].
    addresses: dict[str, list[str]] = field(default_factory=dict)
    processes: tuple[ProcessState, ...] = ()


def find_process(pid: int, started: float) -> psutil.Process | None:
    """The process with that pid, if it is the one that began then."""
    try:
        process = psutil.Process(pid) if pid else None
        alive = process is not None and process.status() != psutil.STATUS_ZOMBIE
        return process if process and alive and abs(process.create_time() - started) < 1 else None
    except psutil.Error:
        return None


def started_at(pid: int) -> float:
    """When the process began, 0 for one that is gone already."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0.0


def memory_bytes(process: psutil.Process, *, children: bool = True) -> int:
    """Memory of a process and its children, shared pages divided among those that share them where the system tells."""
    below = process.children(recursive=True) if children else []
    return sum(_own_memory(each) for each in (process, *below))


def _own_memory(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", 0) or full.rss)
    except psutil.Error:
        return 0


def write_state(home: Home, state: State) -> None:
    """Replace what is written down."""
    write_private(home.state_file, json.dumps(asdict(state), indent=2) + "\n")


def read_state(home: Home) -> State:
    """What was last written down; a stack that never ran is STOPPED."""
    try:
        document = json.loads(home.state_file.read_text())
    except FileNotFoundError:
        return State()
    except ValueError as error:
        raise StackError(f"{home.state_file} cannot be read: {error}.") from error
    supervisor = _process_state(document.pop("supervisor"))
    processes = tuple(_process_state(each) for each in document.pop("processes"))
    state = State(**{**document, "status": Status(document["status"])}, supervisor=supervisor, processes=processes)
    if supervisor.process() is None and state.status is not Status.STOPPED:
        return replace(state, status=Status.FAILED, supervisor=replace(supervisor, state=Status.FAILED))
    return state


def _process_state(document: dict[str, Any]) -> ProcessState:
    return ProcessState(**{**document, "state": Status(document["state"])})


@contextmanager
def only_supervisor(home: Home) -> Iterator[None]:
    """Hold the home's lock; raises StackError where another supervisor holds it."""
    descriptor = os.open(home.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StackError(f"A stack runs in {home.root} already; `souk status` shows it.") from None
    try:
        yield
    finally:
        os.close(descriptor)
