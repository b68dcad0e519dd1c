"""Periodic work of a service: one process runs it at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from mesh.faults import report_fault
from mesh.locks import Lock


@dataclass(frozen=True, slots=True)
class Job:
    """Run `run` every `every` seconds, counted from the end of one run to the start of the next."""

    name: str
    every: float
    run: Callable[[], Awaitable[None]]


class JobRunner:
    """Runs one job whenever this process owns it."""

    def __init__(self, job: Job, lock: Lock, acting: Callable[[], AbstractAsyncContextManager[object]]) -> None:
        """`lock` tells who runs it; `acting()` makes the context that it acts as its service in."""
        self._job = job
        self._lock = lock
        self._acting = acting
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """Run soon, where this process owns the job."""
        self._awake.set()

    async def run(self) -> None:
        """Run until cancelled. A failed run is logged and the next one comes in its time."""
        await self._lock.hold(self._repeat)

    async def _repeat(self) -> None:
        while True:
            # Before the run: what it was woken for meanwhile it may have passed by already.
            self._awake.clear()
            try:
                async with self._acting():
                    await self._job.run()
            except Exception as error:  # noqa: BLE001  # one failed run must not end the job
                report_fault(f"job {self._job.name}", error)
            await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._job.every):
                await self._awake.wait()
        except TimeoutError:
            return
