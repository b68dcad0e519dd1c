"""The rules of payments, refunds and the ledger."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh.errors import FailedPrecondition, Internal, InvalidArgument, NotFound
from mesh.money import Money
from sandbox.signature import sign
from services.payment.domain.amounts import NotChargeable, from_stripe, to_stripe
from services.payment.domain.ledger import Account, capture_entry, refund_entry
from services.payment.domain.lines import PaymentLine, Shares, make_line, require_sum
from services.payment.domain.payment import Observation, Payment, PaymentState
from services.payment.domain.refund import RefundLine
from services.payment.domain.refund_plan import plan_amount, plan_units
from services.payment.domain.webhook import parse_stripe, verify_signature

SHOP, OTHER_SHOP = uuid.uuid4(), uuid.uuid4()
CAPTURED = Observation(PaymentState.CAPTURED, captured=1000)


def make_payment(amount: int = 1000, **fields: object) -> Payment:
    ids = [uuid.uuid4() for _ in range(3)]
    return Payment(*ids, "stripe", Money("EUR", amount), datetime.now(UTC), **fields)  # type: ignore[arg-type]


def line(amount: int = 1000, quantity: int = 3, commission: int = 0, tax: int = 0, shipping: int = 0) -> PaymentLine:
    return make_line(uuid.uuid4(), SHOP, quantity, amount, commission, tax, shipping)


class TestObserve:
    def test_takes_a_capture_over(self) -> None:
        payment = make_payment()
        assert payment.observe(CAPTURED)
        assert (payment.state, payment.captured, payment.chargeable) == (PaymentState.CAPTURED, 1000, False)

    @pytest.mark.parametrize("late", [PaymentState.PENDING, PaymentState.REQUIRES_ACTION, PaymentState.DECLINED])
    def test_never_steps_back(self, late: PaymentState) -> None:
        payment = make_payment()
        payment.observe(CAPTURED)
        assert not payment.observe(Observation(late, chargeable=True))
        assert (payment.state, payment.captured, payment.chargeable) == (PaymentState.CAPTURED, 1000, False)

    @pytest.mark.parametrize("state", [PaymentState.DECLINED, PaymentState.CANCELLED, PaymentState.REQUIRES_ACTION])
    def test_never_overlooks_taken_money(self, state: PaymentState) -> None:
        payment = make_payment()
        payment.observe(Observation(state, chargeable=True))
        assert payment.observe(CAPTURED)

    def test_keeps_the_reason_of_a_refusal_only(self) -> None:
        payment = make_payment()
        payment.observe(Observation(PaymentState.REQUIRES_ACTION, decline_reason="earlier", chargeable=True))
        assert payment.decline_reason == ""
        payment.observe(Observation(PaymentState.DECLINED, decline_reason="insufficient_funds"))
        assert payment.decline_reason == "insufficient_funds"

    def test_refuses_another_amount_than_was_asked_for(self) -> None:
        with pytest.raises(Internal):
            make_payment(1001).observe(CAPTURED)

    def test_same_observation_moves_nothing(self) -> None:
        payment = make_payment()
        payment.observe(CAPTURED)
        assert not payment.observe(CAPTURED)


class TestRequireSame:
    def test_refuses_another_amount(self) -> None:
        payment = make_payment()
        with pytest.raises(FailedPrecondition, match="PAYMENT_MISMATCH"):
            payment.require_same(payment.order_id, Money("EUR", 999))


class TestRefundStates:
    def test_go_from_part_to_whole_and_back_again(self) -> None:
        payment = make_payment()
        payment.observe(CAPTURED)
        payment.set_aside(400)
        assert (payment.state, payment.refundable) == (PaymentState.CAPTURED, 600)
        payment.give_back(400)
        assert payment.state is PaymentState.PARTIALLY_REFUNDED
        payment.set_aside(600)
        payment.give_back(600)
        assert payment.state is PaymentState.REFUNDED
        payment.put_back(600, was_given=True)
        assert (payment.state, payment.refundable) == (PaymentState.PARTIALLY_REFUNDED, 600)

    def test_are_capped_by_what_is_left(self) -> None:
        payment = make_payment()
        payment.observe(CAPTURED)
        payment.set_aside(700)
        with pytest.raises(FailedPrecondition, match="REFUND_TOO_LARGE"):
            payment.set_aside(301)

    def test_nothing_was_taken(self) -> None:
        with pytest.raises(FailedPrecondition, match="NOTHING_TO_REFUND"):
            make_payment().set_aside(1)


class TestLines:
    def test_refuse_shares_above_the_amount(self) -> None:
        with pytest.raises(InvalidArgument, match="LINES_MISMATCH"):
            line(100, commission=60, tax=41)

    def test_refuse_another_sum(self) -> None:
        with pytest.raises(InvalidArgument, match="LINES_MISMATCH"):
            require_sum([line(100)], Money("EUR", 101))


class TestPlanUnits:
    def test_units_make_up_the_line_exactly(self) -> None:
        paid = line(1000, 3, commission=100, tax=160, shipping=33)
        amounts = []
        for _ in range(3):
            [taken] = plan_units([paid], {paid.line_id: 1}, "EUR")
            apply([paid], [taken])
            amounts.append(taken.shares.total)
        assert amounts == [333, 333, 334]
        assert paid.left == Shares()

    def test_no_quantity_means_all_that_is_left(self) -> None:
        paid = line(1000, 3)
        apply([paid], plan_units([paid], {paid.line_id: 1}, "EUR"))
        [taken] = plan_units([paid], {paid.line_id: 0}, "EUR")
        assert (taken.quantity, taken.shares.total) == (2, 667)

    def test_refuses_more_units_than_are_left(self) -> None:
        paid = line(1000, 3)
        with pytest.raises(FailedPrecondition, match="REFUND_TOO_LARGE"):
            plan_units([paid], {paid.line_id: 4}, "EUR")

    def test_refuses_a_line_of_another_payment(self) -> None:
        with pytest.raises(NotFound, match="LINE_NOT_FOUND"):
            plan_units([line()], {uuid.uuid4(): 1}, "EUR")

    def test_refuses_a_line_that_is_all_back(self) -> None:
        paid = line()
        apply([paid], plan_amount([paid], None, "EUR"))
        with pytest.raises(FailedPrecondition, match="NOTHING_TO_REFUND"):
            plan_units([paid], {paid.line_id: 1}, "EUR")


class TestPlanAmount:
    def test_spreads_over_lines_by_what_is_left(self) -> None:
        lines = [line(300), line(600)]
        assert [part.shares.total for part in plan_amount(lines, Money("EUR", 100), "EUR")] == [33, 67]

    def test_refuses_more_than_is_left(self) -> None:
        with pytest.raises(FailedPrecondition, match="REFUND_TOO_LARGE"):
            plan_amount([line(300)], Money("EUR", 301), "EUR")

    @given(
        lines=st.lists(st.tuples(*[st.integers(0, 10**7)] * 4).filter(any), min_size=1, max_size=6),
        amounts=st.lists(st.integers(1, 10**7), max_size=6),
        currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    )
    def test_any_refunds_take_no_share_below_nothing(
        self, lines: list[tuple[int, int, int, int]], amounts: list[int], currency: str
    ) -> None:
        paid = [PaymentLine(uuid.uuid4(), SHOP, 2, Shares(*shares)) for shares in lines]
        taken = 0
        for amount in amounts:
            left = sum(each.left.total for each in paid)
            if left == 0:
                break
            wanted = Money(currency, min(amount, left))
            planned = plan_amount(paid, wanted, currency)
            assert sum(part.shares.total for part in planned) == wanted.amount
            apply(paid, planned)
            taken += wanted.amount
            assert all(min(each.left.parts) >= 0 for each in paid)
        assert sum(each.refunded.total for each in paid) == taken


def apply(lines: list[PaymentLine], planned: list[RefundLine]) -> None:
    by_id = {each.line_id: each for each in lines}
    for part in planned:
        by_id[part.line_id].refunded += part.shares
        by_id[part.line_id].refunded_quantity += part.quantity


class TestLedger:
    def test_capture_owes_sellers_tax_and_shipping_and_earns_commission(self) -> None:
        shares = [(SHOP, Shares(700, 100, 150, 50)), (OTHER_SHOP, Shares(90, 10, 0, 0)), (SHOP, Shares(100))]
        entry = capture_entry(uuid.uuid4(), uuid.uuid4(), shares, Money("EUR", 1200))
        assert {(posting.account, posting.shop_id): posting.amount.amount for posting in entry.postings} == {
            (Account.PROVIDER_CLEARING, None): 1200,
            (Account.SELLER_PAYABLE, SHOP): -800,
            (Account.SELLER_PAYABLE, OTHER_SHOP): -90,
            (Account.COMMISSION_EARNED, None): -110,
            (Account.TAX_PAYABLE, None): -150,
            (Account.SHIPPING_PAYABLE, None): -50,
        }

    @given(st.lists(st.tuples(*[st.integers(0, 10**9)] * 4), min_size=1))
    def test_every_entry_sums_to_zero(self, parts: list[tuple[int, int, int, int]]) -> None:
        shares = [(uuid.uuid4(), Shares(*part)) for part in parts]
        total = Money("EUR", sum(share.total for _, share in shares))
        for make in (capture_entry, refund_entry):
            postings = make(uuid.uuid4(), uuid.uuid4(), shares, total).postings
            assert sum(posting.amount.amount for posting in postings) == 0


class TestAmounts:
    @pytest.mark.parametrize(
        ("currency", "ours", "theirs"),
        [("EUR", 2599, 2599), ("JPY", 500, 500), ("KWD", 2590, 2590), ("ISK", 500, 50000), ("MGA", 500, 5)],
    )
    def test_go_both_ways(self, currency: str, ours: int, theirs: int) -> None:
        assert to_stripe(Money(currency, ours)) == theirs
        assert from_stripe(theirs, currency) == ours

    @pytest.mark.parametrize(("currency", "amount"), [("KWD", 2595), ("MGA", 505)])
    def test_refuse_what_is_too_fine(self, currency: str, amount: int) -> None:
        with pytest.raises(NotChargeable):
            to_stripe(Money(currency, amount))


class TestSignature:
    BODY = b'{"id":"evt_1"}'
    NOW = 1_800_000_000

    @pytest.mark.parametrize("secret", ["old", "new"])
    def test_takes_either_secret(self, secret: str) -> None:
        verify_signature(self.BODY, sign(self.BODY, secret, self.NOW), ["old", "new"], self.NOW, 300)

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "t=,v1=",
            "v1=abc",
            "t=1800000000",
            sign(BODY, "forged", NOW),
            sign(b"{}", "new", NOW),
            sign(BODY, "new", NOW - 301),
            sign(BODY, "new", NOW + 301),
            sign(BODY, "", NOW),
        ],
    )
    def test_refuses_forged_and_stale_ones(self, header: str) -> None:
        with pytest.raises(InvalidArgument, match="WEBHOOK_SIGNATURE_INVALID"):
            verify_signature(self.BODY, header, ["old", "new"], self.NOW, 300)

    def test_without_a_secret_nothing_is_genuine(self) -> None:
        with pytest.raises(InvalidArgument):
            verify_signature(self.BODY, sign(self.BODY, "", self.NOW), [""], self.NOW, 300)


class TestParse:
    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id":1}', b"[" * 5000])
    def test_refuses_what_is_no_event(self, body: bytes) -> None:
        with pytest.raises(InvalidArgument, match="WEBHOOK_MALFORMED"):
            parse_stripe(body, livemode=False)

    def test_refuses_another_mode(self) -> None:
        body = b'{"id":"evt_1","type":"x","livemode":true,"data":{"object":{"id":"pi_1"}}}'
        with pytest.raises(InvalidArgument, match="WEBHOOK_REFUSED"):
            parse_stripe(body, livemode=False)
