"""Starts the parts of a layout in order, keeps them running, stops them in reverse."""

import asyncio
import os
import resource
import signal
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from mesh.stack.component import Component
from mesh.stack.control import serve_control
from mesh.stack.errors import StackError
from mesh.stack.home import Home
from mesh.stack.layout import Layout, Stage
from mesh.stack.logs import trim_logs
from mesh.stack.part import Part
from mesh.stack.state import ProcessState, State, Status, only_supervisor, started_at, write_state
from mesh.stack.stop import stop_leftovers
from mesh.stack.task import run_task

Say = Callable[[str], None]
_TRIM_SECONDS = 30.0


class Supervisor:
    """One running stack."""

    def __init__(self, home: Home, layout: Layout, say: Say) -> None:
        self.home = home
        self._layout = layout
        self._say = say
        self._parts: dict[str, Part] = {}
        self._stages: list[list[Part]] = []
        me = ProcessState("supervisor", Status.RUNNING, pid=os.getpid(), started=started_at(os.getpid()))
        self._state = replace(layout.state, supervisor=me, status=Status.STARTING)

    @property
    def state(self) -> State:
        """The stack as it is now."""
        return replace(self._state, processes=tuple(part.snapshot() for part in self._parts.values()))

    async def run(self, on_ready: Callable[[State], None]) -> None:
        """Run until SIGINT or SIGTERM. Raises StackError when the stack does not come up; nothing is left then."""
        with only_supervisor(self.home):
            await stop_leftovers(self.home)
            _allow_open_files()
            end = _end_signal()
            try:
                async with serve_control(self.home, self._control):
                    if await self._started_before(end):
                        on_ready(self.state)
                        await self._watch_logs(end)
            except BaseException:
                await self._stop(Status.FAILED)
                raise
            await self._stop(Status.STOPPED)

    async def _started_before(self, end: asyncio.Event) -> bool:
        start = asyncio.create_task(self._start())
        ended = asyncio.create_task(end.wait())
        await asyncio.wait({start, ended}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if start.done():
            start.result()
            return True
        start.cancel()
        with suppress(asyncio.CancelledError, StackError):
            await start
        return False

    async def _start(self) -> None:
        *stages, last = self._layout.stages
        await _all([self._start_stages(stages), *(run_task(task, self.home) for task in self._layout.early_tasks)])
        await self._start_stages([last])
        self._set(Status.RUNNING)
        await _all([run_task(task, self.home) for task in self._layout.last_tasks])
        self._state = replace(self._state, complete=True)
        self._write()

    async def _watch_logs(self, end: asyncio.Event) -> None:
        while not end.is_set():
            trim_logs(self.home.logs)
            with suppress(TimeoutError):
                await asyncio.wait_for(end.wait(), _TRIM_SECONDS)

    async def _start_stages(self, stages: Sequence[Stage]) -> None:
        for stage in stages:
            parts = [self._part(each) for each in stage.components]
            self._stages.append(parts)
            await _all([*(part.start() for part in parts), *(run_task(task, self.home) for task in stage.tasks)])

    def _part(self, component: Component) -> Part:
        part = Part(component, self.home, self._say, self._write)
        self._parts[component.name] = part
        return part

    async def _stop(self, last: Status) -> None:
        self._set(Status.STOPPING)
        for parts in reversed(self._stages):
            for outcome in await asyncio.gather(*(part.stop() for part in parts), return_exceptions=True):
                # One part that cannot be stopped does not keep the others.
                if isinstance(outcome, Exception):
                    self._say(f"A part could not be stopped: {outcome!r}")
        self._set(last)

    async def _control(self, command: str, name: str) -> str:
        if name not in self._parts:
            raise StackError(f"There is no part {name!r}; there are {', '.join(self._parts)}.")
        part = self._parts[name]
        if command == "start":
            await part.start()
            return f"{name} runs."
        await part.stop()
        return f"{name} is stopped."

    def _set(self, status: Status) -> None:
        self._state = replace(self._state, status=status)
        self._write()

    def _write(self) -> None:
        write_state(self.home, self.state)


def _allow_open_files() -> None:
    """As many open files as the system grants, to all parts: every connection at the edge is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Where there is no end to it the system names none that could be set.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _end_signal() -> asyncio.Event:
    """Set by the signals that ask for an end."""
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end.set)
    return end


async def _all(steps: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run side by side; the first failure ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(step)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
