"""Refunds that the provider takes and whose money comes back days later."""

import asyncio
from typing import Any

from souk.payment.v1 import payment_service_pb2 as pb
from souk.payment.v1.payment_pb2 import PaymentState
from souk.payment.v1.refund_pb2 import RefundState

from tests.services.payment.conftest import LOOM, STAFF, Till, line
from tests.services.payment.test_payouts import pay, refund, transfers


async def failed(till: Till) -> Any:
    """The provider's refund once its bank has sent it back."""
    async with asyncio.timeout(5):
        while True:
            found = (await till.stripe.v1.refunds.list_async()).data[0]
            if found.status == "failed":
                return found
            await asyncio.sleep(0.02)


async def told(till: Till, reference: str) -> None:
    event = {"id": "evt_f", "type": "refund.failed", "livemode": False, "data": {"object": {"id": reference}}}
    await till.webhook(event)
    await till.run_job("payment-apply-webhooks")


class TestFailedRefund:
    async def test_is_put_back_and_can_be_asked_for_again(self, till: Till) -> None:
        asked, paid = await till.paid(line(LOOM, 2000, commission=200, tax=100))
        before = await till.balance(asked.order_id)
        till.faults.followed_by["refund.created"] = "refund_failure"
        await refund(till, paid.payment_id, 2000)
        assert (await till.status(asked.payment_id)).state == PaymentState.REFUNDED
        till.faults.followed_by.clear()
        await told(till, (await failed(till)).id)
        payment = await till.status(asked.payment_id)
        assert (payment.state, payment.refunded_amount.amount) == (PaymentState.CAPTURED, 0)
        assert await till.balance(asked.order_id) == before
        assert (await till.market.events("payment"))[-1] == "RefundFailed"
        refunds = await till.call(STAFF, "ListRefunds", pb.ListRefundsRequest(payment_id=asked.payment_id))
        assert [each.state for each in refunds.refunds] == [RefundState.FAILED]
        assert await till.violations() == {}
        await refund(till, paid.payment_id, 2000, key="second")
        assert (await till.status(asked.payment_id)).state == PaymentState.REFUNDED
        assert await till.violations() == {}

    async def test_the_seller_has_the_money_again(self, till: Till) -> None:
        _, paid = await till.paid(line(LOOM, 2000))
        await pay(till)
        till.faults.followed_by["refund.created"] = "refund_failure"
        await refund(till, paid.payment_id, 2000)
        await till.run_job("payment-reclaim")
        assert await transfers(till) == [(2000, 2000)]
        await told(till, (await failed(till)).id)
        assert [payout.amount.amount for payout in await pay(till, key="again")] == [2000]
        assert await till.violations() == {}
