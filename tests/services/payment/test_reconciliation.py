"""The ledger against the provider's books."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from souk.payment.v1 import ledger_service_pb2, reconciliation_pb2

from mesh.errors import InvalidArgument, PermissionDenied, Unavailable
from mesh.principal import acting_as
from tests.services.payment.conftest import LOOM, STAFF, WEAVER, Till, line
from tests.services.payment.test_disputes import decided, disputed
from tests.services.payment.test_payouts import pay, refund


async def reconcile(till: Till, **span: Timestamp) -> reconciliation_pb2.Reconciliation:
    if not span:
        # The provider's clock is cut to seconds.
        span = {"end_time": stamp(datetime.now(UTC) + timedelta(seconds=2))}
    with acting_as(STAFF):
        return await till.books.ReconcileLedger(ledger_service_pb2.ReconcileLedgerRequest(**span))


async def listed(till: Till, principal: Any = STAFF) -> list[reconciliation_pb2.Reconciliation]:
    with acting_as(principal):
        answer = await till.books.ListReconciliations(ledger_service_pb2.ListReconciliationsRequest())
    return list(answer.reconciliations)


def stamp(time: datetime) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(time)
    return made


class TestReconcileLedger:
    async def test_everything_that_can_happen_is_in_both_books(self, till: Till) -> None:
        _, paid = await till.paid(line(LOOM, 5000, commission=500))
        await refund(till, paid.payment_id, 1000)
        await pay(till)
        await refund(till, paid.payment_id, 1000, key="second")
        await till.run_job("payment-reclaim")
        _, dispute = await disputed(till)
        await decided(till, dispute, "winning_evidence")
        made = await reconcile(till)
        assert list(made.differences) == []
        # Two charges, two refunds, a transfer, its reversal, and a dispute there and back.
        assert (made.transaction_count, made.fee_count) == (8, 3)

    async def test_after_it_the_clearing_account_is_the_provider_s_balance(self, till: Till) -> None:
        await disputed(till)
        await reconcile(till)
        booked = (await till.stripe.v1.balance_transactions.list_async()).data
        assert (await till.balance())["provider_clearing", ""] == sum(each.net for each in booked)
        assert (await reconcile(till)).fee_count == 0
        assert await till.violations() == {}

    async def test_names_what_only_the_provider_has(self, till: Till) -> None:
        await till.paid()
        foreign = await till.stripe.v1.payment_intents.create_async(
            {"amount": 700, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
        )
        differences = (await reconcile(till)).differences
        assert [(each.kind, each.provider_reference, each.provider_amount.amount) for each in differences] == [
            ("NOT_IN_LEDGER", foreign.id, 700)
        ]

    async def test_names_what_only_the_ledger_has(self, till: Till) -> None:
        asked, paid = await till.paid()
        await till.market.rows("UPDATE payment.payments SET provider_reference = 'pi_gone'")
        differences = (await reconcile(till)).differences
        assert {(each.kind, each.provider_reference) for each in differences} == {
            ("NOT_AT_PROVIDER", "pi_gone"),
            ("NOT_IN_LEDGER", paid.provider_reference),
        }
        ours = next(each for each in differences if each.kind == "NOT_AT_PROVIDER")
        assert (ours.ledger_reference, ours.ledger_amount.amount) == (f"CAPTURE {asked.payment_id}", 2599)

    async def test_keeps_its_reports(self, till: Till) -> None:
        await till.paid()
        first, second = await reconcile(till), await reconcile(till)
        assert [each.reconciliation_id for each in await listed(till)] == [
            second.reconciliation_id,
            first.reconciliation_id,
        ]
        with pytest.raises(PermissionDenied):
            await listed(till, WEAVER)

    async def test_refuses_a_span_that_makes_no_sense(self, till: Till) -> None:
        now = datetime.now(UTC)
        with pytest.raises(InvalidArgument, match="SPAN_INVALID"):
            await reconcile(till, begin_time=stamp(now), end_time=stamp(now))
        with pytest.raises(InvalidArgument, match="SPAN_INVALID"):
            await reconcile(till, begin_time=stamp(now - timedelta(days=32)), end_time=stamp(now))

    async def test_a_provider_that_does_not_answer_leaves_no_report(self, till: Till) -> None:
        books = till.market.node.parts["payment"].servicers
        reconciling = next(each for each in books if hasattr(each, "_reconciling"))._reconciling
        reconciling._books._transactions._requestor._options.base_addresses = {"api": "http://127.0.0.1:1"}
        with pytest.raises(Unavailable, match="PROVIDER_UNAVAILABLE"):
            await reconcile(till)
        assert await listed(till) == []


class TestDaily:
    async def test_runs_once_for_each_day(self, till: Till) -> None:
        for _ in range(2):
            await till.run_job("payment-reconcile")
        reports = await listed(till)
        assert [each.end_time.ToDatetime().hour for each in reports] == [0]
        assert reports[0].end_time.seconds - reports[0].begin_time.seconds == 86400
