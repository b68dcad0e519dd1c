"""Whatever happens in whatever order, the ledger sums to zero and tells what was earned."""

import uuid
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh.errors import FailedPrecondition
from mesh.ids import new_id
from mesh.money import Money
from services.payment.domain import movements
from services.payment.domain.dispute import Dispute, DisputeState, held_shares
from services.payment.domain.ledger import EARNINGS, Account, Entry, EntryKind, capture_entry, refund_entry
from services.payment.domain.lines import PaymentLine, divide_lines, make_line
from services.payment.domain.payment import Observation, Payment, PaymentState
from services.payment.domain.payout import (
    OpenOrder,
    PayoutItem,
    PayoutState,
    Reversal,
    Terms,
    plan_payout,
    plan_reversals,
    require_verified,
)
from services.payment.domain.refund_plan import plan_shared
from services.payment.domain.wallet import credit_entry, new_credit

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SHOPS = [uuid.UUID(int=1), uuid.UUID(int=2)]
TERMS = Terms(timedelta(days=7), 0, 0)
MOVES_ORDERS = {EntryKind.CAPTURE, EntryKind.REFUND, EntryKind.REFUND_REVERSAL}


class Books:
    """The payments, the ledger and the provider's balance in memory, with the real rules between them."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.entries: list[Entry] = []
        # The payments of each sale with their lines, the card's first.
        self.sales: list[list[tuple[Payment, list[PaymentLine]]]] = []
        self.buyer = new_id()
        self.wallet = 0
        self.items: list[PayoutItem] = []
        self.disputes: dict[uuid.UUID, Dispute] = {}
        self.provider = 0
        self.sellers: Counter[uuid.UUID] = Counter()

    def sell(self, amount: int, second: int, wallet: int = 0) -> None:
        step = 10 if self.currency == "KWD" else 1
        lines = [
            make_line(new_id(), shop, 3, price * step, price * step // 10, price * step // 5, 0)
            for shop, price in zip(SHOPS, (amount, second), strict=True)
        ]
        order_id, total = new_id(), Money(self.currency, (amount + second) * step)
        from_wallet = Money(self.currency, min(wallet, total.amount))
        taken, left = divide_lines(lines, from_wallet)
        self.sales.append([])
        if left_amount := total - from_wallet:
            self._take("stripe", order_id, left_amount, left)
            self.provider += left_amount.amount
        if from_wallet:
            self._credit(from_wallet)
            self._take("wallet", order_id, from_wallet, taken)
            self.wallet -= from_wallet.amount

    def _credit(self, amount: Money) -> None:
        self.entries.append(credit_entry(new_credit(self.buyer, amount, "A gift")))
        self.wallet += amount.amount

    def _take(self, provider: str, order_id: uuid.UUID, amount: Money, lines: list[PaymentLine]) -> None:
        payment = Payment(new_id(), order_id, self.buyer, provider, amount, NOW)
        payment.observe(Observation(PaymentState.CAPTURED, captured=amount.amount))
        shares = [(line.shop_id, line.paid) for line in lines]
        self.entries.append(capture_entry(payment.id, order_id, shares, amount, payment.wallet_of))
        self.sales[-1].append((payment, lines))

    def refund(self, which: int, amount: int) -> None:
        wanted = Money(self.currency, amount)
        self._give_back(self.sales[which % len(self.sales)], None, wanted)

    def refund_unit(self, which: int, line: int) -> None:
        sale = self.sales[which % len(self.sales)]
        self._give_back(sale, {sale[0][1][line].line_id: 1}, None)

    def _give_back(
        self,
        sale: list[tuple[Payment, list[PaymentLine]]],
        units: dict[uuid.UUID, int] | None,
        amount: Money | None,
    ) -> None:
        if any(payment.state is PaymentState.DISPUTED for payment, _ in sale):
            return
        plans = plan_shared([lines for _, lines in sale], units, amount, self.currency)
        assert amount is None or sum(line.shares.total for plan in plans for line in plan) == amount.amount
        for (payment, lines), planned in zip(sale, plans, strict=True):
            if not planned:
                continue
            taken = sum(line.shares.total for line in planned)
            payment.set_aside(taken)
            for line in lines:
                for part in planned:
                    if part.line_id == line.line_id:
                        line.refunded += part.shares
                        line.refunded_quantity += part.quantity
            payment.give_back(taken)
            shares = [(part.shop_id, part.shares) for part in planned]
            back = Money(self.currency, taken)
            self.entries.append(refund_entry(new_id(), payment.order_id, shares, back, payment.wallet_of))
            if payment.is_wallet:
                self.wallet += taken
            else:
                self.provider -= taken

    def dispute(self, which: int) -> None:
        payment, lines = self.sales[which % len(self.sales)][0]
        if payment.is_wallet:
            return
        left = payment.captured - payment.refunded
        if payment.id in self.disputes or not left:
            return
        dispute = Dispute(new_id(), payment.id, payment.order_id, Money(self.currency, left), "fraudulent", "dp")
        payment.dispute()
        self.entries.append(movements.dispute_opened_entry(dispute, held_shares(lines, dispute.amount)))
        self.disputes[payment.id] = dispute
        self.provider -= left

    def decide(self, which: int, *, won: bool) -> None:
        payment, _ = self.sales[which % len(self.sales)][0]
        dispute = self.disputes.get(payment.id)
        if dispute is None or not dispute.close(DisputeState.WON if won else DisputeState.LOST):
            return
        opened = next(entry for entry in self.entries if entry.reference_id == dispute.id).postings
        if won:
            payment.regain()
            self.provider += dispute.amount.amount
            self.entries.append(movements.dispute_won_entry(dispute, opened))
        else:
            self.entries.append(movements.dispute_lost_entry(dispute, opened))

    def open_orders(self, shop: uuid.UUID) -> list[OpenOrder]:
        sums: defaultdict[uuid.UUID, int] = defaultdict(int)
        for entry in self.entries:
            for posting in entry.postings:
                if (posting.account, posting.shop_id) == (Account.SELLER_PAYABLE, shop):
                    sums[entry.order_id] -= posting.amount.amount
        return [OpenOrder(order_id, amount, NOW - timedelta(days=30)) for order_id, amount in sums.items() if amount]

    def pay(self, which: int, *, refused: bool) -> None:
        shop = SHOPS[which % 2]
        payout = plan_payout(shop, self.currency, self.open_orders(shop), 0, TERMS, NOW, "acct")
        if payout is None:
            return
        for item in payout.items:
            if item.offset:
                self.entries.append(movements.offset_entry(item))
            if item.amount.amount:
                self.entries.append(movements.payout_begun_entry(item))
                self._transfer(item, refused=refused)
        assert payout.settle()
        assert payout.amount.amount == sum(item.amount.amount for item in payout.items)
        assert sum(item.offset for item in payout.items) == 0

    def _transfer(self, item: PayoutItem, *, refused: bool) -> None:
        if refused:
            item.state = PayoutState.FAILED
            self.entries.append(movements.payout_failed_entry(item))
            return
        item.state, item.reference = PayoutState.PAID, f"tr_{item.id}"
        self.entries.append(movements.payout_paid_entry(item))
        self.provider -= item.amount.amount
        self.sellers[item.shop_id] += item.amount.amount
        self.items.append(item)

    def reclaim(self, which: int, *, refused: bool) -> None:
        shop = SHOPS[which % 2]
        debts = [order for order in self.open_orders(shop) if order.amount < 0]
        own = [item for item in self.items if item.shop_id == shop]
        for reversal in plan_reversals(debts, own):
            self._reverse(reversal, next(item for item in own if item.id == reversal.item_id), refused=refused)

    def _reverse(self, reversal: Reversal, item: PayoutItem, *, refused: bool) -> None:
        item.reversed += reversal.amount.amount
        assert item.reversed <= item.amount.amount
        self.entries.append(movements.reversal_begun_entry(reversal))
        if refused:
            item.reversed -= reversal.amount.amount
            item.is_out_of_reach = True
            self.entries.append(movements.reversal_failed_entry(reversal))
            return
        self.entries.append(movements.reversal_paid_entry(reversal))
        self.provider += reversal.amount.amount
        self.sellers[reversal.shop_id] -= reversal.amount.amount

    def balance(self, account: Account) -> int:
        postings = (posting for entry in self.entries for posting in entry.postings if posting.account is account)
        return sum(posting.amount.amount for posting in postings)

    def check(self) -> None:
        for entry in self.entries:
            assert sum(posting.amount.amount for posting in entry.postings) == 0, "I1"
            assert all(posting.amount.amount for posting in entry.postings)
        assert self.balance(Account.WALLET_LIABILITY) == -self.wallet <= 0
        for sale in self.sales:
            assert all(0 <= payment.refunded <= payment.captured for payment, _ in sale), "I7"
            earned = -sum(
                posting.amount.amount
                for entry in self.entries
                for posting in entry.postings
                if entry.order_id == sale[0][0].order_id and entry.kind in MOVES_ORDERS and posting.account in EARNINGS
            )
            assert earned == sum(payment.captured - payment.refunded for payment, _ in sale), "I8"
        assert self.balance(Account.PAYOUT_IN_TRANSIT) == 0
        assert self.balance(Account.PROVIDER_CLEARING) == self.provider
        assert all(received >= 0 for received in self.sellers.values())


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), st.integers(1, 9999), st.integers(1, 9999), st.integers(0, 9999)),
        st.tuples(st.just("refund_unit"), st.integers(0, 3), st.integers(0, 1)),
        st.tuples(st.just("refund"), st.integers(0, 3), st.integers(1, 999)),
        st.tuples(st.just("dispute"), st.integers(0, 9)),
        st.tuples(st.sampled_from(["win", "lose"]), st.integers(0, 9)),
        st.tuples(st.sampled_from(["pay", "pay_refused", "reclaim", "reclaim_refused"]), st.integers(0, 1)),
    ),
    max_size=40,
)


def do(books: Books, step: tuple[object, ...]) -> None:
    name, *arguments = step
    refused = {"refused": str(name).endswith("_refused")}
    options = {"pay": refused, "reclaim": refused, "decide": {"won": name == "win"}}
    verb = {"win": "decide", "lose": "decide"}.get(str(name), str(name).removesuffix("_refused"))
    getattr(books, verb)(*arguments, **options.get(verb, {}))


class TestAnySequence:
    @given(STEPS, st.sampled_from(["EUR", "JPY", "KWD"]))
    @settings(max_examples=400, deadline=None)
    def test_keeps_the_books(self, steps: list[tuple[object, ...]], currency: str) -> None:
        books = Books(currency)
        books.sell(5000, 700, 1234)
        # Paid out before anything else happens, so that refunds and disputes find it gone.
        books.pay(0, refused=False)
        books.pay(1, refused=False)
        for step in steps:
            try:
                do(books, step)
            except FailedPrecondition:
                # More than is left, or the bank has it.
                continue
            books.check()


def order(amount: int, days: int) -> OpenOrder:
    return OpenOrder(new_id(), amount, NOW - timedelta(days=days))


class TestPlanPayout:
    def plan(self, *orders: OpenOrder, terms: Terms = TERMS, lately: int = 0, currency: str = "EUR") -> int:
        payout = plan_payout(SHOPS[0], currency, orders, lately, terms, NOW, "acct")
        return 0 if payout is None else payout.amount.amount

    def test_leaves_what_is_too_fresh(self) -> None:
        assert self.plan(order(1000, 8), order(500, 6)) == 1000

    def test_takes_debts_first(self) -> None:
        assert self.plan(order(1000, 8), order(-300, 1)) == 700

    def test_carries_forward_what_is_owed_beyond(self) -> None:
        assert self.plan(order(1000, 8), order(-1300, 1)) == 0

    @pytest.mark.parametrize(("currency", "least"), [("EUR", 1000), ("JPY", 10), ("KWD", 10000)])
    def test_keeps_less_than_the_minimum(self, currency: str, least: int) -> None:
        terms = Terms(timedelta(days=7), 10, 0)
        assert self.plan(order(least - 1, 8), terms=terms, currency=currency) == 0
        assert self.plan(order(least, 8), terms=terms, currency=currency) == least

    def test_keeps_the_reserve_to_which_fresh_money_counts(self) -> None:
        terms = Terms(timedelta(days=7), 0, 1000)
        assert self.plan(order(1000, 8), terms=terms, lately=2000) == 800
        assert self.plan(order(1000, 8), order(200, 1), terms=terms, lately=2000) == 1000

    def test_leaves_what_the_provider_cannot_transfer(self) -> None:
        assert self.plan(order(12345, 8), currency="KWD") == 12340

    def test_pays_no_shop_that_is_not_verified(self) -> None:
        with pytest.raises(FailedPrecondition, match="SHOP_NOT_VERIFIED"):
            require_verified(SHOPS[0], verified=False)
