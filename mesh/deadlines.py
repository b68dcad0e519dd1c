"""Deadlines of calls in progress: one timer for all of them, since a timer for each costs more than many a call."""

import asyncio
import time
from types import TracebackType
from typing import Any, Final, Self

# How late a call may be ended, in seconds.
TICK: Final = 0.01


class _Watch:
    """Looks at every call of one event loop, as long as there are any."""

    __slots__ = ("loop", "running", "within")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.within: set[within] = set()
        self.running = False

    def add(self, block: "within") -> None:
        self.within.add(block)
        if not self.running:
            self.running = True
            self.loop.call_later(TICK, self._tick)

    def _tick(self) -> None:
        now = time.monotonic()
        for block in [block for block in self.within if block.deadline <= now]:
            self.within.discard(block)
            block.expire()
        if self.within:
            self.loop.call_later(TICK, self._tick)
        else:
            self.running = False


_watch: _Watch | None = None


def _watch_of(loop: asyncio.AbstractEventLoop) -> _Watch:
    global _watch  # noqa: PLW0603 - a process has one event loop, and tests have one after the other
    if _watch is None or _watch.loop is not loop:
        _watch = _Watch(loop)
    return _watch


class within:  # noqa: N801 - reads as `asyncio.timeout` does
    """Raises TimeoutError in a `with` block that is not done by `deadline` on the monotonic clock."""

    __slots__ = ("_cancelling", "_expired", "_task", "_watch", "deadline")

    def __init__(self, deadline: float) -> None:
        """Nothing happens before the block."""
        self.deadline = deadline
        self._expired = False

    def __enter__(self) -> Self:
        task: asyncio.Task[Any] | None = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline needs a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._watch = _watch_of(asyncio.get_running_loop())
        self._watch.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._expired:
            self._watch.within.discard(self)
        elif self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def expire(self) -> None:
        """End the block."""
        self._expired = True
        self._task.cancel()
