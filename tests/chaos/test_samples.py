"""Short samples of T2, T9, T16 and T18 on the stack that the other tests share; `make chaos` runs them whole.

The shared stack is verified when all its tests are through.
"""

from collections.abc import AsyncIterator

import pytest

from tests.chaos.crashes import crash_everywhere
from tests.chaos.lab import Lab
from tests.chaos.labels import all_labels
from tests.chaos.model.desk import Desk
from tests.chaos.model.runs import run_machine
from tests.chaos.provider import bad_provider
from tests.chaos.sales import same_key
from tests.stack_process import Stack

_SAMPLE = (
    "order.o1.after_commit",
    "provider.after_call@payment_intents.confirm",
    "consumer.before_ack@inventory-commit-reservation",
)


@pytest.fixture
async def lab(stack: Stack) -> AsyncIterator[Lab]:
    """Buyers on the shared stack; what they were told is judged at the end."""
    lab = Lab(stack, seed=1)
    yield lab
    await lab.market.close()


@pytest.mark.timeout(180)
class TestSamples:
    async def test_a_worker_dies_at_a_labelled_line(self, lab: Lab) -> None:
        await crash_everywhere(lab, _SAMPLE)
        await lab.told_the_truth()
        assert lab.problems == []

    async def test_the_provider_fails_after_the_effect(self, lab: Lab) -> None:
        await bad_provider(lab, 4)
        await lab.told_the_truth()
        assert lab.problems == []

    async def test_one_key_fifty_times_at_once(self, lab: Lab) -> None:
        await same_key(lab, 1)
        await lab.told_the_truth()
        assert lab.problems == []


@pytest.mark.timeout(180)
def test_orders_do_as_the_book_in_memory_says(stack: Stack) -> None:
    desk = Desk(stack)
    try:
        machine = run_machine(desk, 1, 6, shorten=False)
    finally:
        desk.close()
    assert machine.statuses["PAID"]


def test_every_label_can_be_asked_for() -> None:
    labels = all_labels()
    assert len(labels) >= 30
    assert set(_SAMPLE) <= set(labels)
