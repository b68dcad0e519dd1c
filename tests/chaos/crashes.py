"""T2: a worker dies at each labelled line; what was begun ends in "paid and ordered" or in "neither"."""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx

import mesh
import services
from mesh import crash
from tests.chaos.lab import HEAL_SECONDS, Lab
from tests.chaos.market import DECLINED, NEEDS_ACTION, VISA, Buyer, Market, Operation
from tests.goods import Goods

# Some labels are reached by an event or a job only some time after the call.
_REACHED_SECONDS = 25.0


@dataclass(frozen=True)
class Shop:
    """What the stories buy."""

    plenty: Goods
    lab: Lab


Story = Callable[[Market, Shop], Awaitable[Buyer]]


async def buy(market: Market, shop: Shop) -> Buyer:
    buyer = await market.register()
    await market.checkout(buyer, shop.plenty)
    return buyer


async def buy_after_a_decline(market: Market, shop: Shop) -> Buyer:
    buyer = await market.register()
    placed = await market.checkout(buyer, shop.plenty, DECLINED)
    payments = [{"provider": "stripe", "token": VISA}]
    await market.keyed(buyer, "/payments/pay", {"orderId": placed.order_id, "payments": payments})
    return buyer


async def cancel_a_paid_one(market: Market, shop: Shop) -> Buyer:
    buyer = await market.register()
    placed = await market.checkout(buyer, shop.plenty)
    await market.keyed(buyer, f"/orders/{placed.order_id}:cancel", {})
    return buyer


async def cancel_an_unpaid_one(market: Market, shop: Shop) -> Buyer:
    buyer = await market.register()
    placed = await market.checkout(buyer, shop.plenty, NEEDS_ACTION)
    await market.keyed(buyer, f"/orders/{placed.order_id}:cancel", {})
    return buyer


async def authenticate(market: Market, shop: Shop) -> Buyer:
    """The buyer's bank tells the provider, the provider tells us: the order is completed by a webhook."""
    buyer = await market.register()
    placed = await market.checkout(buyer, shop.plenty, NEEDS_ACTION)
    await _authenticate(shop.lab, placed)
    return buyer


async def dispute(market: Market, shop: Shop) -> Buyer:
    """The buyer's bank takes the money back, and the provider tells us."""
    buyer = await buy(market, shop)
    await _dispute(shop.lab, buyer.operations[-1].order_id)
    return buyer


async def buy_what_is_sold_out(market: Market, shop: Shop) -> Buyer:
    last = await shop.lab.goods("Last one", stock=1)
    late, early = await market.register_many(2)
    total = await market.fill(late, last)
    await market.checkout(early, last)
    await market.place(late, total)
    return late


async def buy_at_the_wrong_price(market: Market, shop: Shop) -> Buyer:
    buyer = await market.register()
    total = await market.fill(buyer, shop.plenty)
    await market.place(buyer, total | {"amount": "1"})
    return buyer


async def _authenticate(lab: Lab, placed: Operation) -> None:
    secret = placed.last.body["payments"][0]["clientSecret"]
    async with httpx.AsyncClient(base_url=lab.stack.urls["sandbox"]) as bank:
        done = await bank.post(f"/authenticate/{quote(secret)}", data={"outcome": "succeed"})
        assert done.status_code < httpx.codes.BAD_REQUEST, done.text


async def _dispute(lab: Lab, order_id: str) -> None:
    async with lab.database() as database:
        reference = "SELECT provider_reference FROM payment.payments WHERE order_id = $1"
        intent = await database.fetchval(reference, uuid.UUID(order_id))
    async with httpx.AsyncClient(base_url=lab.stack.urls["sandbox"]) as bank:
        done = await bank.post("/_sandbox/disputes", json={"paymentIntent": intent})
        assert done.status_code < httpx.codes.BAD_REQUEST, done.text


# Which story reaches the labels that begin so; the first that fits decides.
STORIES: tuple[tuple[str, Story], ...] = (
    ("order.o2_waiting", buy_after_a_decline),
    ("order.o2_rejected", buy_what_is_sold_out),
    ("order.refusal", buy_at_the_wrong_price),
    ("order.r1", buy_after_a_decline),
    ("order.c1", cancel_a_paid_one),
    ("order.c2", cancel_a_paid_one),
    ("order.refund", cancel_a_paid_one),
    ("order.cancel_payment", cancel_an_unpaid_one),
    ("order.release", cancel_an_unpaid_one),
    ("payment.r1_order", cancel_a_paid_one),
    ("payment.r2", cancel_a_paid_one),
    ("payment.provider_refund", cancel_a_paid_one),
    ("payment.webhook", buy),
    ("payment.dispute", dispute),
    ("provider.before_call@refunds.create", cancel_a_paid_one),
    ("provider.after_call@refunds.create", cancel_a_paid_one),
    ("provider.before_call@payment_intents.cancel", cancel_an_unpaid_one),
    ("provider.after_call@payment_intents.cancel", cancel_an_unpaid_one),
    ("provider.before_call@payment_intents.retrieve", authenticate),
    ("provider.after_call@payment_intents.retrieve", authenticate),
    ("consumer.", buy),
    ("", buy),
)
# Reached only where several things go wrong at once, or by payouts: tests/services/order/test_crashes.py and the tests
# of payment make them so.
_RARE = (
    "order.turn.",
    "order.settle.",
    "order.stock_gone.",
    "payment.r1.",
    "payment.payout",
    "payment.reversal",
    "payment.provider_transfer",
    "payment.provider_reversal",
)
_OF = {
    "database.": ("order", "inventory", "payment", "cart"),
    "relay.": ("order", "inventory", "payment"),
    "consumer.": (
        "cart-take-ordered",
        "inventory-commit-reservation",
        "order-money-came",
        "notification-tell-order",
    ),
    "provider.": (
        *(f"payment_intents.{call}" for call in ("create", "confirm", "retrieve", "cancel")),
        "refunds.create",
    ),
}


def all_labels() -> list[str]:
    """Every label of the market, those of the mesh once for each service or consumer that a checkout meets."""
    folders = [Path(place) for package in (mesh, services) for place in package.__path__]
    return [name for label in crash.labels(folders) for name in _named(label) if not name.startswith(_RARE)]


def _named(label: str) -> list[str]:
    for start, names in _OF.items():
        if label.startswith(start):
            return [f"{label}@{name}" for name in names]
    return [label]


def story_of(label: str) -> Story:
    """What must be done for a process to come by the label."""
    return next(story for start, story in STORIES if label.startswith(start))


async def die_at(lab: Lab, shop: Shop, label: str) -> None:
    """Tell a story in which a worker dies at the label, and wait until both have come to their end."""
    file = lab.stack.crash_file
    file.write_text(label)
    try:
        story = asyncio.create_task(story_of(label)(lab.market, shop))
        lab.expect(await _gone(file), f"{label} was not reached")
    finally:
        file.unlink(missing_ok=True)
    began = time.monotonic()
    buyer = await story
    await _rests(lab, label, buyer, began)


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
    chosen = list(labels or all_labels())
    lab.rng.shuffle(chosen)
    shop = Shop(await lab.goods("Crash bowl"), lab)
    ends: list[asyncio.Task[None]] = []
    for label in chosen:
        logging.getLogger(__name__).info("%s", label)
        await _armed_alone(lab, shop, label, ends)
    await asyncio.gather(*ends)
    lab.note(f"{len(chosen)} labels of {len(all_labels())}; {lab.market.counts()}")


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
