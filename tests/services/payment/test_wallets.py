"""Store credit: given, held, spent, and given back."""

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from souk.money.v1.money_pb2 import Money as MoneyMessage
from souk.payment.v1 import payment_method_service_pb2, payment_pb2, wallet_service_pb2
from souk.payment.v1 import payment_service_pb2 as pb
from souk.payment.v1.refund_pb2 import RefundState
from souk.payment.v1.wallet_service_pb2_grpc import WalletServiceStub

from mesh import crash
from mesh.errors import FailedPrecondition, InvalidArgument, PermissionDenied, SoukError, Unavailable
from mesh.money import Money
from mesh.principal import Principal, acting_as, service_principal
from sandbox.errors import invalid
from sandbox.faults import Fault
from services.payment.domain.amounts import least_charge, step
from services.payment.domain.wallet import plan_wallet
from tests.services.payment.conftest import BUYER, KILN, LOOM, STAFF, WEAVER, Till, euros, line, request

State = payment_pb2.PaymentState.Value
DECLINED, NEEDS_ACTION = "pm_card_chargeDeclined", "pm_card_authenticationRequired"
OTHER = Principal(subject="01890000-0000-8000-8000-00000000000b", roles=frozenset({"CUSTOMER"}))
CURRENCIES = {"EUR": 2599, "JPY": 2599, "KWD": 25990}


async def call(till: Till, who: Principal, method: str, message: Any, key: str = "") -> Any:
    with acting_as(who):
        metadata = (("idempotency-key", key),) if key else ()
        return await getattr(till.market.stub(WalletServiceStub), method)(message, metadata=metadata)


async def credit(till: Till, amount: int, currency: str = "EUR", key: str = "", who: Principal = STAFF) -> Any:
    money = MoneyMessage(currency=currency, amount=amount)
    message = wallet_service_pb2.CreditWalletRequest(user_id=BUYER.subject, amount=money, reason="Sorry for the wait")
    return await call(till, who, "CreditWallet", message, key or str(uuid.uuid4()))


async def wallet(till: Till, who: Principal = BUYER) -> dict[str, tuple[int, int]]:
    """What is in a wallet, and what of it is held, by currency."""
    answer = await call(till, who, "GetWallet", wallet_service_pb2.GetWalletRequest())
    assert all(each.available.amount == each.balance.amount - each.held.amount for each in answer.balances)
    return {each.balance.currency: (each.balance.amount, each.held.amount) for each in answer.balances}


def alone(amount: int) -> pb.StartPaymentRequest:
    asked = request("", line(LOOM, amount, commission=amount // 10))
    asked.provider = "wallet"
    return asked


def beside(amount: int, token: str = "pm_card_visa", *lines: payment_pb2.PaymentLine) -> pb.StartPaymentRequest:
    """A sale of which the wallet pays so much."""
    asked = request(token, *lines)
    asked.amount.amount -= amount
    asked.wallet.payment_id = str(uuid.uuid4())
    asked.wallet.amount.CopyFrom(MoneyMessage(currency=asked.amount.currency, amount=amount))
    return asked


def in_currency(asked: pb.StartPaymentRequest, currency: str) -> pb.StartPaymentRequest:
    for money in (asked.amount, asked.wallet.amount, *(each.amount for each in asked.lines)):
        money.currency = currency
    return asked


class TestCreditWallet:
    async def test_is_borne_by_the_market(self, till: Till) -> None:
        entry = await credit(till, 1500)
        assert (entry.amount.amount, entry.balance.amount, entry.reason) == (1500, 1500, "Sorry for the wait")
        assert await till.balance() == {("store_credit_granted", ""): 1500, ("wallet_liability", ""): -1500}
        assert await wallet(till) == {"EUR": (1500, 0)}
        assert "AuditRecord" in await till.market.events("payment")
        assert await till.violations() == {}

    async def test_twice_with_one_key_is_once(self, till: Till) -> None:
        assert await credit(till, 1500, key="k1") == await credit(till, 1500, key="k1")
        assert await wallet(till) == {"EUR": (1500, 0)}

    @pytest.mark.parametrize("who", [BUYER, WEAVER])
    async def test_is_staff_s_alone(self, till: Till, who: Principal) -> None:
        with pytest.raises(PermissionDenied):
            await credit(till, 1500, who=who)

    @pytest.mark.parametrize(
        ("amount", "reason"), [(0, "NOT_POSITIVE"), (-5, "NOT_POSITIVE"), (10**9 + 1, "TOO_LARGE")]
    )
    async def test_refuses_what_nobody_means(self, till: Till, amount: int, reason: str) -> None:
        with pytest.raises(InvalidArgument, match=f"AMOUNT_{reason}"):
            await credit(till, amount)

    async def test_is_seen_by_its_owner_alone_newest_first(self, till: Till) -> None:
        made = [(await credit(till, amount)).entry_id for amount in (100, 200, 300)]
        assert await wallet(till, OTHER) == {}
        message = wallet_service_pb2.ListWalletEntriesRequest(page_size=2)
        first = await call(till, BUYER, "ListWalletEntries", message)
        message.page_token = first.next_page_token
        rest = await call(till, BUYER, "ListWalletEntries", message)
        assert [entry.entry_id for entry in (*first.entries, *rest.entries)] == made[::-1]
        assert not (await call(till, OTHER, "ListWalletEntries", message)).entries


class TestPayingAlone:
    async def test_takes_it_at_once(self, till: Till) -> None:
        await credit(till, 1500)
        asked = alone(1000)
        paid = await till.start(asked)
        assert (paid.state, paid.provider, paid.captured_amount.amount) == (State.CAPTURED, "wallet", 1000)
        assert (await till.start(asked)).captured_amount == paid.captured_amount
        assert await wallet(till) == {"EUR": (500, 0)}
        assert await till.balance(asked.order_id) == {
            ("wallet_liability", ""): 1000,
            ("seller_payable", str(LOOM)): -900,
            ("commission_earned", ""): -100,
        }
        assert await till.violations() == {}

    async def test_is_declined_where_there_is_less(self, till: Till) -> None:
        await credit(till, 999)
        refused = await till.start(alone(1000))
        assert (refused.state, refused.decline_reason) == (State.DECLINED, "wallet_too_low")
        assert await wallet(till) == {"EUR": (999, 0)}

    async def test_many_at_once_never_overdraw(self, till: Till) -> None:
        await credit(till, 2500)
        paid = await asyncio.gather(*(till.start(alone(1000)) for _ in range(6)))
        assert sorted(State.Name(each.state) for each in paid) == ["CAPTURED"] * 2 + ["DECLINED"] * 4
        assert await wallet(till) == {"EUR": (500, 0)}
        assert await till.violations() == {}

    async def test_is_given_back_to_the_wallet_at_once(self, till: Till) -> None:
        await credit(till, 1000)
        asked = alone(1000)
        await till.start(asked)
        message = pb.RefundPaymentRequest(payment_id=asked.payment_id, amount=euros(400), reason="A scratch")
        refund = await till.call(STAFF, "RefundPayment", message, key="r1")
        assert refund == await till.call(STAFF, "RefundPayment", message, key="r1")
        assert (refund.state, refund.amount.amount) == (RefundState.SUCCEEDED, 400)
        assert await wallet(till) == {"EUR": (400, 0)}
        assert await till.violations() == {}


class TestPayingBesideACard:
    @pytest.mark.parametrize("currency", CURRENCIES)
    async def test_takes_both_in_one_commit(self, till: Till, currency: str) -> None:
        total = CURRENCIES[currency]
        await credit(till, 700, currency)
        asked = in_currency(beside(700, "pm_card_visa", line(LOOM, total - 599, 3), line(KILN, 599)), currency)
        if currency == "KWD":
            asked.wallet.amount.amount, asked.amount.amount = 690, total - 690
        paid = await till.start(asked)
        assert (paid.state, paid.companion_id) == (State.CAPTURED, asked.wallet.payment_id)
        part = await till.status(asked.wallet.payment_id)
        assert (part.state, part.captured_amount) == (State.CAPTURED, asked.wallet.amount)
        assert await wallet(till) == {currency: (700 - asked.wallet.amount.amount, 0)}
        balance = await till.balance(asked.order_id)
        assert balance["provider_clearing", ""] == asked.amount.amount
        assert balance["wallet_liability", ""] == asked.wallet.amount.amount
        assert balance["seller_payable", str(LOOM)] + balance["seller_payable", str(KILN)] == -total
        assert await till.violations() == {}

    async def test_a_declined_card_sets_the_credit_free(self, till: Till) -> None:
        await credit(till, 700)
        asked = beside(700, DECLINED)
        assert (await till.start(asked)).state == State.DECLINED
        assert (await till.status(asked.wallet.payment_id)).state == State.CANCELLED
        assert await wallet(till) == {"EUR": (700, 0)}
        assert await till.violations() == {}

    async def test_too_little_credit_charges_no_card(self, till: Till) -> None:
        await credit(till, 699)
        refused = await till.start(beside(700))
        assert (refused.state, refused.decline_reason) == (State.DECLINED, "wallet_too_low")
        assert not refused.provider_reference
        assert await wallet(till) == {"EUR": (699, 0)}
        assert await till.violations() == {}

    async def test_is_held_while_the_buyer_authenticates(self, till: Till) -> None:
        await credit(till, 700)
        asked = beside(700, NEEDS_ACTION)
        assert (await till.start(asked)).state == State.REQUIRES_ACTION
        assert await wallet(till) == {"EUR": (700, 700)}
        assert (await till.start(alone(1))).state == State.DECLINED
        assert await till.violations() == {}
        cancelled = await till.order("CancelPayment", pb.CancelPaymentRequest(payment_id=asked.payment_id))
        assert cancelled.state == State.CANCELLED
        assert await wallet(till) == {"EUR": (700, 0)}

    async def test_an_answer_that_was_lost_is_found_again(self, till: Till) -> None:
        await credit(till, 700)
        till.faults.planned["/confirm"] = Fault(fail_after=True)
        asked = beside(700)
        assert (await till.start(asked)).state == State.CAPTURED
        assert await wallet(till) == {"EUR": (0, 0)}
        assert await till.violations() == {}


class TestRefundsOfBoth:
    async def sold(self, till: Till, *lines: payment_pb2.PaymentLine) -> pb.StartPaymentRequest:
        await credit(till, 1000)
        asked = beside(1000, "pm_card_visa", *lines)
        assert (await till.start(asked)).state == State.CAPTURED
        return asked

    async def test_each_gives_back_its_share(self, till: Till) -> None:
        asked = await self.sold(till, line(LOOM, 4000, 4, commission=400))
        units = [pb.RefundPaymentLine(line_id=asked.lines[0].line_id, quantity=1)]
        message = pb.RefundPaymentRequest(payment_id=asked.wallet.payment_id, lines=units, reason="Broken")
        refund = await till.call(WEAVER, "RefundPayment", message, key="r1")
        assert (refund.amount.amount, refund.state) == (1000, RefundState.SUCCEEDED)
        assert {part.payment_id: part.amount.amount for part in refund.parts} == {
            asked.payment_id: 750,
            asked.wallet.payment_id: 250,
        }
        assert [(each.quantity, each.amount.amount) for each in refund.lines] == [(1, 1000)]
        assert await wallet(till) == {"EUR": (250, 0)}
        assert await till.violations() == {}

    async def test_all_of_it_is_all_of_both(self, till: Till) -> None:
        asked = await self.sold(till)
        by_amount = pb.RefundPaymentRequest(payment_id=asked.payment_id, amount=euros(777), reason="")
        await till.call(STAFF, "RefundPayment", by_amount, key="r1")
        message = pb.RefundOrderRequest(
            refund_id=str(uuid.uuid4()), order_id=asked.order_id, payment_id=asked.payment_id
        )
        rest = await till.order("RefundOrder", message)
        assert rest.amount.amount == 2599 - 777
        assert await till.order("RefundOrder", message) == rest
        assert await wallet(till) == {"EUR": (1000, 0)}
        assert {account: sum_ for account, sum_ in (await till.balance(asked.order_id)).items() if sum_} == {}
        assert await till.violations() == {}
        with pytest.raises(FailedPrecondition, match="NOTHING_TO_REFUND"):
            await till.order("RefundOrder", pb.RefundOrderRequest(refund_id=str(uuid.uuid4()), order_id=asked.order_id))

    async def test_more_than_is_left_of_both_is_refused(self, till: Till) -> None:
        asked = await self.sold(till)
        message = pb.RefundPaymentRequest(payment_id=asked.payment_id, amount=euros(2600), reason="")
        with pytest.raises(FailedPrecondition, match="REFUND_TOO_LARGE"):
            await till.call(STAFF, "RefundPayment", message, key="r1")

    async def test_all_but_what_the_bank_has_taken_back(self, till: Till) -> None:
        asked = await self.sold(till)
        await till.market.rows(f"UPDATE payment.payments SET state = 'DISPUTED' WHERE id = '{asked.payment_id}'")  # noqa: S608
        message = pb.RefundPaymentRequest(payment_id=asked.payment_id, amount=euros(100), reason="")
        with pytest.raises(FailedPrecondition, match="PAYMENT_DISPUTED"):
            await till.call(STAFF, "RefundPayment", message, key="r1")
        rest = pb.RefundOrderRequest(refund_id=str(uuid.uuid4()), order_id=asked.order_id, payment_id=asked.payment_id)
        assert (await till.order("RefundOrder", rest)).amount.amount == 1000
        assert (await till.order("RefundOrder", rest)).amount.amount == 1000
        assert await wallet(till) == {"EUR": (1000, 0)}
        assert await till.violations() == {}

    async def test_the_card_s_share_that_fails_can_be_tried_again(self, till: Till) -> None:
        asked = await self.sold(till, line(LOOM, 4000, 4))
        units = [pb.RefundPaymentLine(line_id=asked.lines[0].line_id, quantity=4)]
        message = pb.RefundPaymentRequest(payment_id=asked.payment_id, lines=units, reason="")
        till.faults.planned["/refunds"] = Fault(refuse=invalid("The charge cannot be refunded.", param="amount"))
        refund = await till.call(STAFF, "RefundPayment", message, key="r1")
        assert refund.state == RefundState.FAILED
        assert await wallet(till) == {"EUR": (1000, 0)}
        again = await till.call(STAFF, "RefundPayment", message, key="r2")
        assert (again.state, again.amount.amount) == (RefundState.SUCCEEDED, 3000)
        assert await till.violations() == {}


class TestNeverBegun:
    async def test_what_was_given_up_cannot_be_begun_late(self, till: Till) -> None:
        await credit(till, 700)
        asked = beside(700)
        message = pb.CancelPaymentRequest(
            payment_id=asked.payment_id, order_id=asked.order_id, user_id=BUYER.subject, amount=asked.amount
        )
        assert (await till.order("CancelPayment", message)).state == State.CANCELLED
        late = await till.start(asked)
        assert (late.state, late.provider_reference) == (State.CANCELLED, "")
        assert await wallet(till) == {"EUR": (700, 0)}
        assert await till.violations() == {}


class TestSaveMethod:
    async def test_what_has_paid_is_kept_once(self, till: Till) -> None:
        asked = request()
        asked.save_method = True
        assert (await till.start(asked)).state == State.CAPTURED
        await till.start(asked)
        with acting_as(BUYER):
            kept = await till.methods.ListPaymentMethods(payment_method_service_pb2.ListPaymentMethodsRequest())
        assert [(each.brand, each.last4) for each in kept.payment_methods] == [("visa", "4242")]
        again = request("")
        again.saved_method_id = kept.payment_methods[0].payment_method_id
        assert (await till.start(again)).state == State.CAPTURED

    async def test_what_was_declined_is_not(self, till: Till) -> None:
        asked = request(DECLINED)
        asked.save_method = True
        await till.start(asked)
        with acting_as(BUYER):
            kept = await till.methods.ListPaymentMethods(payment_method_service_pb2.ListPaymentMethodsRequest())
        assert not kept.payment_methods


class Died(Exception):
    """Stands for the end of the process: nothing after it runs."""


_LABELS = [
    f"payment.{commit}.{side}_commit" for commit in ("p1", "p1b", "p2", "keep_used") for side in ("before", "after")
] + ["payment.provider_create.after_call", "payment.provider_confirm.after_call"]


@pytest.fixture
def bomb(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Kills the call once at the label that is put in."""
    armed: list[str] = []

    def point(label: str, of: str = "") -> None:  # noqa: ARG001  the signature of crash.point
        if label in armed:
            armed.remove(label)
            raise Died(label)

    monkeypatch.setattr(crash, "point", point)
    yield armed
    assert armed == []


@pytest.mark.parametrize("label", _LABELS)
async def test_dying_there_takes_both_once(till: Till, bomb: list[str], label: str) -> None:
    await credit(till, 700)
    asked = beside(700)
    asked.save_method = True
    bomb.append(label)
    with pytest.raises((Died, SoukError)):
        await till.start(asked)
    assert (await till.start(asked)).state == State.CAPTURED
    assert await wallet(till) == {"EUR": (0, 0)}
    assert await till.violations() == {}


@pytest.mark.parametrize("label", ["payment.r1_order.before_commit", "payment.r1_order.after_commit"])
async def test_dying_there_gives_both_back_once(till: Till, bomb: list[str], label: str) -> None:
    await credit(till, 700)
    asked = beside(700)
    await till.start(asked)
    message = pb.RefundOrderRequest(refund_id=str(uuid.uuid4()), order_id=asked.order_id)
    bomb.append(label)
    with pytest.raises((Died, SoukError)):
        await till.order("RefundOrder", message)
    assert (await till.order("RefundOrder", message)).state == RefundState.SUCCEEDED
    assert await wallet(till) == {"EUR": (700, 0)}
    assert await till.violations() == {}


class TestPlanWallet:
    @given(st.integers(1, 10**7), st.integers(0, 10**7), st.sampled_from(["EUR", "JPY", "KWD"]))
    def test_leaves_nothing_or_what_a_card_can_be_charged_with(self, total: int, available: int, currency: str) -> None:
        total *= step(currency)
        taken = plan_wallet(Money(currency, total), available).amount
        rest = total - taken
        assert 0 <= taken <= available
        assert rest == 0 or rest % step(currency) == 0
        assert rest == 0 or taken == 0 or rest >= least_charge(currency)
        assert rest < step(currency) + max(least_charge(currency), total - available)

    async def test_is_order_s_to_ask(self, till: Till) -> None:
        await credit(till, 700)
        message = wallet_service_pb2.PlanWalletRequest(user_id=BUYER.subject, amount=euros(1000))
        with acting_as(service_principal("order")):
            answer = await till.market.stub(WalletServiceStub, "order").PlanWallet(message)
        assert answer.wallet_amount.amount == 700
        with pytest.raises((PermissionDenied, Unavailable)):
            await call(till, STAFF, "PlanWallet", message)
