"""The one timer of all calls."""

import asyncio
import time

import pytest

from mesh.deadlines import within


class TestWithin:
    async def test_ends_a_block_that_is_late(self) -> None:
        began = time.monotonic()
        with pytest.raises(TimeoutError), within(began + 0.05):
            await asyncio.sleep(5)
        assert 0.05 <= time.monotonic() - began < 1

    async def test_leaves_a_block_alone_that_is_in_time(self) -> None:
        with within(time.monotonic() + 0.05):
            await asyncio.sleep(0)
        await asyncio.sleep(0.1)

    async def test_ends_each_of_several(self) -> None:
        async def late(seconds: float) -> float:
            began = time.monotonic()
            with pytest.raises(TimeoutError), within(began + seconds):
                await asyncio.sleep(5)
            return time.monotonic() - began

        took = await asyncio.gather(late(0.02), late(0.2))
        assert took[0] < 0.2 <= took[1]

    async def test_lets_a_cancellation_from_elsewhere_through(self) -> None:
        async def wait() -> None:
            with within(time.monotonic() + 5):
                await asyncio.sleep(5)

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    async def test_ends_the_inner_block_alone(self) -> None:
        with within(time.monotonic() + 5):
            with pytest.raises(TimeoutError), within(time.monotonic() + 0.02):
                await asyncio.sleep(5)
            await asyncio.sleep(0)
