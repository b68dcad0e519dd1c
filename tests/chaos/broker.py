"""T6: the broker is killed, stands still, is cut off, and loses all that it has stored, each while people buy."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from tests.chaos.lab import Lab
from tests.chaos.market import Buyer
from tests.goods import Goods

Fault: TypeAlias = Callable[[], Awaitable[object]]
_BUYERS = 6
# Buying begins so long before the fault and goes on so long after it.
_MARGIN_SECONDS = 1.0
_LANDED_SECONDS = 60.0


async def lose_nats(lab: Lab) -> None:
    """T6: nobody stops buying for it, and whatever it has lost comes from the log."""
    goods = await lab.goods("Message bottle")
    since = datetime.now(UTC) - timedelta(minutes=1)

    faults: tuple[tuple[str, Fault], ...] = (
        ("killed", lambda: lab.kill_through("nats")),
        ("frozen 8 s", lambda: lab.freeze("nats", 8)),
        ("cut off 8 s", lambda: lab.hinder("nats", "partition", 8)),
        ("wiped", lambda: _wipe(lab, since)),
    )
    for name, fault in faults:
        lab.note(await _buy_through(lab, goods, name, fault))
    lab.note(lab.market.counts())


async def _buy_through(lab: Lab, goods: Goods, name: str, fault: Fault) -> str:
    """Let some buy from before the fault until after it; each order is paid, and its events land."""
    crowd = await lab.market.register_many(_BUYERS)
    over = asyncio.Event()
    buying = asyncio.gather(*(_buy_on(lab, buyer, goods, over) for buyer in crowd))
    await asyncio.sleep(_MARGIN_SECONDS)
    began = time.monotonic()
    await fault()
    ended = time.monotonic()
    await asyncio.sleep(_MARGIN_SECONDS)
    over.set()
    await buying
    spans = [(each.began, each.ended) for buyer in crowd for each in buyer.operations]
    meanwhile = sum(first < ended and last > began for first, last in spans)
    lab.expect(meanwhile >= _BUYERS, f"{name}: only {meanwhile} checkouts were under way")
    await asyncio.gather(*(_landed(lab, buyer, name) for buyer in crowd))
    late = time.monotonic() - ended
    return f"{name}: {meanwhile} of {len(spans)} checkouts meanwhile, all events had landed {late:.1f} s later"


async def _buy_on(lab: Lab, buyer: Buyer, goods: Goods, over: asyncio.Event) -> None:
    while not over.is_set():
        await lab.market.checkout(buyer, goods)


async def _landed(lab: Lab, buyer: Buyer, name: str) -> None:
    """What was ordered is taken off the cart by an event."""
    deadline = time.monotonic() + _LANDED_SECONDS
    while (await lab.market.sure("GET", "/cart", buyer)).body.get("items"):
        if time.monotonic() > deadline:
            lab.problems.append(f"{name}: an order's event did not reach the cart")
            return
        await lab.market.pause()


async def _wipe(lab: Lab, since: datetime) -> None:
    await lab.souk("stop", "nats")
    lab.wipe("nats")
    await lab.souk("start", "nats")
    printed = await lab.souk("replay", "--since", since.isoformat(timespec="seconds"))
    lab.expect("order" in printed, f"souk replay: {printed}")
