"""The money of orders, made anew from payment."""

from souk.order.v1.order_pb2 import Order, PaymentAttempt
from souk.order.v1.status_pb2 import OrderPaymentState, OrderStatus
from souk.payment.v1.payment_events_pb2 import RefundSucceeded
from souk.payment.v1.payment_pb2 import PaymentState

from mesh.principal import acting_as, service_principal
from tests.services.order.conftest import NEEDS_ACTION, Desk
from tests.services.order.fakes import euros

_WIPE = "UPDATE \"order\".order_payments SET state = 'PENDING', refunded_amount = 0"
_MONEY = """
SELECT o.payment_state, o.status, o.refunded_amount AS returned, p.state, p.refunded_amount
FROM "order".orders o JOIN "order".order_payments p ON p.order_id = o.id"""


def gave_back(desk: Desk, order: Order, amount: int) -> RefundSucceeded:
    """So much was given back; the event of it, which nobody has delivered yet."""
    payment = desk.payments.payments[order.payments[0].payment_id]
    payment.state = PaymentState.PARTIALLY_REFUNDED
    payment.refunded_amount.CopyFrom(euros(amount))
    return RefundSucceeded(order_id=order.order_id, payment_id=payment.payment_id, total_refunded=euros(amount))


class TestRebuild:
    async def test_wiped_money_is_found_and_made_anew(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper())
        await desk.tell(gave_back(desk, order, 1000))
        before = await desk.rows(_MONEY)
        await desk.execute(_WIPE)
        assert [each.split()[:2] for each in await desk.violations()] == [["I3", order.order_id]]
        assert await desk.rebuild("order", "payments") == 1
        assert await desk.rows(_MONEY) == before
        assert await desk.violations() == []
        assert await desk.rebuild("order", "payments") == 0

    async def test_what_an_event_has_told_since_stays(self, desk: Desk) -> None:
        order = await desk.place(desk.shopper())
        gave_back(desk, order, 1000)
        copy = desk.projection("order", "payments")
        with acting_as(service_principal("order")):
            page = await copy.read("")
            await desk.tell(gave_back(desk, order, 2500))
            async with desk.unit("order") as uow:
                await copy.apply(page.behind, uow)
        assert len(page.behind) == 1
        assert [row["returned"] for row in await desk.rows(_MONEY)] == [2500]

    async def test_money_of_an_order_that_is_over_is_given_back(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        await desk.cancel(buyer, order.order_id)
        desk.payments.settle(order.payments[0].payment_id, "CAPTURED")
        assert await desk.rebuild("order", "payments") == 1
        await desk.recover()
        over = await desk.get(buyer, order.order_id)
        assert (over.status, over.payment_state) == (OrderStatus.CANCELLED, OrderPaymentState.REFUNDED)
        assert desk.payments.taken(order.order_id) == 0

    async def test_an_order_that_waits_for_money_is_left_to_its_checkout(self, desk: Desk) -> None:
        buyer = desk.shopper()
        order = await desk.place(buyer, NEEDS_ACTION)
        desk.payments.settle(order.payments[0].payment_id, "CAPTURED")
        assert await desk.rebuild("order", "payments") == 0
        assert (await desk.get(buyer, order.order_id)).payments[0].state == PaymentAttempt.State.REQUIRES_ACTION
