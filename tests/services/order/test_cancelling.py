"""Giving orders up, and money that comes or goes at the wrong moment."""

import asyncio
import uuid

import pytest
from souk.money.v1.money_pb2 import Money
from souk.order.v1 import order_service_pb2 as pb
from souk.order.v1.order_pb2 import Order, PaymentAttempt
from souk.order.v1.status_pb2 import OrderPaymentState, OrderStatus
from souk.payment.v1.payment_events_pb2 import PaymentCaptured, PaymentFailed, RefundFailed, RefundSucceeded

from mesh.errors import FailedPrecondition, NotFound, Unavailable
from tests.services.order.conftest import DECLINED, NEEDS_ACTION, STAFF, Desk, person
from tests.services.order.fakes import euros
from tests.services.order.test_sending import part_of, ship


def returned(order: Order, amount: Money) -> RefundSucceeded:
    """The event of so much of the last payment being given back in all."""
    return RefundSucceeded(order_id=order.order_id, payment_id=order.payments[-1].payment_id, total_refunded=amount)


class TestCancelOrder:
    async def test_refunds_what_was_captured(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)
        cancelled = await desk.cancel(buyer, order.order_id)
        assert (cancelled.status, cancelled.reason) == (OrderStatus.CANCELLED, "BUYER")
        assert cancelled.payment_state == OrderPaymentState.REFUNDED
        assert desk.payments.taken(order.order_id) == 0
        assert (await desk.events("order"))[-1] == "OrderCancelled"
        assert await desk.violations() == []

    async def test_gives_up_an_unpaid_order_and_its_hold(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        cancelled = await desk.cancel(buyer, order.order_id)
        assert cancelled.status == OrderStatus.CANCELLED
        assert cancelled.payments[0].state == PaymentAttempt.State.CANCELLED
        assert desk.inventory.free(desk.scarf.variant_id) == 10
        assert not desk.payments.refunds

    async def test_refunds_an_unpaid_order_that_turns_out_paid(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        desk.payments.settle(order.payments[0].payment_id, "CAPTURED")
        cancelled = await desk.cancel(buyer, order.order_id)
        assert cancelled.payment_state == OrderPaymentState.REFUNDED
        assert desk.payments.taken(order.order_id) == 0
        assert await desk.violations() == []

    async def test_twice_is_once(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)
        first = await desk.cancel(buyer, order.order_id, key="c1")
        assert await desk.cancel(buyer, order.order_id, key="c1") == first
        assert (await desk.cancel(buyer, order.order_id)).status == OrderStatus.CANCELLED
        assert len(desk.payments.refunds) == 1

    async def test_many_at_once_refund_once(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)
        await asyncio.gather(*(desk.cancel(buyer, order.order_id) for _ in range(8)), return_exceptions=True)
        assert (await desk.get(buyer, order.order_id)).status == OrderStatus.CANCELLED
        assert len(desk.payments.refunds) == 1

    async def test_a_refund_whose_answer_was_lost_is_made_once(self, desk: Desk) -> None:
        desk.payments.after["RefundOrder"] = [Unavailable("PROVIDER_UNAVAILABLE")]
        buyer = desk.shopper()
        order = await desk.place(buyer)
        assert (await desk.cancel(buyer, order.order_id)).status == OrderStatus.CANCELLED
        assert len(desk.payments.refunds) == 1

    async def test_a_refund_under_way_ends_by_its_event(self, desk: Desk) -> None:
        desk.payments.refund_state = "PENDING"
        buyer = desk.shopper()
        order = await desk.place(buyer)
        cancelled = await desk.cancel(buyer, order.order_id)
        assert (cancelled.status, cancelled.payment_state) == (OrderStatus.CANCELLED, OrderPaymentState.PAID)
        await desk.tell(returned(order, order.total))
        assert (await desk.get(buyer, order.order_id)).payment_state == OrderPaymentState.REFUNDED

    async def test_ends_at_once_though_the_refund_s_event_is_faster(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)

        async def event() -> None:
            await desk.tell(returned(order, order.total))

        desk.payments.meanwhile = event
        cancelled = await desk.cancel(buyer, order.order_id)
        assert (cancelled.status, cancelled.payment_state) == (OrderStatus.CANCELLED, OrderPaymentState.REFUNDED)
        assert len(desk.payments.refunds) == 1
        assert (await desk.events("order"))[-1] == "OrderCancelled"
        assert await desk.violations() == []

    async def test_a_refund_that_fails_is_shown_and_tried_again(self, desk: Desk) -> None:
        desk.payments.refund_state = "FAILED"
        buyer = desk.shopper()
        order = await desk.place(buyer)
        cancelled = await desk.cancel(buyer, order.order_id)
        assert (cancelled.status, cancelled.payment_state) == (OrderStatus.CANCELLED, OrderPaymentState.PAID)
        assert cancelled.unreturned == order.total
        assert "Not given back yet: 65.99 EUR" in cancelled.reason_message
        desk.payments.refund_state = "SUCCEEDED"
        again = await desk.cancel(STAFF, order.order_id)
        assert (again.status, again.payment_state) == (OrderStatus.CANCELLED, OrderPaymentState.REFUNDED)
        assert (again.unreturned.amount, desk.payments.taken(order.order_id)) == (0, 0)
        assert await desk.violations() == []

    async def test_again_while_the_refund_is_under_way_begins_no_other(self, desk: Desk) -> None:
        desk.payments.refund_state = "PENDING"
        buyer = desk.shopper()
        order = await desk.place(buyer)
        for _ in range(2):
            cancelled = await desk.cancel(buyer, order.order_id)
            assert cancelled.unreturned == order.total
        assert len(desk.payments.refunds) == 1

    async def test_staff_may_and_it_is_audited(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)
        assert (await desk.cancel(STAFF, order.order_id)).reason == "STAFF"
        assert "AuditRecord" in await desk.events("order")

    async def test_another_buyer_finds_no_order(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper())
        with pytest.raises(NotFound, match="ORDER_NOT_FOUND"):
            await desk.cancel(person(), order.order_id)

    async def test_nothing_that_was_sent(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)
        await ship(desk, desk.weaver, await part_of(desk, desk.weaver, desk.loom))
        with pytest.raises(FailedPrecondition, match="ORDER_NOT_CANCELLABLE"):
            await desk.cancel(buyer, order.order_id)
        assert not desk.payments.refunds

    async def test_races_with_shipping_have_one_winner(self, desk: Desk) -> None:
        for _ in range(5):
            buyer = desk.shopper(1, 0)
            order = await desk.place(buyer)
            part = await part_of(desk, desk.weaver, desk.loom)
            await asyncio.gather(
                desk.cancel(buyer, order.order_id), ship(desk, desk.weaver, part), return_exceptions=True
            )
            ended = await desk.get(buyer, order.order_id)
            refunded = desk.payments.taken(order.order_id) == 0
            sent = bool(ended.seller_orders[0].shipments)
            assert refunded is not sent
            assert ended.status == (OrderStatus.SHIPPED if sent else OrderStatus.CANCELLED)


class TestPaymentEvents:
    async def test_a_capture_completes_the_order_that_waits(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        desk.payments.settle(order.payments[0].payment_id, "CAPTURED")
        await desk.tell(PaymentCaptured(order_id=order.order_id, payment_id=order.payments[0].payment_id))
        await desk.job("order-recover")
        assert (await desk.get(buyer, order.order_id)).status == OrderStatus.PAID
        assert await desk.violations() == []

    async def test_a_failure_lets_the_buyer_try_again(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        desk.payments.settle(order.payments[0].payment_id, "DECLINED")
        await desk.tell(PaymentFailed(order_id=order.order_id, payment_id=order.payments[0].payment_id))
        await desk.job("order-recover")
        assert (await desk.get(buyer, order.order_id)).payment_state == OrderPaymentState.DECLINED

    async def test_late_and_repeated_ones_change_nothing(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)
        for _ in range(3):
            await desk.tell(PaymentCaptured(order_id=order.order_id, payment_id=order.payments[0].payment_id))
            await desk.tell(PaymentFailed(order_id=order.order_id, payment_id=order.payments[0].payment_id))
        assert (await desk.get(buyer, order.order_id)) == order

    async def test_one_of_an_unknown_order_is_passed_over(self, desk: Desk) -> None:
        await desk.tell(PaymentCaptured(order_id=str(uuid.uuid4()), payment_id=str(uuid.uuid4())))

    async def test_a_capture_after_the_end_is_given_back(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        await desk.cancel(buyer, order.order_id)
        payment_id = order.payments[0].payment_id
        desk.payments.settle(payment_id, "CAPTURED")
        await desk.tell(PaymentCaptured(order_id=order.order_id, payment_id=payment_id))
        await desk.job("order-recover")
        ended = await desk.get(buyer, order.order_id)
        assert (ended.status, ended.payment_state) == (OrderStatus.CANCELLED, OrderPaymentState.REFUNDED)
        assert desk.payments.taken(order.order_id) == 0
        assert await desk.violations() == []

    async def test_a_part_that_went_back_is_shown(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)
        await desk.tell(returned(order, euros(100)))
        assert (await desk.get(buyer, order.order_id)).payment_state == OrderPaymentState.PARTIALLY_REFUNDED
        await desk.tell(RefundFailed(order_id=order.order_id, payment_id=order.payments[-1].payment_id))
        assert (await desk.get(buyer, order.order_id)).payment_state == OrderPaymentState.PAID
        await desk.tell(returned(order, order.total))
        assert (await desk.get(buyer, order.order_id)).status == OrderStatus.REFUNDED


class TestPaidAfterExpiry:
    async def test_reserves_again_where_the_goods_are_there(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        desk.inventory.lose_hold(order.order_id)
        desk.payments.settle(order.payments[0].payment_id, "CAPTURED")
        assert (await desk.pay(buyer, order.order_id, None)).status == OrderStatus.PAID
        assert desk.inventory.free(desk.scarf.variant_id) == 9

    async def test_refunds_in_full_where_they_are_gone(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        desk.inventory.lose_hold(order.order_id)
        desk.inventory.on_hand[desk.vase.variant_id] = 0
        desk.payments.settle(order.payments[0].payment_id, "CAPTURED")
        ended = await desk.pay(buyer, order.order_id, None)
        assert (ended.status, ended.payment_state) == (OrderStatus.CANCELLED, OrderPaymentState.REFUNDED)
        assert ended.reason == "OUT_OF_STOCK_AFTER_PAYMENT"
        assert ended.reason_message
        assert desk.payments.taken(order.order_id) == 0
        assert desk.inventory.free(desk.scarf.variant_id) == 10
        assert await desk.violations() == []

    async def test_an_overdue_order_that_was_paid_is_completed(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        desk.payments.settle(order.payments[0].payment_id, "CAPTURED")
        await desk.execute("UPDATE \"order\".order_sagas SET due_time = now() - interval '1 second'")
        await desk.job("order-recover")
        assert (await desk.get(buyer, order.order_id)).status == OrderStatus.PAID

    async def test_a_declined_order_pays_only_what_is_still_there(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, DECLINED)
        desk.inventory.lose_hold(order.order_id)
        desk.inventory.on_hand[desk.vase.variant_id] = 0
        with pytest.raises(FailedPrecondition, match="OUT_OF_STOCK"):
            await desk.pay(buyer, order.order_id)
        assert (await desk.get(buyer, order.order_id)).status == OrderStatus.REJECTED
        assert desk.payments.taken(order.order_id) == 0


class TestStock:
    async def test_is_made_sure_of_before_the_hold_is_over(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper())
        await desk.job("order-make-sure-of-stock")
        assert desk.inventory.calls["CommitStock"] == 0
        await desk.execute('UPDATE "order".orders SET stock_due_time = now()')
        await desk.job("order-make-sure-of-stock")
        assert desk.inventory.holds[order.order_id].state == "COMMITTED"
        await desk.job("order-make-sure-of-stock")
        assert desk.inventory.calls["CommitStock"] == 1

    async def test_that_is_gone_is_refunded(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer)
        desk.inventory.lose_hold(order.order_id)
        desk.inventory.on_hand[desk.vase.variant_id] = 0
        await desk.execute('UPDATE "order".orders SET stock_due_time = now()')
        await desk.job("order-make-sure-of-stock")
        ended = await desk.get(buyer, order.order_id)
        assert (ended.status, ended.reason) == (OrderStatus.CANCELLED, "OUT_OF_STOCK_AFTER_PAYMENT")
        assert "sold out" in ended.reason_message
        assert desk.payments.taken(order.order_id) == 0

    async def test_waits_for_inventory(self, desk: Desk) -> None:
        await desk.place(desk.shopper())
        await desk.execute('UPDATE "order".orders SET stock_due_time = now()')
        desk.inventory.before["CommitStock"] = [Unavailable("UNREACHABLE")]
        await desk.job("order-make-sure-of-stock")
        await desk.job("order-make-sure-of-stock")
        assert desk.inventory.calls["CommitStock"] == 2


class TestReading:
    async def test_lists_own_orders_newest_first_in_pages(self, desk: Desk) -> None:
        buyer = desk.shopper()
        placed = []
        for _ in range(3):
            placed.append((await desk.place(buyer)).order_id)
            desk.refill(buyer)
        await desk.place(desk.shopper())
        first = await desk.call(buyer, "ListOrders", pb.ListOrdersRequest(page_size=2))
        second = await desk.call(
            buyer, "ListOrders", pb.ListOrdersRequest(page_size=2, page_token=first.next_page_token)
        )
        assert [order.order_id for order in (*first.orders, *second.orders)] == placed[::-1]
        assert not second.next_page_token

    async def test_filters_by_status(self, desk: Desk) -> None:
        buyer = desk.shopper()
        await desk.place(buyer)
        pending = await desk.call(buyer, "ListOrders", pb.ListOrdersRequest(status=OrderStatus.PENDING))
        paid = await desk.call(buyer, "ListOrders", pb.ListOrdersRequest(status=OrderStatus.PAID))
        assert (len(pending.orders), len(paid.orders)) == (0, 1)

    async def test_staff_lists_by_buyer_and_shop(self, desk: Desk) -> None:
        buyer = desk.shopper(1, 0)
        await desk.place(buyer)
        await desk.place(desk.shopper(0, 1))
        of_buyer = await desk.call(STAFF, "ListAllOrders", pb.ListAllOrdersRequest(user_id=buyer.subject))
        of_shop = await desk.call(STAFF, "ListAllOrders", pb.ListAllOrdersRequest(shop_id=desk.loom))
        assert [order.user_id for order in of_buyer.orders] == [buyer.subject]
        assert [order.user_id for order in of_shop.orders] == [buyer.subject]

    async def test_another_buyer_finds_no_order(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper())
        with pytest.raises(NotFound, match="ORDER_NOT_FOUND"):
            await desk.get(person(), order.order_id)
        assert (await desk.get(STAFF, order.order_id)).order_id == order.order_id
