"""End a stack from outside, also one whose supervisor is gone."""

import asyncio
import os
import signal
import time
from dataclasses import replace

import psutil

from mesh.stack.errors import StackError
from mesh.stack.home import Home
from mesh.stack.state import ProcessState, Status, only_supervisor, read_state, write_state

_STOP_SECONDS = 90.0
_LEFTOVER_SECONDS = 15.0
# PostgreSQL takes SIGTERM as "wait until the last client leaves".
_GENTLE = {"postgres": signal.SIGINT}


async def stop_stack(home: Home) -> bool:
    """Stop what runs and return when nothing is left; false where nothing ran."""
    if not home.is_store:
        return False
    state = read_state(home)
    supervisor = state.supervisor.process()
    if supervisor is not None:
        supervisor.terminate()
        await _wait_for_end([supervisor], _STOP_SECONDS)
    with only_supervisor(home):
        left = await stop_leftovers(home)
    return supervisor is not None or left


async def stop_leftovers(home: Home) -> bool:
    """End the processes of a stack whose supervisor was killed, the last started first; needs the home's lock."""
    state = read_state(home)
    left = [(each, process) for each in state.processes if (process := each.process()) is not None]
    for each, process in reversed(left):
        _end(each, process)
        await _wait_for_end([process], _LEFTOVER_SECONDS)
    if state.status is not Status.STOPPED:
        ended = tuple(replace(each, state=Status.STOPPED, pid=0) for each in state.processes)
        write_state(home, replace(state, status=Status.STOPPED, processes=ended))
    return bool(left)


def _end(each: ProcessState, process: psutil.Process) -> None:
    try:
        process.send_signal(_GENTLE.get(each.name, signal.SIGTERM))
    except psutil.Error:
        return


async def _wait_for_end(processes: list[psutil.Process], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(_lives(process) for process in processes):
        if time.monotonic() > deadline:
            for process in processes:
                _kill(process)
            return
        await asyncio.sleep(0.05)


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _kill(process: psutil.Process) -> None:
    try:
        os.kill(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise StackError(f"Process {process.pid} belongs to somebody else and still runs.") from error
