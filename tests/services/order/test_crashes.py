"""Dying at any labelled line ends in "paid and ordered" or in "neither"."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from souk.order.v1 import order_service_pb2 as pb
from souk.order.v1.status_pb2 import OrderStatus
from souk.payment.v1.payment_events_pb2 import PaymentCaptured

import services.order
from mesh import crash
from mesh.errors import SoukError
from mesh.principal import Principal
from tests.services.order.conftest import DECLINED, NEEDS_ACTION, VISA, Desk

LABELS = crash.labels([Path(services.order.__file__).parent])
CREDIT = 2000
RESTING = {OrderStatus.PAID, OrderStatus.PENDING, OrderStatus.REJECTED, OrderStatus.CANCELLED}


class Died(Exception):
    """Stands for the end of the process: nothing after it runs."""


class Bomb:
    """Kills the driver once, at its label."""

    def __init__(self) -> None:
        self.label = ""
        self.went_off = False

    def __call__(self, label: str, of: str = "") -> None:  # noqa: ARG002  the signature of crash.point
        if label == self.label and not self.went_off:
            self.went_off = True
            raise Died(label)


@pytest.fixture
def bomb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bomb]:
    placed = Bomb()
    monkeypatch.setattr(crash, "point", placed)
    return placed


async def buy(desk: Desk, buyer: Principal) -> None:
    await desk.place(buyer, VISA, key="k1")


async def buy_with_a_bad_card(desk: Desk, buyer: Principal) -> None:
    await desk.place(buyer, DECLINED, key="k1")


async def buy_what_is_sold_out(desk: Desk, buyer: Principal) -> None:
    desk.inventory.on_hand.clear()
    await desk.place(buyer, VISA, key="k1")


async def buy_at_the_wrong_price(desk: Desk, buyer: Principal) -> None:
    await desk.place(buyer, VISA, key="k1", total=1)


async def pay_again(desk: Desk, buyer: Principal) -> None:
    order = await desk.place(buyer, DECLINED, key="k1")
    await desk.pay(buyer, order.order_id, key="p1")


async def cancel_a_paid_one(desk: Desk, buyer: Principal) -> None:
    order = await desk.place(buyer, VISA, key="k1")
    await desk.cancel(buyer, order.order_id, key="c1")


async def buy_with_wallet_and_card(desk: Desk, buyer: Principal) -> None:
    await desk.place(buyer, VISA, key="k1", payments=[pb.PaymentSource(wallet=True)])


async def cancel_what_both_paid(desk: Desk, buyer: Principal) -> None:
    order = await desk.place(buyer, VISA, key="k1", payments=[pb.PaymentSource(wallet=True)])
    await desk.cancel(buyer, order.order_id, key="c1")


async def cancel_what_both_would_have_paid(desk: Desk, buyer: Principal) -> None:
    order = await desk.place(buyer, NEEDS_ACTION, key="k1", payments=[pb.PaymentSource(wallet=True)])
    await desk.cancel(buyer, order.order_id, key="c1")


async def cancel_an_unpaid_one(desk: Desk, buyer: Principal) -> None:
    order = await desk.place(buyer, NEEDS_ACTION, key="k1")
    await desk.cancel(buyer, order.order_id, key="c1")


async def pay_for_what_is_gone(desk: Desk, buyer: Principal) -> None:
    order = await desk.place(buyer, NEEDS_ACTION, key="k1")
    desk.inventory.lose_hold(order.order_id)
    desk.inventory.on_hand[desk.vase.variant_id] = 0
    desk.payments.settle(order.payments[0].payment_id, "CAPTURED")
    await desk.pay(buyer, order.order_id, None, key="p1")


async def pay_too_late(desk: Desk, buyer: Principal) -> None:
    order = await desk.place(buyer, NEEDS_ACTION, key="k1")
    await desk.cancel(buyer, order.order_id, key="c1")
    payment_id = order.payments[0].payment_id
    desk.payments.settle(payment_id, "CAPTURED")
    await desk.tell(PaymentCaptured(order_id=order.order_id, payment_id=payment_id))
    await desk.job("order-recover")


async def lose_the_stock_of_a_paid_one(desk: Desk, buyer: Principal) -> None:
    order = await desk.place(buyer, VISA, key="k1")
    desk.inventory.lose_hold(order.order_id)
    desk.inventory.on_hand[desk.vase.variant_id] = 0
    await desk.execute('UPDATE "order".orders SET stock_due_time = now()')
    await desk.job("order-make-sure-of-stock")


async def place_once_more(desk: Desk, buyer: Principal) -> None:
    await desk.place(buyer, NEEDS_ACTION, key="k0")
    await desk.place(buyer, VISA, key="k1")


Scenario = Callable[[Desk, Principal], Awaitable[None]]
SCENARIOS: dict[str, tuple[Scenario, ...]] = {
    "order.o1": (buy, place_once_more),
    "order.reserve": (buy, pay_again, pay_for_what_is_gone, place_once_more),
    "order.pay": (buy, pay_again, buy_with_a_bad_card, buy_with_wallet_and_card),
    "order.o2_paid": (buy, pay_again, place_once_more, buy_with_wallet_and_card),
    "order.o2_waiting": (buy_with_a_bad_card, cancel_an_unpaid_one),
    "order.o2_rejected": (buy_what_is_sold_out,),
    "order.refusal": (buy_at_the_wrong_price,),
    "order.r1": (pay_again,),
    "order.c1": (cancel_a_paid_one, cancel_an_unpaid_one),
    "order.refund": (cancel_a_paid_one, pay_for_what_is_gone, pay_too_late, cancel_what_both_paid),
    "order.cancel_payment": (cancel_an_unpaid_one, cancel_what_both_would_have_paid),
    "order.release": (cancel_an_unpaid_one,),
    "order.c2": (cancel_a_paid_one, cancel_an_unpaid_one, pay_for_what_is_gone),
    "order.turn": (pay_for_what_is_gone,),
    "order.settle": (pay_too_late,),
    "order.stock_gone": (lose_the_stock_of_a_paid_one,),
}
CASES = [(label, scenario) for label in LABELS for scenario in SCENARIOS[label.rpartition(".")[0]]]


@pytest.mark.parametrize(("label", "scenario"), CASES, ids=[f"{label}-{each.__name__}" for label, each in CASES])
async def test_dying_there_does_no_harm(desk: Desk, bomb: Bomb, label: str, scenario: Scenario) -> None:
    buyer = desk.shopper()
    desk.payments.wallets[buyer.subject] = CREDIT
    bomb.label = label
    await _until_it_ends(scenario(desk, buyer))
    assert bomb.went_off
    for _ in range(2):
        await desk.execute('UPDATE "order".idempotency_keys SET lease_until = now()')
        await desk.recover()
    # The client asks again with the key whose answer it never got.
    await _until_it_ends(scenario(desk, buyer))
    await desk.recover()
    spent = 0
    for row in await desk.rows('SELECT id, status, pay_time FROM "order".orders'):
        order = await desk.get(buyer, str(row["id"]))
        paid = order.total.amount if order.status == OrderStatus.PAID else 0
        assert order.status in RESTING
        assert desk.payments.taken(order.order_id) == paid
        spent += sum(each.amount.amount for each in order.payments if paid and each.provider == "wallet")
    assert desk.payments.wallets[buyer.subject] == CREDIT - spent
    assert await desk.rows("SELECT * FROM \"order\".order_sagas WHERE state = 'RUNNING'") == []
    assert await desk.violations() == []


async def _until_it_ends(scenario: Awaitable[Any]) -> None:
    try:
        await scenario
    except (Died, SoukError, KeyError):
        return  # a client sees an error, or a fake that the crash has kept from knowing the order


def test_every_label_has_a_scenario() -> None:
    assert {label.rpartition(".")[0] for label in LABELS} == SCENARIOS.keys()
    assert len(LABELS) >= 30
