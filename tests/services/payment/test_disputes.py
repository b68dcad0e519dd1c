"""Disputes, through the mesh, on a real store and a real sandbox."""

from typing import Any

import pytest
from souk.payment.v1 import payment_service_pb2 as pb
from souk.payment.v1.payment_pb2 import PaymentState

from mesh.errors import FailedPrecondition
from tests.services.payment.conftest import KILN, LOOM, STAFF, Till, euros, line, request
from tests.services.payment.test_payouts import pay, transfers

State = PaymentState.Value
CARD = "pm_card_createDispute"


async def told(till: Till, kind: str, dispute: Any, event_id: str) -> None:
    await till.webhook({"id": event_id, "type": kind, "livemode": False, "data": {"object": {"id": dispute.id}}})
    await till.run_job("payment-apply-webhooks")


async def disputed(till: Till, *lines: Any) -> tuple[Any, Any]:
    """A payment whose buyer's bank has taken it back, and the provider's dispute."""
    asked = request(CARD, *lines)
    await till.start(asked)
    dispute = (await till.stripe.v1.disputes.list_async()).data[0]
    await told(till, "charge.dispute.created", dispute, "evt_opened")
    return asked, dispute


async def decided(till: Till, dispute: Any, evidence: str) -> None:
    params = {"evidence": {"uncategorized_text": evidence}, "submit": True}
    await till.stripe.v1.disputes.update_async(dispute.id, params)
    await told(till, "charge.dispute.closed", dispute, "evt_closed")


class TestDispute:
    async def test_opened_holds_what_the_sellers_earned(self, till: Till) -> None:
        asked, _ = await disputed(till)
        assert (await till.status(asked.payment_id)).state == State.DISPUTED
        assert await till.balance(asked.order_id) == {
            ("provider_clearing", ""): 0,
            ("seller_payable", str(LOOM)): 0,
            ("seller_payable", str(KILN)): 0,
            ("commission_earned", ""): -260,
            ("tax_payable", ""): -300,
            ("shipping_payable", ""): -100,
            ("dispute_hold", ""): 2599,
            ("dispute_hold", str(LOOM)): -1400,
            ("dispute_hold", str(KILN)): -539,
        }
        assert await pay(till) == []
        assert await till.violations() == {}

    async def test_won_gives_all_back(self, till: Till) -> None:
        asked, dispute = await disputed(till)
        await decided(till, dispute, "winning_evidence")
        assert (await till.status(asked.payment_id)).state == State.CAPTURED
        kept = {account: amount for account, amount in (await till.balance(asked.order_id)).items() if amount}
        assert kept == {
            ("provider_clearing", ""): 2599,
            ("seller_payable", str(LOOM)): -1400,
            ("seller_payable", str(KILN)): -539,
            ("commission_earned", ""): -260,
            ("tax_payable", ""): -300,
            ("shipping_payable", ""): -100,
        }
        assert await till.market.events("payment") == ["PaymentCaptured", "DisputeOpened", "DisputeClosed"]
        assert [payout.amount.amount for payout in await pay(till)] == [1400]
        assert await till.violations() == {}

    async def test_lost_is_borne_by_sellers_and_market(self, till: Till) -> None:
        asked, dispute = await disputed(till)
        await decided(till, dispute, "losing_evidence")
        assert (await till.status(asked.payment_id)).state == State.DISPUTED
        kept = {account: amount for account, amount in (await till.balance(asked.order_id)).items() if amount}
        assert kept == {
            ("commission_earned", ""): -260,
            ("tax_payable", ""): -300,
            ("shipping_payable", ""): -100,
            ("dispute_loss", ""): 660,
        }
        assert await till.violations() == {}

    async def test_after_the_payout_the_transfer_is_taken_back(self, till: Till) -> None:
        asked = request(CARD, line(LOOM, 2000, commission=200))
        await till.start(asked)
        await pay(till)
        dispute = (await till.stripe.v1.disputes.list_async()).data[0]
        await told(till, "charge.dispute.created", dispute, "evt_opened")
        await till.run_job("payment-reclaim")
        assert await transfers(till) == [(1800, 1800)]
        await decided(till, dispute, "winning_evidence")
        assert [payout.amount.amount for payout in await pay(till, key="again")] == [1800]
        assert (await till.balance())["payout_in_transit", ""] == 0
        assert await till.violations() == {}

    async def test_twice_and_shuffled_has_one_effect(self, till: Till) -> None:
        asked = request(CARD)
        await till.start(asked)
        dispute = (await till.stripe.v1.disputes.list_async()).data[0]
        await till.stripe.v1.disputes.close_async(dispute.id)
        kinds = ("charge.dispute.closed", "charge.dispute.created", "charge.dispute.funds_withdrawn")
        for kind in kinds:
            await told(till, kind, dispute, f"evt_{kind}")
        assert await till.market.events("payment") == ["PaymentCaptured", "DisputeOpened", "DisputeClosed"]
        assert await till.violations() == {}

    async def test_a_disputed_payment_is_not_refunded_too(self, till: Till) -> None:
        asked, _ = await disputed(till)
        message = pb.RefundPaymentRequest(payment_id=asked.payment_id, amount=euros(100))
        with pytest.raises(FailedPrecondition, match="PAYMENT_DISPUTED"):
            await till.call(STAFF, "RefundPayment", message, key="k1")

    async def test_of_nobody_we_know_changes_nothing(self, till: Till) -> None:
        made = await till.stripe.v1.payment_intents.create_async(
            {"amount": 2000, "currency": "eur", "payment_method": CARD, "confirm": True, "capture_method": "automatic"}
        )
        dispute = (await till.stripe.v1.disputes.list_async({"payment_intent": made.id})).data[0]
        await told(till, "charge.dispute.created", dispute, "evt_1")
        assert await till.market.events("payment") == []
