"""Taking money, through the mesh, on a real store and a real sandbox."""

import asyncio
import uuid
from contextlib import suppress

import httpx
import pytest
from souk.payment.v1 import payment_service_pb2 as pb
from souk.payment.v1.payment_pb2 import PaymentState

from mesh.call import current_call
from mesh.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Unavailable
from mesh.pool import Connection, Pool
from sandbox.errors import ApiError
from sandbox.faults import Fault
from tests.services.payment.conftest import BUYER, KILN, LOOM, STAFF, WEAVER, Till, euros, line, request

State = PaymentState.Value


async def intents(till: Till) -> list[str]:
    return [intent.status for intent in (await till.stripe.v1.payment_intents.list_async({"limit": 100})).data]


class TestStartPayment:
    async def test_captures_and_posts_and_tells(self, till: Till) -> None:
        asked, paid = await till.paid()
        assert (paid.state, paid.captured_amount.amount, paid.client_secret) == (State.CAPTURED, 2599, "")
        assert await till.market.events("payment") == ["PaymentCaptured"]
        assert await till.balance(asked.order_id) == {
            ("provider_clearing", ""): 2599,
            ("seller_payable", str(LOOM)): -1400,
            ("seller_payable", str(KILN)): -539,
            ("commission_earned", ""): -260,
            ("tax_payable", ""): -300,
            ("shipping_payable", ""): -100,
        }
        intent = await till.stripe.v1.payment_intents.retrieve_async(paid.provider_reference)
        assert (intent.status, intent.metadata["order_id"], intent.transfer_group) == (
            "succeeded",
            asked.order_id,
            asked.order_id,
        )
        assert await till.violations() == {}

    async def test_every_call_to_the_provider_carries_a_stored_key(self, till: Till) -> None:
        asked, _ = await till.paid()
        await till.start(request("pm_card_chargeDeclined"))
        events = (await till.stripe.v1.events.list_async({"limit": 100})).data
        keys = {event.type: event.request.idempotency_key for event in events[::-1]}
        assert keys.pop("payment_intent.succeeded") == f"{asked.payment_id}-1-confirm"
        ours = {str(row["id"]) for row in await till.market.rows("SELECT id FROM payment.payments")}
        assert all(key[:36] in ours for key in keys.values())

    async def test_again_charges_once(self, till: Till) -> None:
        asked, paid = await till.paid()
        assert await till.start(asked) == paid
        assert await intents(till) == ["succeeded"]

    async def test_many_at_once_charge_once(self, till: Till) -> None:
        asked = request()
        answers = await asyncio.gather(*(till.start(asked) for _ in range(8)), return_exceptions=True)
        assert all(isinstance(answer, Unavailable) or answer.state == State.CAPTURED for answer in answers)
        assert (await till.start(asked)).state == State.CAPTURED
        assert (await intents(till)).count("succeeded") == 1
        assert await till.market.events("payment") == ["PaymentCaptured"]

    @pytest.mark.parametrize(
        ("token", "reason"),
        [
            ("pm_card_chargeDeclined", "generic_decline"),
            ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
            ("pm_card_nobody_knows", "payment_method_invalid"),
        ],
    )
    async def test_a_refusal_is_an_answer_and_final(self, till: Till, token: str, reason: str) -> None:
        asked = request(token)
        declined = await till.start(asked)
        assert (declined.state, declined.decline_reason, declined.client_secret) == (State.DECLINED, reason, "")
        assert await till.market.events("payment") == ["PaymentFailed"]
        assert await till.start(asked) == declined
        # Nobody can pay a refused intent later with its secret.
        assert set(await intents(till)) <= {"canceled"}
        assert await till.balance() == {}

    async def test_too_fine_an_amount_is_refused_before_the_provider(self, till: Till) -> None:
        asked = request()
        asked.amount.currency = "KWD"
        declined = await till.start(asked)
        assert (declined.state, declined.decline_reason) == (State.DECLINED, "amount_not_chargeable")

    async def test_refuses_the_id_of_another_payment(self, till: Till) -> None:
        asked, _ = await till.paid()
        other = request()
        other.payment_id = asked.payment_id
        with pytest.raises(FailedPrecondition, match="PAYMENT_MISMATCH"):
            await till.start(other)

    async def test_refuses_lines_of_another_sum(self, till: Till) -> None:
        asked = request()
        asked.amount.amount += 1
        with pytest.raises(InvalidArgument, match="LINES_MISMATCH"):
            await till.start(asked)

    async def test_is_for_order_alone(self, till: Till) -> None:
        with pytest.raises(PermissionDenied):
            await till.call(STAFF, "StartPayment", request())

    async def test_takes_three_commits(self, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
        commits = 0
        begin, acquire = Pool.begin, Pool.acquire

        async def count_transaction(pool: Pool, role: str, command: str) -> Connection:
            nonlocal commits
            commits += current_call() is not None
            return await begin(pool, role, command)

        async def count_statement_of_its_own(pool: Pool, role: str = "") -> Connection:
            nonlocal commits
            commits += current_call() is not None
            return await acquire(pool, role)

        monkeypatch.setattr(Pool, "begin", count_transaction)
        monkeypatch.setattr(Pool, "acquire", count_statement_of_its_own)
        await till.paid()
        assert commits == 3


class TestUnknownOutcome:
    @pytest.mark.parametrize("ending", ["/payment_intents", "/confirm"])
    @pytest.mark.parametrize(
        "fault", [Fault(fail_before=True), Fault(fail_after=True), Fault(withhold=1.5), Fault(delay=1.5)]
    )
    async def test_is_never_guessed(self, till: Till, ending: str, fault: Fault) -> None:
        asked = request()
        till.faults.planned[ending] = fault
        with suppress(Unavailable):
            assert (await till.start(asked)).state == State.CAPTURED
        await asyncio.sleep(max(fault.delay, fault.withhold))
        assert (await till.start(asked)).state == State.CAPTURED
        assert (await intents(till)).count("succeeded") == 1
        assert await till.market.events("payment") == ["PaymentCaptured"]
        assert (await till.balance())["provider_clearing", ""] == 2599

    async def test_after_a_rate_limit_the_same_call_goes_on(self, till: Till) -> None:
        asked = request()
        till.faults.planned["/confirm"] = Fault(refuse=ApiError(429, "invalid_request_error", "busy"))
        with pytest.raises(Unavailable):
            await till.start(asked)
        assert (await till.start(asked)).state == State.CAPTURED

    async def test_recovery_finds_what_was_taken(self, till: Till) -> None:
        asked = request()
        till.faults.planned["/confirm"] = Fault(delay=1.5)
        with pytest.raises(Unavailable):
            await till.start(asked)
        await asyncio.sleep(1)
        await till.make_due()
        await till.run_job("payment-recover")
        assert await till.market.events("payment") == ["PaymentCaptured"]

    async def test_recovery_begins_no_charge(self, till: Till) -> None:
        till.faults.planned["/confirm"] = Fault(fail_before=True)
        with pytest.raises(Unavailable):
            await till.start(request())
        await till.make_due()
        await till.run_job("payment-recover")
        assert await intents(till) == ["requires_confirmation"]

    async def test_recovery_gives_up_what_is_too_old(self, till: Till) -> None:
        asked = request("pm_card_authenticationRequired")
        await till.start(asked)
        await till.market.rows("UPDATE payment.payments SET create_time = now() - interval '2 hours'")
        await till.make_due()
        assert await till.violations() == {"I4": 1}
        await till.run_job("payment-recover")
        assert await intents(till) == ["canceled"]
        assert await till.market.events("payment") == ["PaymentRequiresAction", "PaymentFailed"]
        assert await till.violations() == {}


class TestAuthentication:
    @pytest.mark.parametrize(("outcome", "state"), [("succeed", State.CAPTURED), ("fail", State.DECLINED)])
    async def test_gives_a_secret_and_goes_on_after_it(self, till: Till, outcome: str, state: int) -> None:
        asked = request("pm_card_authenticationRequired")
        waiting = await till.start(asked)
        assert waiting.state == State.REQUIRES_ACTION
        assert waiting.client_secret.startswith(waiting.provider_reference)
        assert (await till.start(asked)).client_secret == waiting.client_secret
        async with httpx.AsyncClient() as browser:
            await browser.post(f"{till.origin}/authenticate/{waiting.client_secret}", data={"outcome": outcome})
        done = await till.status(asked.payment_id)
        assert (done.state, done.client_secret) == (state, "")

    async def test_the_secret_is_stored_nowhere(self, till: Till) -> None:
        waiting = await till.start(request("pm_card_authenticationRequired"))
        rows = await till.market.rows("SELECT p::text AS row FROM payment.payments p")
        assert waiting.client_secret not in rows[0]["row"]


class TestCancelPayment:
    async def test_closes_what_waits_for_the_buyer(self, till: Till) -> None:
        asked = request("pm_card_authenticationRequired")
        await till.start(asked)
        cancelled = await till.order("CancelPayment", pb.CancelPaymentRequest(payment_id=asked.payment_id))
        assert cancelled.state == State.CANCELLED
        assert await intents(till) == ["canceled"]
        assert (await till.start(asked)).state == State.CANCELLED

    async def test_leaves_what_was_taken(self, till: Till) -> None:
        asked, _ = await till.paid()
        kept = await till.order("CancelPayment", pb.CancelPaymentRequest(payment_id=asked.payment_id))
        assert kept.state == State.CAPTURED

    async def test_before_the_provider_knows(self, till: Till) -> None:
        asked = request()
        till.faults.planned["/payment_intents"] = Fault(fail_before=True)
        with pytest.raises(Unavailable):
            await till.start(asked)
        cancelled = await till.order("CancelPayment", pb.CancelPaymentRequest(payment_id=asked.payment_id))
        assert cancelled.state == State.CANCELLED
        assert (await till.start(asked)).state == State.CANCELLED

    async def test_while_the_provider_is_being_told(self, till: Till) -> None:
        asked = request()
        till.faults.planned["/payment_intents"] = Fault(withhold=0.5)
        starting = asyncio.create_task(till.start(asked))
        await asyncio.sleep(0.2)
        cancelled = await till.order("CancelPayment", pb.CancelPaymentRequest(payment_id=asked.payment_id))
        assert (cancelled.state, (await starting).state) == (State.CANCELLED, State.CANCELLED)
        assert "succeeded" not in await intents(till)

    async def test_there_is_none(self, till: Till) -> None:
        with pytest.raises(NotFound, match="PAYMENT_NOT_FOUND"):
            await till.order("CancelPayment", pb.CancelPaymentRequest(payment_id=str(uuid.uuid4())))


class TestGetPayment:
    async def test_shows_the_buyer_without_the_secret(self, till: Till) -> None:
        asked = request("pm_card_authenticationRequired")
        await till.start(asked)
        shown = await till.call(BUYER, "GetPayment", pb.GetPaymentRequest(payment_id=asked.payment_id))
        assert (shown.state, shown.client_secret) == (State.REQUIRES_ACTION, "")

    async def test_is_not_there_for_others(self, till: Till) -> None:
        asked, _ = await till.paid(line(LOOM, 500))
        with pytest.raises(NotFound, match="PAYMENT_NOT_FOUND"):
            await till.call(WEAVER, "GetPayment", pb.GetPaymentRequest(payment_id=asked.payment_id))
        await till.call(STAFF, "GetPayment", pb.GetPaymentRequest(payment_id=asked.payment_id))


class TestLedger:
    async def test_refuses_an_unbalanced_entry_and_any_change(self, till: Till) -> None:
        await till.paid()
        for query in (
            "UPDATE payment.ledger_postings SET amount = amount + 1",
            "DELETE FROM payment.ledger_postings",
            "DELETE FROM payment.ledger_transactions",
            "INSERT INTO payment.ledger_postings (transaction_id, account, amount, currency) "
            "SELECT id, 'rounding', 1, 'EUR' FROM payment.ledger_transactions",
        ):
            with pytest.raises(Exception, match="ledger"):
                await till.market.rows(query)

    async def test_lists_postings_by_page(self, till: Till) -> None:
        asked, _ = await till.paid()
        first = await till.call(STAFF, "ListPostings", pb.ListPostingsRequest(order_id=asked.order_id, page_size=4))
        rest = await till.call(
            STAFF, "ListPostings", pb.ListPostingsRequest(order_id=asked.order_id, page_token=first.next_page_token)
        )
        postings = [*first.postings, *rest.postings]
        assert (len(first.postings), len(postings), rest.next_page_token) == (4, 6, "")
        assert sum(posting.amount.amount for posting in postings) == 0
        assert {posting.kind for posting in postings} == {"CAPTURE"}
        with pytest.raises(PermissionDenied):
            await till.call(BUYER, "ListPostings", pb.ListPostingsRequest())

    async def test_totals_are_equal(self, till: Till) -> None:
        await till.paid()
        [total] = (await till.call(STAFF, "GetTrialBalance", pb.GetTrialBalanceRequest())).totals
        assert total.debit == total.credit == euros(2599)
