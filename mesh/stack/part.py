"""A component over time: started, watched, started again when it dies."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

from mesh.stack.component import Component
from mesh.stack.errors import StackError
from mesh.stack.home import Home
from mesh.stack.logs import open_log, tail
from mesh.stack.state import ProcessState, Status, started_at

_START_SECONDS = 60.0
_PROBE_SECONDS = 0.05
_FIRST_PAUSE = 0.5
# Fault tests, which kill again and again, wait less.
_LONGEST_PAUSE = float(os.environ.get("SOUK_LONGEST_RESTART_SECONDS", "10"))
# A process that ran so long before it died starts again after the first pause.
_STEADY_SECONDS = 5.0


class Backoff:
    """How long to wait before the next start: twice as long each time, until one has run steadily."""

    def __init__(self) -> None:
        """The next wait is the shortest."""
        self._next = _FIRST_PAUSE

    def after(self, ran: float) -> float:
        """The wait in seconds after a process that ran for `ran` seconds."""
        pause = _FIRST_PAUSE if ran > _STEADY_SECONDS else self._next
        self._next = min(pause * 2, _LONGEST_PAUSE)
        return pause


class Part:
    """Keeps one component running from `start` to `stop`."""

    def __init__(
        self, component: Component, home: Home, say: Callable[[str], None], changed: Callable[[], None]
    ) -> None:
        self.component = component
        self._home = home
        self._say = say
        self._changed = changed
        self._state = Status.STOPPED
        self._process: asyncio.subprocess.Process | None = None
        self._started = 0.0
        self._restarts = 0
        self._keeper: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._unwanted = asyncio.Event()

    def snapshot(self) -> ProcessState:
        """As it is now."""
        pid = self._process.pid if self._process else 0
        return ProcessState(
            self.component.name, self._state, self.component.port, pid, self._started if pid else 0.0, self._restarts
        )

    async def start(self) -> None:
        """Return when it serves; raises StackError with the end of its log when it does not come up."""
        if self._keeper is None:
            self._ready.clear()
            self._unwanted.clear()
            self._keeper = asyncio.create_task(self._keep())
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({ready, self._keeper}, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._ready.is_set():
            return
        failure = self._keeper.exception() if self._keeper.done() and not self._keeper.cancelled() else None
        await self.stop()
        self._set(Status.FAILED)
        if isinstance(failure, StackError):
            raise failure
        log = self._home.log(self.component.name)
        raise StackError(f"{self.component.name} did not start. The end of {log}:\n{tail(log)}") from failure

    async def stop(self) -> None:
        """Return when it has ended: gently first, by force after its time."""
        if self._keeper is None:
            return
        self._unwanted.set()
        if self._process is not None:
            self._set(Status.STOPPING)
            await self._end(self._process)
        with suppress(StackError):
            await self._keeper
        self._keeper = None
        self._set(Status.STOPPED)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if self.component.drain is not None and self._ready.is_set():
            await self.component.drain()
        with suppress(ProcessLookupError):
            process.send_signal(self.component.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), self.component.stop_seconds)
        except TimeoutError:
            self._say(f"{self.component.name} did not stop in {self.component.stop_seconds:.0f} s and was killed.")
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    async def _keep(self) -> None:
        backoff = Backoff()
        attempts = 0
        while True:
            began = time.monotonic()
            ended = await self._run_once()
            if self._unwanted.is_set():
                return
            attempts += 1
            if not self._ready.is_set() and attempts >= self.component.start_attempts:
                return
            pause = backoff.after(time.monotonic() - began)
            self._restarts += 1
            self._set(Status.STARTING)
            self._say(f"{self.component.name} {ended}; it starts again in {pause:g} s.")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._unwanted.wait(), pause)
                return

    async def _run_once(self) -> str:
        """Run it to its end, and say how it ended."""
        try:
            if self.component.prepare is not None:
                await self.component.prepare()
        except (StackError, OSError) as error:
            if not self._ready.is_set():
                raise
            return f"cannot be started ({error})"
        if self._unwanted.is_set():
            return "is not wanted"
        with open_log(self._home.log(self.component.name)) as log:
            process = await asyncio.create_subprocess_exec(
                *self.component.argv,
                env={**os.environ, **self.component.env},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                # A Ctrl-C in the terminal reaches the supervisor alone, which stops the parts in order.
                start_new_session=True,
            )
        self._process = process
        self._started = started_at(process.pid)
        self._set(Status.STARTING)
        watch = asyncio.create_task(self._watch_readiness())
        code = await process.wait()
        watch.cancel()
        self._process = None
        return _how(code)

    async def _watch_readiness(self) -> None:
        again = self._ready.is_set()
        while not await self.component.ready():  # noqa: ASYNC110 - the event is in another process
            await asyncio.sleep(_PROBE_SECONDS)
        self._ready.set()
        self._set(Status.RUNNING)
        if again:
            self._say(f"{self.component.name} runs again.")

    def _set(self, state: Status) -> None:
        self._state = state
        self._changed()


def _how(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with status {code}"
