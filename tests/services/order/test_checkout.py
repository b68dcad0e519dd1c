"""Checkout: from the cart to "paid and ordered" or to "neither"."""

import asyncio
import uuid

import pytest
from souk.order.v1 import order_service_pb2 as pb
from souk.order.v1.order_pb2 import PaymentAttempt
from souk.order.v1.status_pb2 import OrderPaymentState, OrderState, OrderStatus

from mesh.errors import Aborted, FailedPrecondition, InvalidArgument, NotFound, Unavailable
from services.order.repository import sagas
from services.order.repository.sagas import LeaseLost
from tests.services.order.conftest import DECLINED, HOME, NEEDS_ACTION, Desk, person
from tests.services.order.fakes import euros


class TestPlaceOrder:
    async def test_pays_and_orders_from_two_shops(self, desk: Desk) -> None:
        buyer = desk.shopper(2, 1)
        order = await desk.place(buyer)
        assert order.status == OrderStatus.PAID
        assert order.state == OrderState.CONFIRMED
        assert order.payment_state == OrderPaymentState.PAID
        assert order.total == euros(2 * 2599 + 4000)
        assert [line.title for line in order.lines] == ["Scarf", "Vase"]
        assert [part.total.amount for part in order.seller_orders] == [5198, 4000]
        assert order.shipping_address == order.billing_address == HOME
        assert [change.status for change in order.history] == [OrderStatus.PENDING, OrderStatus.PAID]
        assert desk.payments.taken(order.order_id) == 9198
        assert await desk.events("order") == ["OrderPlaced", "OrderPaid"]
        assert await desk.violations() == []

    async def test_freezes_the_commission_of_each_line(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper(1, 1))
        commissions = [line.commission.amount for line in desk.payments.lines[order.order_id]]
        assert commissions == [260, 500]

    async def test_same_key_returns_the_stored_answer(self, desk: Desk) -> None:
        buyer = desk.shopper()
        first = await desk.place(buyer, key="k1")
        again = await desk.place(buyer, key="k1")
        assert again == first
        assert desk.payments.calls["StartPayment"] == 1
        # The answer holds an address and lies there for days.
        (stored,) = await desk.rows('SELECT response FROM "order".idempotency_keys')
        assert b"Ada Lovelace" not in stored["response"]
        assert b"James" not in stored["response"]

    async def test_fifty_equal_submits_make_one_order(self, desk: Desk) -> None:
        buyer = desk.shopper()
        answers = await asyncio.gather(*(desk.place(buyer, key="k1") for _ in range(50)), return_exceptions=True)
        told = {answer.order_id for answer in answers if not isinstance(answer, BaseException)}
        failures = [answer for answer in answers if isinstance(answer, BaseException)]
        assert len(told) == 1
        assert all(isinstance(failure, Aborted) for failure in failures)
        assert desk.payments.calls["StartPayment"] == 1

    async def test_refuses_another_request_with_the_same_key(self, desk: Desk) -> None:
        buyer = desk.shopper()
        await desk.place(buyer, key="k1")
        with pytest.raises(InvalidArgument, match="IDEMPOTENCY_KEY_REUSED"):
            await desk.place(buyer, DECLINED, key="k1")

    async def test_needs_the_total_that_was_seen(self, desk: Desk) -> None:
        request = pb.PlaceOrderRequest(shipping_address=HOME, payments=[pb.PaymentSource(token="pm_card_visa")])
        with pytest.raises(InvalidArgument, match="TOTAL_REQUIRED") as refused:
            await desk.call(desk.shopper(), "PlaceOrder", request, "k1")
        assert "expectedTotal" in refused.value.fields

    async def test_names_a_currency_that_does_not_exist(self, desk: Desk) -> None:
        with pytest.raises(InvalidArgument, match="UNKNOWN_CURRENCY"):
            await desk.place(desk.shopper(), expected_total={"currency": "ZZZ", "amount": 1})

    async def test_pays_with_a_saved_method(self, desk: Desk) -> None:
        saved = str(uuid.uuid4())
        desk.payments.saved[saved] = "pm_card_visa"
        request = pb.PlaceOrderRequest(
            shipping_address=HOME,
            payments=[pb.PaymentSource(saved_method_id=saved)],
            expected_total=euros(6599),
        )
        order = await desk.call(desk.shopper(1), "PlaceOrder", request, "k1")
        assert desk.payments.taken(order.order_id) == 6599

    async def test_refuses_an_empty_cart(self, desk: Desk) -> None:
        with pytest.raises(FailedPrecondition, match="CART_EMPTY"):
            await desk.place(person())

    async def test_rejects_changed_price_with_the_lines(self, desk: Desk) -> None:
        buyer = desk.shopper()
        desk.catalog.variants[desk.scarf.variant_id].price = 2799
        with pytest.raises(FailedPrecondition, match="PRICE_CHANGED") as refused:
            await desk.place(buyer, key="k1")
        assert [violation.subject for violation in refused.value.violations] == [desk.scarf.variant_id]
        desk.catalog.variants[desk.scarf.variant_id].price = 2599
        with pytest.raises(FailedPrecondition, match="PRICE_CHANGED"):
            await desk.place(buyer, key="k1")
        assert (await desk.place(buyer, key="k2")).status == OrderStatus.PAID

    async def test_names_lines_that_are_gone(self, desk: Desk) -> None:
        buyer = desk.shopper()
        desk.catalog.variants[desk.vase.variant_id].purchasable = False
        with pytest.raises(FailedPrecondition, match="ITEM_UNAVAILABLE") as refused:
            await desk.place(buyer)
        assert [violation.subject for violation in refused.value.violations] == [desk.vase.variant_id]
        assert await desk.events("order") == []

    async def test_out_of_stock_rejects_and_names_what_is_left(self, desk: Desk) -> None:
        buyer = desk.shopper(3)
        desk.inventory.on_hand[desk.scarf.variant_id] = 1
        with pytest.raises(FailedPrecondition, match="OUT_OF_STOCK") as refused:
            await desk.place(buyer, key="k1")
        assert refused.value.violations[0] == ("OUT_OF_STOCK", desk.scarf.variant_id, "3 asked, 1 left")
        order = await desk.get(buyer, refused.value.metadata["orderId"])
        assert order.status == OrderStatus.REJECTED
        assert order.reason == "OUT_OF_STOCK"
        assert desk.payments.calls["StartPayment"] == 0
        with pytest.raises(FailedPrecondition, match="OUT_OF_STOCK"):
            await desk.place(buyer, key="k1")
        assert await desk.violations() == []

    async def test_a_free_order_needs_no_payment(self, desk: Desk) -> None:
        desk.scarf.price = 0
        buyer = desk.shopper(1, 0)
        request = pb.PlaceOrderRequest(shipping_address=HOME, expected_total=euros(0))
        order = await desk.call(buyer, "PlaceOrder", request, "k1")
        assert order.status == OrderStatus.PAID
        assert not order.payments

    async def test_refuses_to_buy_the_same_cart_twice(self, desk: Desk) -> None:
        buyer = desk.shopper()
        first = await desk.place(buyer)
        with pytest.raises(FailedPrecondition, match="ORDER_ALREADY_PAID") as refused:
            await desk.place(buyer)
        assert refused.value.metadata["orderId"] == first.order_id
        desk.refill(buyer)
        assert (await desk.place(buyer)).status == OrderStatus.PAID


class TestQuoteOrder:
    async def test_breaks_the_total_down_by_seller(self, desk: Desk) -> None:
        quote = await desk.call(desk.shopper(2, 1), "QuoteOrder", pb.QuoteOrderRequest(shipping_address=HOME))
        assert [(part.shop_name, part.items.amount, part.total.amount) for part in quote.sellers] == [
            ("Loom", 5198, 5198),
            ("Kiln", 4000, 4000),
        ]
        assert quote.tax == quote.shipping == quote.discount == euros(0)
        assert quote.total == euros(9198)

    async def test_a_quote_stands_for_the_total(self, desk: Desk) -> None:
        buyer = desk.shopper()
        quote = await desk.call(buyer, "QuoteOrder", pb.QuoteOrderRequest(shipping_address=HOME))
        assert (await self.use(desk, buyer, quote.quote_id)).status == OrderStatus.PAID

    async def test_an_unknown_quote_is_not_found(self, desk: Desk) -> None:
        with pytest.raises(NotFound, match="QUOTE_NOT_FOUND"):
            await self.use(desk, desk.shopper(), str(uuid.uuid4()))

    async def test_a_quote_runs_out(self, desk: Desk) -> None:
        buyer = desk.shopper()
        quote = await desk.call(buyer, "QuoteOrder", pb.QuoteOrderRequest(shipping_address=HOME))
        await desk.execute('UPDATE "order".quotes SET expire_time = now()')
        with pytest.raises(FailedPrecondition, match="QUOTE_EXPIRED"):
            await self.use(desk, buyer, quote.quote_id)

    async def test_a_cart_that_changed_since_is_refused(self, desk: Desk) -> None:
        buyer = desk.shopper()
        quote = await desk.call(buyer, "QuoteOrder", pb.QuoteOrderRequest(shipping_address=HOME))
        desk.refill(buyer, 2)
        with pytest.raises(FailedPrecondition, match="PRICE_CHANGED") as refused:
            await self.use(desk, buyer, quote.quote_id)
        assert refused.value.violations[0].subject == desk.scarf.variant_id

    async def use(self, desk: Desk, buyer: object, quote_id: str) -> object:
        request = pb.PlaceOrderRequest(
            shipping_address=HOME, payments=[pb.PaymentSource(token="pm_card_visa")], quote_id=quote_id
        )
        return await desk.call(buyer, "PlaceOrder", request, str(uuid.uuid4()))


class TestDecline:
    async def test_is_no_error_and_keeps_the_hold(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, DECLINED)
        assert order.status == OrderStatus.PENDING
        assert order.payment_state == OrderPaymentState.DECLINED
        assert order.payments[0].decline_reason == "card_declined"
        assert order.HasField("hold_expire_time")
        assert desk.inventory.free(desk.scarf.variant_id) == 9
        assert await desk.violations() == []

    async def test_pays_with_another_card(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, DECLINED)
        paid = await desk.pay(buyer, order.order_id)
        assert paid.status == OrderStatus.PAID
        assert [p.state for p in paid.payments] == [PaymentAttempt.State.DECLINED, PaymentAttempt.State.CAPTURED]
        assert desk.payments.taken(order.order_id) == order.total.amount
        assert await desk.violations() == []

    async def test_may_be_declined_again(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, DECLINED)
        assert (await desk.pay(buyer, order.order_id, DECLINED)).payment_state == OrderPaymentState.DECLINED

    async def test_the_same_key_pays_once(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, DECLINED)
        first = await desk.pay(buyer, order.order_id, key="p1")
        assert await desk.pay(buyer, order.order_id, key="p1") == first
        assert desk.payments.taken(order.order_id) == order.total.amount

    async def test_a_paid_order_cannot_be_paid_again(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)
        with pytest.raises(FailedPrecondition, match="ORDER_NOT_PAYABLE"):
            await desk.pay(buyer, order.order_id)

    async def test_needs_a_means_of_payment(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, DECLINED)
        with pytest.raises(InvalidArgument, match="PAYMENT_REQUIRED"):
            await desk.pay(buyer, order.order_id, None)

    async def test_another_buyer_finds_no_order(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper(), DECLINED)
        with pytest.raises(NotFound, match="ORDER_NOT_FOUND"):
            await desk.pay(person(), order.order_id)

    async def test_ends_when_the_hold_is_over(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, DECLINED)
        await desk.execute("UPDATE \"order\".order_sagas SET due_time = now() - interval '1 second'")
        await desk.job("order-recover")
        ended = await desk.get(buyer, order.order_id)
        assert ended.status == OrderStatus.CANCELLED
        assert ended.reason == "PAYMENT_EXPIRED"
        assert desk.inventory.free(desk.scarf.variant_id) == 10


class TestAuthentication:
    async def test_tells_the_client_secret_to_the_buyer_once(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        assert order.status == OrderStatus.PENDING
        assert order.payment_state == OrderPaymentState.REQUIRES_ACTION
        assert order.payments[0].client_secret == "secret_1"
        assert not (await desk.get(buyer, order.order_id)).payments[0].client_secret

    async def test_a_submit_that_comes_twice_leaves_the_payment_that_it_made(self, desk: Desk) -> None:
        buyer = desk.shopper()
        desk.carts.gate = asyncio.Event()
        copies = [asyncio.create_task(desk.place(buyer, NEEDS_ACTION, key="k1")) for _ in range(5)]
        await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
        desk.carts.gate.set()
        answers = await asyncio.gather(*copies)
        assert {answer.order_id for answer in answers} == {answers[0].order_id}
        desk.payments.settle(answers[0].payments[0].payment_id, "CAPTURED", only_from="REQUIRES_ACTION")
        assert (await desk.pay(buyer, answers[0].order_id, None)).status == OrderStatus.PAID

    async def test_a_payment_that_comes_twice_leaves_the_attempt_that_it_made(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, DECLINED)
        answers = await asyncio.gather(*(desk.pay(buyer, order.order_id, NEEDS_ACTION, key="p1") for _ in range(20)))
        assert {answer.payment_state for answer in answers} == {OrderPaymentState.REQUIRES_ACTION}
        assert (await desk.get(buyer, order.order_id)).payment_state == OrderPaymentState.REQUIRES_ACTION

    async def test_pay_takes_up_what_the_buyer_has_confirmed(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        desk.payments.settle(order.payments[0].payment_id, "CAPTURED")
        paid = await desk.pay(buyer, order.order_id, None)
        assert paid.status == OrderStatus.PAID
        assert len(paid.payments) == 1

    async def test_another_card_gives_the_first_attempt_up(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        paid = await desk.pay(buyer, order.order_id)
        assert [p.state for p in paid.payments] == [PaymentAttempt.State.CANCELLED, PaymentAttempt.State.CAPTURED]
        assert desk.payments.taken(order.order_id) == order.total.amount

    async def test_another_card_charges_nothing_where_the_first_has_paid(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        desk.payments.settle(order.payments[0].payment_id, "CAPTURED")
        paid = await desk.pay(buyer, order.order_id)
        assert paid.status == OrderStatus.PAID
        assert desk.payments.taken(order.order_id) == order.total.amount


class TestSupersede:
    async def test_a_new_order_takes_the_place_of_the_open_one(self, desk: Desk) -> None:
        desk.inventory.on_hand[desk.scarf.variant_id] = 1
        buyer = desk.shopper(1, 0)
        old = await desk.place(buyer, DECLINED)
        new = await desk.place(buyer)
        assert new.status == OrderStatus.PAID
        ended = await desk.get(buyer, old.order_id)
        assert (ended.status, ended.reason) == (OrderStatus.CANCELLED, "SUPERSEDED")
        assert await desk.events("order") == ["OrderPlaced", "OrderCancelled", "OrderPlaced", "OrderPaid"]
        assert await desk.violations() == []

    async def test_gives_up_the_payment_of_the_open_one(self, desk: Desk) -> None:
        buyer = desk.shopper()
        old = await desk.place(buyer, NEEDS_ACTION)
        await desk.place(buyer)
        assert (await desk.get(buyer, old.order_id)).payments[0].state == PaymentAttempt.State.CANCELLED

    async def test_completes_the_open_one_where_it_turns_out_paid(self, desk: Desk) -> None:
        buyer = desk.shopper()
        old = await desk.place(buyer, NEEDS_ACTION)
        desk.payments.settle(old.payments[0].payment_id, "CAPTURED")
        with pytest.raises(FailedPrecondition, match="ORDER_ALREADY_PAID"):
            await desk.place(buyer)
        assert (await desk.get(buyer, old.order_id)).status == OrderStatus.PAID
        assert await desk.violations() == []

    async def test_two_submits_with_two_keys_buy_once(self, desk: Desk) -> None:
        buyer = desk.shopper()
        answers = await asyncio.gather(*(desk.place(buyer) for _ in range(4)), return_exceptions=True)
        paid = [answer for answer in answers if not isinstance(answer, BaseException)]
        assert len([order for order in paid if order.status == OrderStatus.PAID]) <= 1
        assert sum(payment.captured_amount.amount for payment in desk.payments.payments.values()) == 6599
        assert await desk.violations() == []


class TestLease:
    async def test_a_driver_that_lost_it_changes_nothing(self, desk: Desk) -> None:
        desk.payments.meanwhile = desk.recover_now
        buyer = desk.shopper()
        order = await desk.place(buyer)
        assert order.status == OrderStatus.PAID
        assert await desk.events("order") == ["OrderPlaced", "OrderPaid"]
        assert (await desk.get(buyer, order.order_id)).version == order.version
        assert await desk.violations() == []

    async def test_an_old_one_writes_nothing(self, desk: Desk) -> None:
        order_id = uuid.UUID((await desk.place(desk.shopper(), DECLINED)).order_id)
        async with desk.unit("order") as uow:
            old = await sagas.take_lease(uow, order_id, 0.0)
            new = await sagas.take_lease(uow, order_id, 10.0)
            assert await sagas.take_lease(uow, order_id, 10.0) is None
        assert old is not None
        assert new is not None
        async with desk.unit("order") as uow:
            saga = await sagas.load_saga(uow, order_id)
            with pytest.raises(LeaseLost):
                await sagas.save_saga(uow, saga, old)
            await sagas.save_saga(uow, saga, new)

    async def test_a_caller_that_hangs_up_does_not_stop_it(self, desk: Desk) -> None:
        gone = asyncio.Event()

        async def wait_until_gone() -> None:
            await gone.wait()

        desk.payments.meanwhile = wait_until_gone
        buyer = desk.shopper()
        call = asyncio.create_task(desk.place(buyer, key="k1"))
        await asyncio.sleep(0.3)
        call.cancel()
        await asyncio.wait({call})
        gone.set()
        assert (await desk.place(buyer, key="k1")).status == OrderStatus.PAID
        assert desk.payments.calls["StartPayment"] == 1

    async def test_a_second_call_waits_for_the_one_that_pays(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, DECLINED)
        answers = await asyncio.gather(*(desk.pay(buyer, order.order_id) for _ in range(5)), return_exceptions=True)
        assert len([answer for answer in answers if not isinstance(answer, BaseException)]) == 1
        assert desk.payments.taken(order.order_id) == order.total.amount


class TestUnknownOutcome:
    async def test_goes_on_when_inventory_is_back(self, desk: Desk) -> None:
        desk.inventory.before["ReserveStock"] = [Unavailable("UNREACHABLE")]
        assert (await desk.place(desk.shopper())).status == OrderStatus.PAID

    async def test_a_charge_whose_answer_was_lost_is_not_made_twice(self, desk: Desk) -> None:
        desk.payments.after["StartPayment"] = [Unavailable("PROVIDER_UNAVAILABLE")]
        order = await desk.place(desk.shopper())
        assert order.status == OrderStatus.PAID
        assert desk.payments.taken(order.order_id) == order.total.amount

    async def test_the_caller_gets_the_order_as_it_stands(self, desk: Desk) -> None:
        desk.payments.before["StartPayment"] = [Unavailable("PROVIDER_UNAVAILABLE")] * 100
        buyer = desk.shopper()
        order = await desk.place(buyer, key="k1", within=1.5)
        assert order.status == OrderStatus.PENDING
        desk.payments.before.clear()
        await desk.recover()
        assert (await desk.place(buyer, key="k1")).status == OrderStatus.PAID
