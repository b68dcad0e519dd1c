"""The rules of orders, over all that can be."""

import contextlib
import itertools
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh.errors import FailedPrecondition, InvalidArgument
from mesh.money import Money
from services.order.domain.address import Address
from services.order.domain.attempt import Attempt
from services.order.domain.order import Order
from services.order.domain.placing import new_order
from services.order.domain.pricing import (
    Basket,
    BasketLine,
    Offer,
    PricedCart,
    Shop,
    check_seen,
    price_cart,
    seen_in_cart,
)
from services.order.domain.request import PaymentSource, PlaceRequest, check_sources, plan_attempts
from services.order.domain.saga import (
    Goal,
    Known,
    PaymentReport,
    RefundAnswer,
    Saga,
    SagaState,
    Step,
    StockAnswer,
    next_step,
)
from services.order.domain.status import (
    DEAD_ATTEMPTS,
    TAKEN_ATTEMPTS,
    AttemptState,
    FulfilmentState,
    OrderState,
    OrderStatus,
    PaymentState,
    fulfilment_of,
    status_of,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ADDRESS = Address("Ada", "1 Road", "", "London", "", "", "GB", "")


def euros(amount: int) -> Money:
    return Money("EUR", amount)


def make_cart(*prices: int, quantity: int = 1) -> PricedCart:
    """A cart with one line from each of as many shops."""
    shops = [Shop(uuid.uuid4(), f"Shop {i}", verified=True, commission_bps=1000) for i, _ in enumerate(prices)]
    offers = [
        Offer(uuid.uuid4(), uuid.uuid4(), shop.shop_id, "Thing", "", {}, "", euros(price), purchasable=True)
        for shop, price in zip(shops, prices, strict=True)
    ]
    lines = [
        BasketLine(offer.variant_id, offer.product_id, offer.shop_id, offer.title, quantity, offer.price)
        for offer in offers
    ]
    basket = Basket(uuid.uuid4(), 1, lines)
    return price_cart(basket, {offer.variant_id: offer for offer in offers}, {shop.shop_id: shop for shop in shops})


def make_order(*prices: int, quantity: int = 1) -> Order:
    cart = make_cart(*(prices or (1000,)), quantity=quantity)
    request = PlaceRequest(ADDRESS, ADDRESS, (), cart.sums.total, None)
    total = cart.sums.total
    attempts = [Attempt(uuid.uuid4(), "stripe", "pm_card_visa", total, "k1")] if total else []
    return new_order(uuid.uuid4(), cart, request, attempts, "k1", NOW)


class TestStatus:
    @pytest.mark.parametrize(
        ("state", "payment", "fulfilment"), list(itertools.product(OrderState, PaymentState, FulfilmentState))
    )
    def test_the_first_line_that_holds_decides(
        self, state: OrderState, payment: PaymentState, fulfilment: FulfilmentState
    ) -> None:
        lines: list[tuple[bool, OrderStatus]] = [
            (state is OrderState.REJECTED, OrderStatus.REJECTED),
            (state is OrderState.CANCELLED, OrderStatus.CANCELLED),
            (payment is PaymentState.REFUNDED, OrderStatus.REFUNDED),
            (state is OrderState.COMPLETED, OrderStatus.COMPLETED),
            (fulfilment in {"DELIVERED", "RETURNED"}, OrderStatus.DELIVERED),
            (fulfilment in {"SHIPPED", "PARTIALLY_SHIPPED"}, OrderStatus.SHIPPED),
            (fulfilment == "PROCESSING", OrderStatus.PROCESSING),
            (payment in {"PAID", "PARTIALLY_REFUNDED", "DISPUTED"}, OrderStatus.PAID),
            (payment in {"UNPAID", "REQUIRES_ACTION", "DECLINED", "AUTHORIZED"}, OrderStatus.PENDING),
        ]
        assert status_of(state, payment, fulfilment) == next(status for holds, status in lines if holds)

    @pytest.mark.parametrize("parts", list(itertools.product(FulfilmentState, repeat=3)))
    def test_the_goods_stand_between_their_parts(self, parts: tuple[FulfilmentState, ...]) -> None:
        order = list(FulfilmentState)
        whole = order.index(fulfilment_of(parts))
        assert min(map(order.index, parts)) <= whole <= max(map(order.index, parts))
        sent = {"SHIPPED", "DELIVERED", "RETURNED"}
        assert (fulfilment_of(parts) in sent) is all(part in sent for part in parts)
        assert (fulfilment_of(parts) == "UNFULFILLED") is all(part == "UNFULFILLED" for part in parts)


class TestPricing:
    @given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.integers(1, 999))
    def test_the_parts_sum_to_the_whole(self, prices: list[int], quantity: int) -> None:
        cart = make_cart(*prices, quantity=quantity)
        assert sum(part.total.amount for _, part in cart.sums_by_shop()) == cart.sums.total.amount
        order = make_order(*prices, quantity=quantity)
        assert sum((line.total + line.shipping).amount for line in order.lines) == order.total.amount

    def test_an_empty_cart_has_no_price(self) -> None:
        with pytest.raises(FailedPrecondition, match="CART_EMPTY"):
            price_cart(Basket(None, 0, ()), {}, {})

    def test_names_every_line_that_is_gone(self) -> None:
        line = BasketLine(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), "Thing", 1, euros(1))
        with pytest.raises(FailedPrecondition, match="ITEM_UNAVAILABLE") as refused:
            price_cart(Basket(uuid.uuid4(), 1, [line, line]), {}, {})
        assert len(refused.value.violations) == 2

    def test_a_suspended_shop_sells_nothing(self) -> None:
        shop = Shop(uuid.uuid4(), "Shop", verified=False, commission_bps=0)
        offer = Offer(uuid.uuid4(), uuid.uuid4(), shop.shop_id, "T", "", {}, "", euros(1), purchasable=True)
        line = BasketLine(offer.variant_id, offer.product_id, shop.shop_id, "T", 1, euros(1))
        with pytest.raises(FailedPrecondition, match="ITEM_UNAVAILABLE"):
            price_cart(Basket(uuid.uuid4(), 1, [line]), {offer.variant_id: offer}, {shop.shop_id: shop})

    def test_two_currencies_are_refused(self) -> None:
        shop = Shop(uuid.uuid4(), "Shop", verified=True, commission_bps=0)
        offers = [
            Offer(uuid.uuid4(), uuid.uuid4(), shop.shop_id, "T", "", {}, "", Money(currency, 1), purchasable=True)
            for currency in ("EUR", "JPY")
        ]
        lines = [BasketLine(o.variant_id, o.product_id, shop.shop_id, "T", 1, o.price) for o in offers]
        with pytest.raises(FailedPrecondition, match="CURRENCY_MISMATCH"):
            price_cart(Basket(uuid.uuid4(), 1, lines), {o.variant_id: o for o in offers}, {shop.shop_id: shop})

    def test_what_was_seen_in_another_currency_has_changed(self) -> None:
        cart = make_cart(100)
        with pytest.raises(FailedPrecondition, match="PRICE_CHANGED"):
            check_seen(cart, Money("USD", 100), seen_in_cart(cart))


class TestRequest:
    def test_only_known_providers_are_asked(self) -> None:
        with pytest.raises(InvalidArgument, match="PAYMENT_UNSUPPORTED") as refused:
            check_sources([PaymentSource("abacus", "t", "")])
        assert "payments[0].provider" in refused.value.fields

    @pytest.mark.parametrize("twice", [PaymentSource("", "t", ""), PaymentSource("", "", "", wallet=True)])
    def test_one_card_and_the_wallet_at_most(self, twice: PaymentSource) -> None:
        with pytest.raises(InvalidArgument, match="PAYMENT_UNSUPPORTED"):
            check_sources([twice] * 2)

    def test_the_wallet_needs_no_token(self) -> None:
        with pytest.raises(InvalidArgument, match="PAYMENT_UNSUPPORTED") as refused:
            check_sources([PaymentSource("", "t", ""), PaymentSource("", "t", "", wallet=True)])
        assert "payments[1].wallet" in refused.value.fields

    @pytest.mark.parametrize(("token", "saved"), [("", ""), ("pm_1", str(uuid.UUID(int=7)))])
    def test_a_payment_needs_its_token_or_a_saved_method(self, token: str, saved: str) -> None:
        with pytest.raises(InvalidArgument, match="PAYMENT_REQUIRED"):
            check_sources([PaymentSource("stripe", token, saved)])

    @pytest.mark.parametrize(("token", "saved"), [("pm_1", ""), ("", str(uuid.UUID(int=7)))])
    def test_an_attempt_tells_a_saved_method_from_a_token(self, token: str, saved: str) -> None:
        check_sources([PaymentSource("stripe", token, saved)])
        nothing = Money("EUR", 0)
        (attempt,) = plan_attempts([PaymentSource("stripe", token, saved)], Money("EUR", 100), "key", nothing)
        assert attempt.saved_method_id == saved


def situations() -> Iterator[tuple[Order, Saga, Known]]:
    """Every combination of what is stored and what a run may have learned."""
    reports = [None, *AttemptState]
    for goal, saga_state, attempt, stock, report, begun, released, refund, overdue, paid in itertools.product(
        Goal,
        (SagaState.RUNNING, SagaState.WAITING),
        (*AttemptState, None),
        (None, *StockAnswer),
        reports,
        (True, False),
        (True, False),
        (None, *RefundAnswer),
        (True, False),
        (True, False),
    ):
        order = make_cached_order(attempt)
        order.state = OrderState.CONFIRMED if paid else OrderState.OPEN
        due = NOW - timedelta(seconds=1) if overdue else NOW + timedelta(seconds=1)
        saga = Saga(order.order_id, goal, saga_state, due)
        payment = PaymentReport(uuid.UUID(int=1), report) if report else None
        yield order, saga, Known(begun, stock, payment=payment, released=released, refund=refund)


_ORDERS: dict[AttemptState | None, Order] = {}


def make_cached_order(attempt: AttemptState | None) -> Order:
    if attempt not in _ORDERS:
        order = make_order(1000 if attempt else 0)
        if attempt:
            order.attempts[0].state = attempt
        _ORDERS[attempt] = order
    return _ORDERS[attempt]


class TestNextStep:
    def test_never_confirms_without_goods_and_money(self) -> None:
        for order, saga, known in situations():
            if next_step(order, saga, known, NOW) is Step.CONFIRM:
                assert known.stock is StockAnswer.HELD
                assert known.is_captured or not order.total

    def test_never_rejects_what_may_have_taken_money(self) -> None:
        for order, saga, known in situations():
            if next_step(order, saga, known, NOW) is Step.REJECT:
                sure = known.payment is not None and known.payment.state in DEAD_ATTEMPTS
                assert sure or not known.payment_may_run or order.live_attempt is None

    def test_never_cancels_with_money_kept(self) -> None:
        for order, saga, known in situations():
            if next_step(order, saga, known, NOW) is not Step.CANCEL:
                continue
            if order.state is OrderState.CONFIRMED:
                assert known.refund is not None or not order.total
            elif order.live_attempt is not None:
                assert known.payment is not None
                assert known.refund is not None or known.payment.state in DEAD_ATTEMPTS

    def test_never_refunds_what_was_not_taken(self) -> None:
        for order, saga, known in situations():
            if next_step(order, saga, known, NOW) is Step.REFUND and saga.goal is not Goal.REFUND:
                assert known.is_captured or order.state is OrderState.CONFIRMED

    def test_pays_only_what_is_held(self) -> None:
        for order, saga, known in situations():
            if next_step(order, saga, known, NOW) is Step.PAY:
                assert known.stock is StockAnswer.HELD
                assert saga.goal is Goal.PAY

    def test_nothing_is_done_twice_in_one_run(self) -> None:
        for order, saga, known in situations():
            step = next_step(order, saga, known, NOW)
            assert not (step is Step.RESERVE and known.stock is not None)
            assert not (step in {Step.PAY, Step.GIVE_UP_PAYMENT} and known.payment is not None)
            assert not (step is Step.REFUND and known.refund is not None)
            assert not (step is Step.RELEASE and known.released)

    def test_a_saga_at_its_end_does_nothing(self) -> None:
        for order, saga, known in itertools.islice(situations(), 1000):
            saga.state = SagaState.DONE
            assert next_step(order, saga, known, NOW) is Step.NOTHING

    @pytest.mark.parametrize("goal", [Goal.PAY, Goal.CANCEL])
    @pytest.mark.parametrize("stock", StockAnswer)
    @pytest.mark.parametrize("payment", [*(DEAD_ATTEMPTS | {AttemptState.CAPTURED, AttemptState.REQUIRES_ACTION})])
    @pytest.mark.parametrize("may_run", [True, False])
    @pytest.mark.parametrize("overdue", [True, False])
    def test_every_run_comes_to_rest(
        self,
        goal: Goal,
        stock: StockAnswer,
        payment: AttemptState,
        may_run: bool,  # noqa: FBT001  # a parameter of the test
        overdue: bool,  # noqa: FBT001  # as above
    ) -> None:
        order = make_order()
        due = NOW + timedelta(seconds=-1 if overdue else 1)
        saga = Saga(order.order_id, goal, SagaState.WAITING if overdue else SagaState.RUNNING, due)
        known = Known(may_run)
        for _ in range(8):
            step = next_step(order, saga, known, NOW)
            if step in {Step.CONFIRM, Step.WAIT, Step.REJECT, Step.CANCEL, Step.NOTHING}:
                return
            take(step, saga, known, stock, payment)
        pytest.fail(f"still at {step}")


def take(step: Step, saga: Saga, known: Known, stock: StockAnswer, payment: AttemptState) -> None:
    """What the world answers to a step."""
    match step:
        case Step.RESERVE:
            known.stock = stock
        case Step.PAY:
            known.payment = PaymentReport(uuid.UUID(int=1), payment)
        case Step.GIVE_UP_PAYMENT:
            given_up = payment if payment in TAKEN_ATTEMPTS | DEAD_ATTEMPTS else AttemptState.CANCELLED
            known.payment = PaymentReport(uuid.UUID(int=1), given_up)
        case Step.TURN:
            saga.goal, saga.state = Goal.CANCEL, SagaState.RUNNING
        case Step.REFUND:
            known.refund = RefundAnswer.DONE
        case Step.RELEASE:
            known.released = True
        case _:
            pytest.fail(f"nobody takes {step}")


class TestOrder:
    def test_history_holds_changes_of_the_status_alone(self) -> None:
        order = make_order()
        order.learn(AttemptState.DECLINED, "card_declined", NOW)
        order.begin_attempts([Attempt(uuid.uuid4(), "stripe", "t", order.total, "k2")], NOW)
        order.confirm(NOW)
        assert [change.status for change in order.history] == [OrderStatus.PENDING, OrderStatus.PAID]
        assert order.version == 4

    def test_cannot_be_confirmed_twice(self) -> None:
        order = make_order()
        order.confirm(NOW)
        with pytest.raises(AssertionError):
            order.confirm(NOW)

    @given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
    def test_never_sends_more_than_was_bought(self, quantities: list[int]) -> None:
        order = make_order(500, quantity=7)
        order.confirm(NOW)
        part = order.parts[0]
        line = part.lines[0]
        for quantity in quantities:
            with contextlib.suppress(FailedPrecondition):
                order.ship(part, uuid.uuid4(), "DHL", "", {line.line_id: quantity} if quantity else {}, NOW)
        sent = sum(sum(shipment.quantities.values()) for shipment in part.shipments)
        assert sent == line.shipped_quantity <= 7
        assert (part.fulfilment is FulfilmentState.SHIPPED) is (sent == 7)

    @pytest.mark.parametrize("move", ["process", "ship", "deliver"])
    def test_sends_nothing_that_is_not_paid(self, move: str) -> None:
        order = make_order()
        part = order.parts[0]
        moves = {
            "process": lambda: order.process(part, NOW),
            "ship": lambda: order.ship(part, uuid.uuid4(), "DHL", "", {}, NOW),
            "deliver": lambda: order.deliver(part, NOW),
        }
        with pytest.raises(FailedPrecondition, match="INVALID_TRANSITION"):
            moves[move]()
