"""Work that falls due: done when its time has come, slept for until then."""

import asyncio
import time
from collections.abc import Awaitable, Callable

_LONGEST_PAUSE = 60.0


class Due:
    """Runs `work` while it finds something to do, and else waits for the next time or a wake-up."""

    def __init__(self, work: Callable[[], Awaitable[bool]], next_time: Callable[[], float | None]) -> None:
        """`work` says whether it did anything; `next_time` is when something falls due, in seconds of the epoch."""
        self._work = work
        self._next_time = next_time
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something new to do."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._woken.clear()
            if not await self._work():
                await self._rest()

    async def _rest(self) -> None:
        next_time = self._next_time()
        pause = _LONGEST_PAUSE if next_time is None else max(next_time - time.time(), 0.01)
        try:
            await asyncio.wait_for(self._woken.wait(), pause)
        except TimeoutError:
            return
