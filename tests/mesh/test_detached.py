"""Work that outlives its call."""

import asyncio
from contextvars import ContextVar

import pytest

from mesh import detached
from mesh.call import current_call
from mesh.detached import Detached
from mesh.errors import Unavailable

STORY: ContextVar[str] = ContextVar("story", default="")


class TestDetached:
    async def test_keeps_the_story_and_leaves_the_call(self) -> None:
        STORY.set("of this call")
        seen: list[object] = []

        async def work() -> None:
            seen.extend((STORY.get(), current_call()))

        await Detached().start("work", work)
        assert seen == ["of this call", None]

    async def test_goes_on_when_who_waits_is_cancelled(self) -> None:
        finished, may_finish = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            await may_finish.wait()
            finished.set()

        background = Detached()

        async def wait() -> None:
            await asyncio.wait({background.start("work", work)})

        waiter = asyncio.create_task(wait())
        await asyncio.sleep(0)
        waiter.cancel()
        may_finish.set()
        async with asyncio.timeout(1):
            await finished.wait()

    @pytest.mark.parametrize(("error", "reported"), [(Unavailable("AWAY"), []), (ValueError("x"), ["work"])])
    async def test_reports_only_faults(
        self, monkeypatch: pytest.MonkeyPatch, error: Exception, reported: list[str]
    ) -> None:
        told: list[str] = []
        monkeypatch.setattr(detached, "report_fault", lambda name, _: told.append(name))

        async def work() -> None:
            raise error

        await asyncio.wait({Detached().start("work", work)})
        await asyncio.sleep(0)
        assert told == reported
