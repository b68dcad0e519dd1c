"""Paying sellers, through the mesh, on a real store and a real sandbox."""

import uuid
from typing import Any

import httpx
import pytest
from souk.payment.v1 import payment_service_pb2 as pb
from souk.payment.v1 import payout_service_pb2
from souk.payment.v1.payout_pb2 import Payout, PayoutState
from souk.seller.v1.shop_pb2 import ShopState

from mesh.errors import FailedPrecondition, NotFound, PermissionDenied
from mesh.principal import acting_as
from sandbox.faults import Fault
from tests.services.payment.conftest import BUYER, KILN, LOOM, STAFF, WEAVER, Till, euros, line

State = PayoutState.Value
PAY, RECLAIM = "payment-pay-sellers", "payment-reclaim"


async def pay(till: Till, shop: uuid.UUID = LOOM, key: str = "pay-1") -> list[Payout]:
    with acting_as(STAFF):
        request = payout_service_pb2.CreatePayoutsRequest(shop_id=str(shop))
        answer = await till.payouts.CreatePayouts(request, metadata=(("idempotency-key", key),))
    return list(answer.payouts)


async def listed(till: Till, shop: uuid.UUID = LOOM, principal: Any = WEAVER) -> list[Payout]:
    with acting_as(principal):
        answer = await till.payouts.ListPayouts(payout_service_pb2.ListPayoutsRequest(shop_id=str(shop)))
    return list(answer.payouts)


async def explained(till: Till, payout: Payout) -> payout_service_pb2.ExplainPayoutResponse:
    with acting_as(WEAVER):
        return await till.payouts.ExplainPayout(
            payout_service_pb2.ExplainPayoutRequest(shop_id=payout.shop_id, payout_id=payout.payout_id)
        )


async def refund(till: Till, payment_id: str, amount: int, key: str = "refund-1") -> None:
    request = pb.RefundPaymentRequest(payment_id=payment_id, amount=euros(amount))
    await till.call(STAFF, "RefundPayment", request, key=key)


async def control(till: Till, path: str) -> None:
    """What only a sandbox can do to an account."""
    account = (await till.market.rows("SELECT provider_reference FROM payment.payout_accounts"))[0][0]
    async with httpx.AsyncClient(headers={"Authorization": "Bearer sk_test_souk"}) as client:
        answer = await client.post(f"{till.origin}/_sandbox/accounts/{account}/{path}")
    assert answer.status_code == 200


async def transfers(till: Till) -> list[tuple[int, int]]:
    found = await till.stripe.v1.transfers.list_async()
    return [(transfer.amount, transfer.amount_reversed) for transfer in reversed(found.data)]


class TestSchedule:
    async def test_pays_every_shop_its_part_without_being_asked(self, till: Till) -> None:
        asked, _ = await till.paid()
        await till.run_job(PAY)
        assert [(each.amount.amount, each.state) for each in await listed(till)] == [(1400, State.PAID)]
        # 5.39 is below the minimum of 10.00, and stays.
        assert await listed(till, KILN, STAFF) == []
        assert await till.balance(asked.order_id) == {
            ("provider_clearing", ""): 2599 - 1400,
            ("seller_payable", str(LOOM)): 0,
            ("seller_payable", str(KILN)): -539,
            ("payout_in_transit", ""): 0,
            ("commission_earned", ""): -260,
            ("tax_payable", ""): -300,
            ("shipping_payable", ""): -100,
        }
        assert await till.violations() == {}

    async def test_transfers_carry_the_order_and_the_shop_s_account(self, till: Till) -> None:
        asked, _ = await till.paid(line(LOOM, 2000))
        other, _ = await till.paid(line(LOOM, 3000))
        await till.run_job(PAY)
        found = (await till.stripe.v1.transfers.list_async()).data
        assert {transfer.transfer_group: transfer.amount for transfer in found} == {
            asked.order_id: 2000,
            other.order_id: 3000,
        }
        assert len({transfer.destination for transfer in found}) == 1

    async def test_waits_for_the_shop_s_next_turn(self, till: Till) -> None:
        await till.paid(line(LOOM, 2000))
        await till.run_job(PAY)
        await till.paid(line(LOOM, 3000))
        await till.run_job(PAY)
        assert len(await listed(till)) == 1
        await till.market.rows("UPDATE payment.payout_accounts SET next_payout_time = now()")
        await till.run_job(PAY)
        assert [each.amount.amount for each in await listed(till)] == [3000, 2000]

    async def test_a_shop_that_cannot_be_paid_holds_up_no_other(self, till: Till) -> None:
        till.seller.states[str(LOOM)] = ShopState.PENDING
        await till.paid(line(LOOM, 2000), line(KILN, 3000))
        await till.run_job(PAY)
        assert await listed(till) == []
        assert [each.amount.amount for each in await listed(till, KILN, STAFF)] == [3000]


class TestCreatePayouts:
    @pytest.mark.parametrize("state", [ShopState.PENDING, ShopState.SUSPENDED, ShopState.CLOSED])
    async def test_refuses_a_shop_that_is_not_verified(self, till: Till, state: ShopState.Value) -> None:
        till.seller.states[str(LOOM)] = state
        await till.paid(line(LOOM, 2000))
        with pytest.raises(FailedPrecondition, match="SHOP_NOT_VERIFIED"):
            await pay(till)
        assert await transfers(till) == []

    async def test_the_same_key_pays_once(self, till: Till) -> None:
        await till.paid(line(LOOM, 2000))
        first = await pay(till)
        await till.paid(line(LOOM, 3000))
        assert await pay(till) == first
        assert await transfers(till) == [(2000, 0)]

    async def test_is_for_staff(self, till: Till) -> None:
        request = payout_service_pb2.CreatePayoutsRequest(shop_id=str(LOOM))
        with acting_as(WEAVER), pytest.raises(PermissionDenied):
            await till.payouts.CreatePayouts(request, metadata=(("idempotency-key", "k"),))


class TestUnknownOutcome:
    @pytest.mark.parametrize("fault", [Fault(fail_after=True), Fault(fail_before=True), Fault(withhold=1.5)])
    async def test_a_transfer_is_made_once(self, till: Till, fault: Fault) -> None:
        await till.paid(line(LOOM, 2000))
        till.faults.planned["/v1/transfers"] = fault
        await pay(till)
        await till.make_due()
        await till.run_job(RECLAIM)
        assert await transfers(till) == [(2000, 0)]
        assert (await listed(till))[0].state == State.PAID
        assert sorted(await till.market.events("payment")) == [
            "AuditRecord",
            "PaymentCaptured",
            "PayoutClosed",
            "PayoutCreated",
        ]
        assert await till.violations() == {}

    async def test_a_refused_transfer_is_owed_again(self, till: Till) -> None:
        await till.paid(line(LOOM, 2000))
        await pay(till)
        await control(till, "restrict")
        asked, _ = await till.paid(line(LOOM, 3000))
        failed = (await pay(till, key="pay-2"))[0]
        assert (failed.state, failed.failed_amount.amount) == (State.FAILED, 3000)
        assert (await till.balance(asked.order_id))["seller_payable", str(LOOM)] == -3000
        await control(till, "release")
        assert [each.state for each in await pay(till, key="pay-3")] == [State.PAID]
        assert await till.violations() == {}


class TestReversal:
    async def test_a_refund_after_the_payout_takes_the_transfer_back(self, till: Till) -> None:
        asked, paid = await till.paid(line(LOOM, 2000, commission=200))
        await pay(till)
        await refund(till, paid.payment_id, 500)
        await till.run_job(RECLAIM)
        assert await transfers(till) == [(1800, 450)]
        assert await till.balance(asked.order_id) == {
            ("provider_clearing", ""): 2000 - 1800 - 500 + 450,
            ("seller_payable", str(LOOM)): 0,
            ("payout_in_transit", ""): 0,
            ("commission_earned", ""): -150,
        }
        assert await till.violations() == {}

    @pytest.mark.parametrize("fault", [Fault(fail_after=True), Fault(fail_before=True)])
    async def test_is_made_once_whatever_the_answer(self, till: Till, fault: Fault) -> None:
        _, paid = await till.paid(line(LOOM, 2000))
        await pay(till)
        await refund(till, paid.payment_id, 500)
        till.faults.planned["/reversals"] = fault
        for _ in range(3):
            await till.run_job(RECLAIM)
            await till.make_due()
        assert await transfers(till) == [(2000, 500)]

    async def test_what_cannot_be_taken_back_is_carried_forward(self, till: Till) -> None:
        asked, paid = await till.paid(line(LOOM, 2000))
        await pay(till)
        await control(till, "drain")
        await refund(till, paid.payment_id, 2000)
        await till.run_job(RECLAIM)
        assert (await till.balance(asked.order_id))["seller_payable", str(LOOM)] == 2000
        await till.paid(line(LOOM, 1500))
        assert await pay(till, key="pay-2") == []
        other, _ = await till.paid(line(LOOM, 3000))
        second = (await pay(till, key="pay-3"))[0]
        assert second.amount.amount == 1500 + 3000 - 2000
        assert (await till.balance(asked.order_id))["seller_payable", str(LOOM)] == 0
        told = await explained(till, second)
        assert (told.balance.amount, told.debt.amount) == (2500, 2000)
        assert sum(item.amount.amount for item in told.items) == 2500
        assert sum(item.debt_offset.amount for item in told.items) == 0
        assert {item.order_id for item in told.items} >= {asked.order_id, other.order_id}
        assert (await till.balance())["payout_in_transit", ""] == 0
        assert await till.violations() == {}


class TestExplainPayout:
    async def test_each_order_tells_all_that_moved_its_money(self, till: Till) -> None:
        asked, paid = await till.paid(line(LOOM, 2000, commission=200))
        await refund(till, paid.payment_id, 500)
        payout = (await pay(till))[0]
        told = await explained(till, payout)
        item = told.items[0]
        assert (item.order_id, item.taken.amount, item.amount.amount, item.state) == (
            asked.order_id,
            1350,
            1350,
            State.PAID,
        )
        assert [(entry.kind, entry.amount.amount) for entry in item.entries] == [
            ("CAPTURE", 1800),
            ("REFUND", -450),
            ("PAYOUT_BEGUN", -1350),
        ]
        assert item.transfer_reference.startswith("tr_")

    async def test_another_shop_s_payout_is_not_there(self, till: Till) -> None:
        await till.paid(line(KILN, 2000))
        payout = (await pay(till, KILN))[0]
        with pytest.raises(NotFound):
            await explained(till, payout)
        payout.shop_id = str(LOOM)
        with pytest.raises(NotFound, match="PAYOUT_NOT_FOUND"):
            await explained(till, payout)

    async def test_another_shop_s_list_is_not_there(self, till: Till) -> None:
        with pytest.raises(NotFound):
            await listed(till, KILN)
        with pytest.raises(PermissionDenied):
            await listed(till, LOOM, BUYER)
