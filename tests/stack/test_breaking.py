"""Parts of a running stack are hurt, and it goes on."""

import pytest

from mesh.stack import breaking
from mesh.stack.errors import StackError
from tests.integration.waiting import eventually
from tests.stack_process import Stack


def pid(stack: Stack, part: str) -> int:
    return breaking.part_of(stack.home, part).pid


class TestBreaking:
    def test_a_killed_part_comes_back(self, stack: Stack) -> None:
        victim = breaking.kill(stack.home, "redis")
        eventually(lambda: pid(stack, "redis") not in (0, victim))
        eventually(lambda: breaking.part_of(stack.home, "redis").state == "running")

    def test_a_frozen_part_goes_on(self, stack: Stack) -> None:
        before = pid(stack, "redis")
        with breaking.frozen(stack.home, "redis"):
            process = breaking.part_of(stack.home, "redis").process()
            assert process is not None
            eventually(lambda: process.status() == "stopped")
        eventually(lambda: process.status() != "stopped")
        assert pid(stack, "redis") == before

    def test_an_unknown_part_is_named_with_those_there_are(self, stack: Stack) -> None:
        with pytest.raises(StackError, match=r"no part 'reddis'; there are .*redis"):
            breaking.kill(stack.home, "reddis")

    async def test_what_has_no_proxy_is_said(self, stack: Stack) -> None:
        with pytest.raises(StackError, match="souk up --faults"):
            await breaking.hinder(stack.home, "redis", "delay", seconds=1, delay=1)
        with pytest.raises(StackError, match="only to postgres"):
            await breaking.hinder(stack.home, "envoy", "delay", seconds=1, delay=1)
