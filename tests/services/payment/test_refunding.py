"""Giving money back, through the mesh, on a real store and a real sandbox."""

import asyncio
import uuid
from typing import Any

import pytest
from souk.payment.v1 import payment_service_pb2 as pb
from souk.payment.v1.refund_pb2 import RefundState

from mesh.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from sandbox.faults import Fault
from tests.services.payment.conftest import BUYER, KILN, LOOM, STAFF, WEAVER, Till, euros, line, request

State = RefundState.Value


def by_lines(payment_id: str, *lines: tuple[str, int]) -> pb.RefundPaymentRequest:
    units = [pb.RefundPaymentLine(line_id=line_id, quantity=quantity) for line_id, quantity in lines]
    return pb.RefundPaymentRequest(payment_id=payment_id, lines=units, reason="broken")


def by_amount(payment_id: str, amount: int) -> pb.RefundPaymentRequest:
    return pb.RefundPaymentRequest(payment_id=payment_id, amount=euros(amount), reason="late")


async def provider_refunds(till: Till) -> list[int]:
    return [refund.amount for refund in (await till.stripe.v1.refunds.list_async()).data]


class TestRefundPayment:
    async def test_by_line_reverses_every_share(self, till: Till) -> None:
        asked, paid = await till.paid()
        refund = await till.call(
            WEAVER, "RefundPayment", by_lines(paid.payment_id, (asked.lines[0].line_id, 1)), key="k1"
        )
        assert (refund.state, refund.amount.amount, refund.lines[0].quantity) == (State.SUCCEEDED, 1000, 1)
        assert await till.balance(asked.order_id) == {
            ("provider_clearing", ""): 1599,
            ("seller_payable", str(LOOM)): -700,
            ("seller_payable", str(KILN)): -539,
            ("commission_earned", ""): -160,
            ("tax_payable", ""): -150,
            ("shipping_payable", ""): -50,
        }
        assert await till.market.events("payment") == ["PaymentCaptured", "AuditRecord", "RefundSucceeded"]
        assert await provider_refunds(till) == [1000]
        assert await till.violations() == {}

    async def test_by_amount_takes_the_seller_s_own_lines_alone(self, till: Till) -> None:
        _, paid = await till.paid()
        refund = await till.call(WEAVER, "RefundPayment", by_amount(paid.payment_id, 2000), key="k1")
        assert {each.shop_id for each in refund.lines} == {str(LOOM)}
        with pytest.raises(FailedPrecondition, match="NOTHING_TO_REFUND"):
            await till.call(WEAVER, "RefundPayment", by_amount(paid.payment_id, 1), key="k2")

    async def test_a_seller_cannot_touch_another_s_line(self, till: Till) -> None:
        asked, paid = await till.paid()
        with pytest.raises(NotFound, match="LINE_NOT_FOUND"):
            await till.call(WEAVER, "RefundPayment", by_lines(paid.payment_id, (asked.lines[1].line_id, 1)), key="k1")

    async def test_a_payment_without_own_lines_is_not_there(self, till: Till) -> None:
        _, paid = await till.paid(line(KILN, 500))
        with pytest.raises(NotFound, match="PAYMENT_NOT_FOUND"):
            await till.call(WEAVER, "RefundPayment", by_amount(paid.payment_id, 1), key="k1")

    async def test_a_buyer_may_not(self, till: Till) -> None:
        _, paid = await till.paid()
        with pytest.raises(PermissionDenied):
            await till.call(BUYER, "RefundPayment", by_amount(paid.payment_id, 1), key="k1")

    @pytest.mark.parametrize(
        ("message", "error", "reason"),
        [
            (pb.RefundPaymentRequest(), InvalidArgument, "REFUND_EMPTY"),
            (
                pb.RefundPaymentRequest(lines=[{"line_id": str(uuid.uuid4())}], amount=euros(1)),
                InvalidArgument,
                "REFUND_AMBIGUOUS",
            ),
            (pb.RefundPaymentRequest(amount=euros(0)), InvalidArgument, "AMOUNT_NOT_POSITIVE"),
            (pb.RefundPaymentRequest(amount=euros(-5)), InvalidArgument, "AMOUNT_NOT_POSITIVE"),
            (
                pb.RefundPaymentRequest(amount={"currency": "USD", "amount": 1}),
                InvalidArgument,
                "CURRENCY_MISMATCH",
            ),
            (pb.RefundPaymentRequest(amount=euros(2600)), FailedPrecondition, "REFUND_TOO_LARGE"),
        ],
    )
    async def test_refuses_and_moves_nothing(self, till: Till, message: Any, error: Any, reason: str) -> None:
        _, paid = await till.paid()
        asked = pb.RefundPaymentRequest(payment_id=paid.payment_id)
        asked.MergeFrom(message)
        for _ in range(2):
            with pytest.raises(error, match=reason):
                await till.call(STAFF, "RefundPayment", asked, key="k1")
        assert await provider_refunds(till) == []
        assert await till.violations() == {}

    async def test_needs_a_key(self, till: Till) -> None:
        _, paid = await till.paid()
        with pytest.raises(InvalidArgument, match="IDEMPOTENCY_KEY_REQUIRED"):
            await till.call(STAFF, "RefundPayment", by_amount(paid.payment_id, 1))

    async def test_same_key_gives_the_same_answer_once(self, till: Till) -> None:
        _, paid = await till.paid()
        asked = by_amount(paid.payment_id, 100)
        answers = await asyncio.gather(*(till.call(STAFF, "RefundPayment", asked, key="k1") for _ in range(10)))
        assert all(answer == answers[0] for answer in answers)
        assert await provider_refunds(till) == [100]
        with pytest.raises(InvalidArgument, match="IDEMPOTENCY_KEY_REUSED"):
            await till.call(STAFF, "RefundPayment", by_amount(paid.payment_id, 101), key="k1")

    async def test_races_never_give_back_more_than_was_taken(self, till: Till) -> None:
        _, paid = await till.paid()
        asked = by_amount(paid.payment_id, 1000)
        answers = await asyncio.gather(
            *(till.call(STAFF, "RefundPayment", asked, key=f"k{n}") for n in range(6)), return_exceptions=True
        )
        assert sum(not isinstance(answer, Exception) for answer in answers) == 2
        assert await provider_refunds(till) == [1000, 1000]
        assert await till.violations() == {}

    async def test_not_before_the_money_was_taken(self, till: Till) -> None:
        asked = request("pm_card_authenticationRequired")
        await till.start(asked)
        with pytest.raises(FailedPrecondition, match="NOTHING_TO_REFUND"):
            await till.call(STAFF, "RefundPayment", by_amount(asked.payment_id, 1), key="k1")


class TestUnknownOutcome:
    @pytest.mark.parametrize(
        "fault", [Fault(fail_before=True), Fault(fail_after=True), Fault(withhold=1.5), Fault(delay=1.5)]
    )
    async def test_ends_in_one_refund(self, till: Till, fault: Fault) -> None:
        _, paid = await till.paid()
        till.faults.planned["/refunds"] = fault
        first = await till.call(STAFF, "RefundPayment", by_amount(paid.payment_id, 700), key="k1")
        assert first.state in (State.PENDING, State.SUCCEEDED)
        await asyncio.sleep(max(fault.delay, fault.withhold))
        await till.make_due()
        await till.run_job("payment-recover")
        listed = await till.call(STAFF, "ListRefunds", pb.ListRefundsRequest())
        assert [(each.refund_id, each.state) for each in listed.refunds] == [(first.refund_id, State.SUCCEEDED)]
        assert await provider_refunds(till) == [700]
        assert await till.violations() == {}

    async def test_a_caller_that_died_finds_its_refund_again(self, till: Till) -> None:
        _, paid = await till.paid()
        asked = by_amount(paid.payment_id, 700)
        first = await till.call(STAFF, "RefundPayment", asked, key="k1")
        await till.market.rows(
            "UPDATE payment.idempotency_keys SET response = NULL, lease_until = now() - interval '1 second'"
        )
        again = await till.call(STAFF, "RefundPayment", asked, key="k1")
        assert again.refund_id == first.refund_id
        assert await provider_refunds(till) == [700]


class TestRefundOrder:
    async def test_gives_everything_back_once(self, till: Till) -> None:
        asked, _ = await till.paid()
        message = pb.RefundOrderRequest(
            refund_id=str(uuid.uuid4()), order_id=asked.order_id, reason="The order was cancelled."
        )
        first = await till.order("RefundOrder", message)
        assert (first.state, first.amount.amount) == (State.SUCCEEDED, 2599)
        assert (await till.order("RefundOrder", message)).refund_id == first.refund_id
        assert await provider_refunds(till) == [2599]
        assert set((await till.balance(asked.order_id)).values()) == {0}
        assert await till.violations() == {}

    async def test_gives_back_what_sellers_left(self, till: Till) -> None:
        asked, paid = await till.paid()
        await till.call(WEAVER, "RefundPayment", by_amount(paid.payment_id, 333), key="k1")
        message = pb.RefundOrderRequest(refund_id=str(uuid.uuid4()), order_id=asked.order_id)
        assert (await till.order("RefundOrder", message)).amount.amount == 2266
        message.refund_id = str(uuid.uuid4())
        with pytest.raises(FailedPrecondition, match="NOTHING_TO_REFUND"):
            await till.order("RefundOrder", message)

    async def test_nothing_was_taken(self, till: Till) -> None:
        message = pb.RefundOrderRequest(refund_id=str(uuid.uuid4()), order_id=str(uuid.uuid4()))
        with pytest.raises(NotFound, match="PAYMENT_NOT_FOUND"):
            await till.order("RefundOrder", message)

    async def test_of_two_charges_gives_both_back(self, till: Till) -> None:
        """Both were taken for one order, which the buyer must not pay twice."""
        asked, _ = await till.paid()
        second = request()
        second.order_id = asked.order_id
        await till.start(second)
        message = pb.RefundOrderRequest(refund_id=str(uuid.uuid4()), order_id=asked.order_id)
        given = await till.order("RefundOrder", message)
        assert (given.refund_id, given.amount.amount, given.state) == (
            message.refund_id,
            2 * 2599,
            RefundState.SUCCEEDED,
        )
        assert {part.payment_id for part in given.parts} == {asked.payment_id, second.payment_id}
        assert await till.order("RefundOrder", message) == given

    async def test_an_id_belongs_to_one_order(self, till: Till) -> None:
        asked, _ = await till.paid()
        other, _ = await till.paid()
        message = pb.RefundOrderRequest(refund_id=str(uuid.uuid4()), order_id=asked.order_id)
        await till.order("RefundOrder", message)
        message.order_id = other.order_id
        with pytest.raises(FailedPrecondition, match="REFUND_MISMATCH"):
            await till.order("RefundOrder", message)


class TestListRefunds:
    async def test_shows_each_only_what_is_theirs(self, till: Till) -> None:
        asked, paid = await till.paid()
        message = pb.RefundOrderRequest(refund_id=str(uuid.uuid4()), order_id=asked.order_id)
        await till.order("RefundOrder", message)
        own = await till.call(BUYER, "ListRefunds", pb.ListRefundsRequest(payment_id=paid.payment_id))
        assert [refund.amount.amount for refund in own.refunds] == [2599]
        shop = await till.call(WEAVER, "ListRefunds", pb.ListRefundsRequest(shop_id=str(LOOM)))
        assert [(refund.amount.amount, len(refund.lines)) for refund in shop.refunds] == [(2000, 1)]
        assert not (await till.call(WEAVER, "ListRefunds", pb.ListRefundsRequest())).refunds
        with pytest.raises(NotFound, match="SHOP_NOT_FOUND"):
            await till.call(WEAVER, "ListRefunds", pb.ListRefundsRequest(shop_id=str(KILN)))

    async def test_pages_newest_first(self, till: Till) -> None:
        _, paid = await till.paid()
        made = [
            (await till.call(STAFF, "RefundPayment", by_amount(paid.payment_id, 10), key=f"k{n}")).refund_id
            for n in range(3)
        ]
        first = await till.call(STAFF, "ListRefunds", pb.ListRefundsRequest(page_size=2))
        rest = await till.call(STAFF, "ListRefunds", pb.ListRefundsRequest(page_token=first.next_page_token))
        assert [refund.refund_id for refund in (*first.refunds, *rest.refunds)] == made[::-1]
