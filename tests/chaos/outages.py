"""T1, T3 and the time that each part needs to come back: processes and stores that are away."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tests.chaos.lab import HEAL_SECONDS, Lab, during, each_of
from tests.chaos.market import Operation, Outcome
from tests.goods import Goods

Fault: TypeAlias = Callable[[], Awaitable[object]]
_BUYERS_EACH = 20
_AT_ONCE = 6
# In T1, where most wait for a part that is away.
_CROWD = 24
# Of the promised share: so many of a hundred are complete in time.
_COMPLETE = 0.99
_FROZEN_SECONDS = 10.0
_FEW = 40


async def shop(lab: Lab, goods: Goods, count: int, *, at_once: int = _AT_ONCE) -> None:
    """So many checkouts; each buyer makes some of them."""
    buyers = await lab.market.register_many(max(at_once, count // _BUYERS_EACH))
    free = asyncio.Queue[int]()
    for number in range(len(buyers)):
        free.put_nowait(number)

    async def one(_: int) -> None:
        number = await free.get()
        try:
            await lab.market.checkout(buyers[number], goods)
        finally:
            free.put_nowait(number)

    await each_of(count, at_once, one)


async def kill_in_turn(lab: Lab) -> None:
    """T1: every few seconds another process is killed while people buy."""
    goods = await lab.goods("Chaos mug")
    began = time.monotonic()
    kills = 0
    work = asyncio.ensure_future(shop(lab, goods, lab.checkouts, at_once=_CROWD))
    parts: list[str] = []
    while not work.done():
        await asyncio.wait({work}, timeout=lab.rng.uniform(2, 5))
        # The last round of checkouts has all parts: the last sixty seconds belong to the healing.
        if work.done() or _paid_count(lab) >= lab.checkouts - _CROWD:
            break
        parts = parts or lab.rng.sample(lab.parts, len(lab.parts))
        lab.kill(parts.pop())
        kills += 1
    await lab.healed()
    healed = time.monotonic()
    await asyncio.wait({work}, timeout=HEAL_SECONDS)
    complete = _paid_count(lab)
    lab.expect(complete >= lab.checkouts * _COMPLETE, f"{complete} of {lab.checkouts} complete in {HEAL_SECONDS:.0f} s")
    took = time.monotonic() - began
    lab.note(f"{kills} kills, {complete} of {lab.checkouts} complete, {complete / took:.1f}/s; {lab.market.counts()}")
    lab.note(f"all answered {max(0.0, time.monotonic() - healed):.1f} s after the last part was back")
    await work


def _paid_count(lab: Lab) -> int:
    return sum(_paid(each) for each in lab.market.operations)


def _paid(operation: Operation) -> bool:
    return operation.outcome is Outcome.OK and operation.last.body.get("status") == "PAID"


async def come_back(lab: Lab) -> None:
    """How long each part needs after a kill -9: until it serves, and until a new order is paid and its events land."""
    goods = await lab.goods("Phoenix")
    for part in lab.parts:
        buyer = await lab.market.register()
        total = await lab.market.fill(buyer, goods)
        began = time.monotonic()
        lab.kill(part)
        await lab.market.place(buyer, total)
        paid = time.monotonic() - began
        while (await lab.market.sure("GET", "/cart", buyer)).body.get("items") and time.monotonic() < began + 60:
            await asyncio.sleep(0.05)
        landed = time.monotonic() - began
        await lab.healed()
        serves = time.monotonic() - began
        lab.expect(max(paid, landed) < HEAL_SECONDS, f"{part}: paid {paid:.1f} s, landed {landed:.1f} s after the kill")
        lab.note(f"{part}: order paid {paid:.1f} s, its events landed {landed:.1f} s, all parts up {serves:.1f} s")


async def freeze_owners(lab: Lab) -> None:
    """T3: a process that owns relays and consumers stands still for longer than its leases, and then goes on."""
    goods = await lab.goods("Icicle")
    for worker in lab.workers:
        late = await during(shop(lab, goods, _FEW), lab.freeze(worker, _FROZEN_SECONDS))
        lab.expect(late < HEAL_SECONDS, f"{worker}: the last checkout came {late:.0f} s after it went on")
        lab.note(f"{worker} frozen {_FROZEN_SECONDS:.0f} s: the rest was done {late:.1f} s later")
    lab.note(lab.market.counts())
