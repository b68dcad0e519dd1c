"""What a call costs, as ratios of CPU time within one run."""

import time
import timeit
from pathlib import Path
from types import ModuleType

import pytest
from google.protobuf import descriptor_pool, message_factory

from mesh.rules import compile_rules
from tests.mesh.echo import World, running_world
from tests.mesh.test_rules import LINES

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CALLS, ROUNDS = 200, 4


async def cpu_of(world: World) -> float:
    """The least CPU seconds of some rounds of calls."""
    request, least = world.request(text="x" * 100), float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(CALLS):
            await world.stub.Say(request)
        least = min(least, time.process_time() - began)
    return least


class TestLocalCall:
    async def test_costs_at_most_a_fifth_of_a_socket(
        self, echo_modules: tuple[ModuleType, ModuleType], tmp_path: Path
    ) -> None:
        async with running_world(echo_modules, tmp_path, socket=False) as here:
            local = await cpu_of(here)
        async with running_world(echo_modules, tmp_path, socket=True) as there:
            remote = await cpu_of(there)
        assert local <= remote / 5


class TestRules:
    @pytest.mark.usefixtures("echo_modules")
    def test_take_at_most_15_microseconds_for_ten_fields(self) -> None:
        order = message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName("souk.rules.v1.Order"))
        message = order(
            title="abc",
            code="ABC",
            email="a@b.example",
            link="/a",
            colour="red",
            kind=1,
            page_size=3,
            lines=LINES,
        )
        validate = compile_rules(order.DESCRIPTOR)
        least = min(timeit.repeat(lambda: validate(message), timer=time.process_time, number=100, repeat=200)) / 100
        assert least < 15e-6
