"""Paying with store credit, alone and beside a card."""

import uuid
from typing import Any

import pytest
from souk.order.v1 import order_service_pb2 as pb
from souk.order.v1.order_pb2 import Order, PaymentAttempt
from souk.order.v1.status_pb2 import OrderPaymentState, OrderStatus
from souk.payment.v1.payment_events_pb2 import DisputeOpened, PaymentCaptured, RefundSucceeded

from mesh.errors import Aborted, FailedPrecondition, InvalidArgument
from mesh.principal import Principal
from tests.services.order.conftest import DECLINED, HOME, NEEDS_ACTION, VISA, Desk
from tests.services.order.fakes import euros
from tests.services.order.test_costs import Meter, meter  # noqa: F401  # a fixture

State = PaymentAttempt.State.Value
TOTAL = 6599


def sources(token: str = VISA, **more: Any) -> list[pb.PaymentSource]:
    card = [pb.PaymentSource(token=token, **more)] if token else []
    return [pb.PaymentSource(wallet=True), *card]


async def place(desk: Desk, buyer: Principal, credit: int, token: str = VISA, key: str = "", **more: Any) -> Order:
    """Buy for 65.99 EUR with this much in the wallet."""
    desk.payments.wallets[buyer.subject] = credit
    request = pb.PlaceOrderRequest(shipping_address=HOME, payments=sources(token, **more), expected_total=euros(TOTAL))
    return await desk.call(buyer, "PlaceOrder", request, key or str(uuid.uuid4()))


def told(order: Order) -> list[tuple[str, int, str]]:
    return [(each.provider, each.amount.amount, State.Name(each.state)) for each in order.payments]


class TestPlaceOrder:
    async def test_takes_what_the_wallet_has_and_charges_the_rest(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 2000)
        assert (order.status, order.payment_state) == (OrderStatus.PAID, OrderPaymentState.PAID)
        assert told(order) == [("wallet", 2000, "CAPTURED"), ("stripe", 4599, "CAPTURED")]
        assert desk.payments.wallets[buyer.subject] == 0
        assert await desk.violations() == []

    async def test_needs_no_card_where_the_wallet_has_enough(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 7000, token="")
        assert told(order) == [("wallet", TOTAL, "CAPTURED")]
        assert desk.payments.wallets[buyer.subject] == 401
        assert await desk.violations() == []

    async def test_leaves_the_card_alone_where_the_wallet_has_enough(self, desk: Desk) -> None:
        assert told(await place(desk, desk.shopper(), 7000)) == [("wallet", TOTAL, "CAPTURED")]

    async def test_charges_everything_where_the_wallet_is_empty(self, desk: Desk) -> None:
        assert told(await place(desk, desk.shopper(), 0)) == [("stripe", TOTAL, "CAPTURED")]

    async def test_refuses_a_wallet_alone_that_has_less(self, desk: Desk) -> None:
        buyer = desk.shopper()
        with pytest.raises(FailedPrecondition, match="WALLET_TOO_LOW"):
            await place(desk, buyer, 2000, token="")
        assert desk.payments.wallets[buyer.subject] == 2000

    async def test_refuses_two_cards(self, desk: Desk) -> None:
        with pytest.raises(InvalidArgument, match="PAYMENT_UNSUPPORTED"):
            await desk.place(desk.shopper(), payments=[pb.PaymentSource(token=VISA)])

    async def test_what_was_spent_meanwhile_refuses_the_sale_and_charges_nothing(self, desk: Desk) -> None:
        """The wallet is asked before the order is made, and holds nothing until it is paid."""
        buyer = desk.shopper()
        desk.payments.before["StartPayment"] = []
        plan = desk.payments.enter

        def spend(method: str) -> None:
            plan(method)
            if method == "StartPayment":
                desk.payments.wallets[buyer.subject] = 100

        desk.payments.enter = spend  # type: ignore[method-assign]  # what another order does at this moment
        order = await place(desk, buyer, 2000)
        assert order.payment_state == OrderPaymentState.DECLINED
        assert order.payments[1].decline_reason == "wallet_too_low"
        assert desk.payments.taken(order.order_id) == 0
        assert await desk.violations() == []

    async def test_a_declined_card_gives_the_wallet_back(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 2000, DECLINED)
        assert told(order) == [("wallet", 2000, "CANCELLED"), ("stripe", 4599, "DECLINED")]
        assert desk.payments.wallets[buyer.subject] == 2000

    async def test_asks_once_more_before_it_takes_the_place_of_an_earlier_one(self, desk: Desk) -> None:
        buyer = desk.shopper()
        await place(desk, buyer, 2000, NEEDS_ACTION)
        assert desk.payments.wallets[buyer.subject] == 0
        request = pb.PlaceOrderRequest(shipping_address=HOME, payments=sources(), expected_total=euros(TOTAL))
        order = await desk.call(buyer, "PlaceOrder", request, "k2")
        assert told(order) == [("wallet", 2000, "CAPTURED"), ("stripe", 4599, "CAPTURED")]

    async def test_says_whether_the_card_is_to_be_saved(self, desk: Desk) -> None:
        order = await place(desk, desk.shopper(), 2000, save_method=True)
        assert desk.payments.saving[order.payments[1].payment_id]

    async def test_costs_no_commit_more(self, desk: Desk, meter: Meter) -> None:  # noqa: F811  # the fixture
        await place(desk, desk.shopper(), 2000)
        assert meter.commits == 2


class TestPayOrder:
    async def test_tries_again_with_the_wallet(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 2000, DECLINED)
        request = pb.PayOrderRequest(order_id=order.order_id, payments=sources())
        paid = await desk.call(buyer, "PayOrder", request, "p1")
        assert paid.status == OrderStatus.PAID
        assert told(paid)[2:] == [("wallet", 2000, "CAPTURED"), ("stripe", 4599, "CAPTURED")]
        assert await desk.violations() == []

    async def test_an_order_that_changed_meanwhile_is_asked_for_again(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 2000, DECLINED)

        async def change() -> None:
            await desk.execute('UPDATE "order".orders SET version = version + 1')

        desk.payments.meanwhile = change
        request = pb.PayOrderRequest(order_id=order.order_id, payments=sources())
        with pytest.raises(Aborted, match="CHECKOUT_IN_PROGRESS"):
            await desk.call(buyer, "PayOrder", request, "p1")
        assert (await desk.call(buyer, "PayOrder", request, "p1")).status == OrderStatus.PAID
        assert await desk.violations() == []

    async def test_takes_up_what_the_buyer_authenticated(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 2000, NEEDS_ACTION)
        assert told(order) == [("wallet", 2000, "AUTHORIZED"), ("stripe", 4599, "REQUIRES_ACTION")]
        assert order.payments[1].client_secret
        desk.payments.settle(order.payments[1].payment_id, "CAPTURED")
        paid = await desk.pay(buyer, order.order_id, None)
        assert told(paid) == [("wallet", 2000, "CAPTURED"), ("stripe", 4599, "CAPTURED")]


class TestCancelOrder:
    async def test_gives_back_to_both(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 2000)
        cancelled = await desk.cancel(buyer, order.order_id)
        assert told(cancelled) == [("wallet", 2000, "REFUNDED"), ("stripe", 4599, "REFUNDED")]
        assert cancelled.payment_state == OrderPaymentState.REFUNDED
        assert desk.payments.wallets[buyer.subject] == 2000
        assert await desk.violations() == []

    async def test_frees_what_was_held(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 2000, NEEDS_ACTION)
        cancelled = await desk.cancel(buyer, order.order_id)
        assert told(cancelled) == [("wallet", 2000, "CANCELLED"), ("stripe", 4599, "CANCELLED")]
        assert desk.payments.wallets[buyer.subject] == 2000

    async def test_frees_it_when_the_buyer_s_time_is_over(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 2000, NEEDS_ACTION)
        await desk.execute("UPDATE \"order\".order_sagas SET due_time = now() - interval '1 second'")
        await desk.job("order-recover")
        assert (await desk.get(buyer, order.order_id)).reason == "PAYMENT_EXPIRED"
        assert desk.payments.wallets[buyer.subject] == 2000

    async def test_money_that_comes_after_the_end_is_given_back_to_both(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 2000, NEEDS_ACTION)
        await desk.cancel(buyer, order.order_id)
        desk.payments.settle(order.payments[1].payment_id, "CAPTURED")
        for payment in order.payments:
            await desk.tell(PaymentCaptured(order_id=order.order_id, payment_id=payment.payment_id))
        await desk.job("order-recover")
        ended = await desk.get(buyer, order.order_id)
        assert (ended.payment_state, ended.unreturned.amount) == (OrderPaymentState.REFUNDED, 0)
        assert desk.payments.taken(order.order_id) == 0
        assert await desk.violations() == []


class TestEvents:
    async def test_refunds_of_both_sum_up(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 2000)
        wallet, card = order.payments
        steps = [(wallet, 2000, "PARTIALLY_REFUNDED"), (card, 99, "PARTIALLY_REFUNDED"), (card, 4599, "REFUNDED")]
        for payment, amount, state in steps:
            event = RefundSucceeded(
                order_id=order.order_id, payment_id=payment.payment_id, total_refunded=euros(amount)
            )
            await desk.tell(event)
            now = await desk.get(buyer, order.order_id)
            assert OrderPaymentState.Value.Name(now.payment_state) == state

    async def test_a_dispute_of_the_card_leaves_the_wallet_s_part(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await place(desk, buyer, 2000)
        await desk.tell(DisputeOpened(order_id=order.order_id, payment_id=order.payments[1].payment_id))
        disputed = await desk.get(buyer, order.order_id)
        assert disputed.payment_state == OrderPaymentState.DISPUTED
        assert told(disputed) == [("wallet", 2000, "CAPTURED"), ("stripe", 4599, "DISPUTED")]
