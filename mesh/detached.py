"""Work that outlives the call which began it: a caller that hangs up stops waiting, not the work."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from typing import Any, TypeVar

from mesh.call import leave_call
from mesh.errors import SoukError
from mesh.faults import report_fault

T = TypeVar("T")


class Detached:
    """Runs work in the story and the trace of the call that began it, but without its deadline."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, name: str, work: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        """Begin `work`. An unexpected failure is reported, also where nobody waits for it any more."""
        context = copy_context()
        context.run(leave_call)
        task = asyncio.get_running_loop().create_task(work(), name=name, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, SoukError):
            report_fault(task.get_name(), error)
