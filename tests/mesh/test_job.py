"""Jobs: when they run."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress

from mesh.job import Job, JobRunner


class OwnLock:
    """A lock that is always held."""

    held = True

    async def hold(self, work: Callable[[], Awaitable[None]]) -> None:
        await work()


def acting() -> AbstractAsyncContextManager[object]:
    return nullcontext()


class TestJobRunner:
    async def test_a_wake_up_during_a_run_brings_another_run(self) -> None:
        """What the run had passed by already is not left until the next time."""
        runs = 0
        again = asyncio.Event()

        async def run() -> None:
            nonlocal runs
            runs += 1
            if runs == 1:
                runner.wake()
            else:
                again.set()

        runner = JobRunner(Job("test", 60, run), OwnLock(), acting)  # type: ignore[arg-type]  # a stand-in
        task = asyncio.create_task(runner.run())
        async with asyncio.timeout(1):
            await again.wait()
        await asyncio.sleep(0)
        assert runs == 2
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def test_a_failed_run_does_not_end_the_job(self) -> None:
        """The next one comes in its time."""
        runs = 0
        again = asyncio.Event()

        async def run() -> None:
            nonlocal runs
            runs += 1
            if runs == 2:
                again.set()
            raise RuntimeError("it failed")

        runner = JobRunner(Job("test", 0.01, run), OwnLock(), acting)  # type: ignore[arg-type]  # a stand-in
        task = asyncio.create_task(runner.run())
        async with asyncio.timeout(1):
            await again.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
