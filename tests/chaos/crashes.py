"""T2: a worker dies at each labelled line; what was begun ends in "paid and ordered" or in "neither"."""

import asyncio
import logging
import time
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.lab import HEAL_SECONDS, Lab
from tests.chaos.labels import all_labels, known_labels, story_of
from tests.chaos.market import Buyer
from tests.chaos.stories import Shop, Story, authenticate

# Some labels are reached by an event or a job only some time after the call.
_REACHED_SECONDS = 75.0


async def die_at(lab: Lab, shop: Shop, label: str) -> None:
    """Tell a story in which a worker dies at the label, and wait until both have come to their end."""
    file = lab.stack.crash_file
    file.write_text(label)
    try:
        story = asyncio.create_task(_told(story_of(label))(lab.market, shop))
        lab.expect(await _gone(file), f"{label} was not reached")
    finally:
        file.unlink(missing_ok=True)
    began = time.monotonic()
    buyer = await story
    await _rests(lab, label, buyer, began)


def _told(story: Story | None) -> Story:
    assert story is not None
    return story


async def _gone(file: Path) -> bool:
    deadline = time.monotonic() + _REACHED_SECONDS
    while file.exists():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


async def _rests(lab: Lab, label: str, buyer: Buyer, began: float) -> None:
    """The last operation is answered, and the order is paid or not charged, in the promised time."""
    took = time.monotonic() - began
    lab.expect(took < HEAL_SECONDS, f"{label}: the answer came {took:.0f} s after the crash")
    if story_of(label) is authenticate:
        while not all(each["status"] == "PAID" for each in (await lab.market.orders(buyer)).values()):
            if time.monotonic() > began + HEAL_SECONDS:
                lab.problems.append(f"{label}: the order was not completed by its webhook")
                return
            await lab.market.pause()


async def crash_everywhere(lab: Lab, labels: Sequence[str] = ()) -> None:
    """T2 over these labels, or all. One label at a time is armed; what the crash left behind ends meanwhile."""
    begins = tuple(lab.labels.split(","))
    chosen = list(labels or [label for label in all_labels() if label.startswith(begins)])
    lab.rng.shuffle(chosen)
    shop = Shop(await lab.goods("Crash bowl"), lab)
    ends: list[asyncio.Task[None]] = []
    for label in chosen:
        logging.getLogger(__name__).info("%s", label)
        await _armed_alone(lab, shop, label, ends)
    await asyncio.gather(*ends)
    points = {label.partition("@")[0] for label in chosen}
    lab.note(f"{len(points)} crash points of {len(known_labels())}, {len(chosen)} labels; {lab.market.counts()}")
    if len(chosen) == len(all_labels()) and (others := sorted(set(known_labels()) - points)):
        lab.note(f"tried alone in tests/services/order/test_crashes.py: {', '.join(others)}")


async def _armed_alone(lab: Lab, shop: Shop, label: str, ends: list[asyncio.Task[None]]) -> None:
    """Begin a story and return once its label was reached and the worker that died there serves again."""
    end = asyncio.create_task(die_at(lab, shop, label))
    ends.append(end)
    file = lab.stack.crash_file
    await asyncio.sleep(0.1)
    while file.exists() and not end.done():
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    await lab.healed()
