"""The machine: what people do with orders, in any order, on the real market and in the book at once."""

import copy
import itertools
import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.chaos.model.book import ASKS, BAD, GOOD, OK, Book, Cart, Order, Thing
from tests.chaos.model.desk import BUYERS, SHOPS, Asked, Desk, Said, euros, eventually, order_body

_WHICH = st.integers(0, 3)
_BUYER = st.integers(0, BUYERS - 1)
_THING = st.integers(0, SHOPS - 1)
_CARD = st.sampled_from([GOOD, GOOD, GOOD, BAD, ASKS])
_COPIES = 3
# What a device may be told whose twin was faster.
_TOO_LATE = {OK, "ORDER_NOT_PAYABLE", "CHECKOUT_IN_PROGRESS"}


class OrderMachine(RuleBasedStateMachine):
    """One run: two things with little stock, three buyers. `desk` is given by a subclass."""

    desk: ClassVar[Desk]
    # All runs of this process: how many there were, and what the clients were told.
    runs: ClassVar[int] = 0
    steps: ClassVar[int] = 0
    statuses: ClassVar[Counter[str]] = Counter()

    @initialize(stocks=st.tuples(*[st.integers(0, 6)] * SHOPS), prices=st.tuples(*[st.integers(100, 9_999)] * SHOPS))
    def open(self, stocks: Sequence[int], prices: Sequence[int]) -> None:
        type(self).runs += 1
        self.book = Book([Thing(price, 0) for price in prices], [Cart() for _ in range(BUYERS)])
        self.shelves = [self.desk.put_up(shop, prices[shop], stocks[shop]) for shop in range(SHOPS)]
        for thing, stock in zip(self.book.things, stocks, strict=True):
            thing.on_hand = stock
        self.history: list[Asked] = []
        # What the market calls the orders of the book.
        self.names: list[str] = []
        for buyer in self.desk.buyers:
            self.desk.ask("DELETE", "/cart", who=buyer)
        self._compare(things=range(SHOPS))

    # What buyers do

    @rule(buyer=_BUYER, thing=_THING, quantity=st.integers(1, 3))
    def add(self, buyer: int, thing: int, quantity: int) -> None:
        body = {"variantId": self.shelves[thing].variant_id, "quantity": quantity}
        said = self.desk.ask("POST", "/cart/items", body, who=self.desk.buyers[buyer])
        assert said.outcome == "ok", said
        self.book.carts[buyer].add(thing, quantity)
        self._compare(buyers=[buyer])

    @rule(buyer=_BUYER, thing=_THING, quantity=st.integers(1, 2), card=_CARD)
    def buy(self, buyer: int, thing: int, quantity: int, card: str) -> None:
        self.add(buyer, thing, quantity)
        self._place(buyer, self.book.cart_total(buyer), card, 1)

    @precondition(lambda self: any(cart.lines for cart in self.book.carts))
    @rule(which=_WHICH, card=_CARD, copies=st.sampled_from([1, _COPIES]))
    def place(self, which: int, card: str, copies: int) -> None:
        buyer = self._pick([number for number, cart in enumerate(self.book.carts) if cart.lines], which)
        self._place(buyer, self.book.cart_total(buyer), card, copies)

    @rule(buyer=_BUYER, card=_CARD, off=st.sampled_from([-1, 1]))
    def place_for_another_total(self, buyer: int, card: str, off: int) -> None:
        self._place(buyer, max(0, self.book.cart_total(buyer) + off), card, 1)

    def _place(self, buyer: int, total: int, card: str, copies: int) -> None:
        """One submit; or the same one, by an impatient client, several times at once."""
        asked = self._asked(buyer, "/orders", order_body(total, card))
        twins = [Asked(buyer, asked.path, asked.body, asked.key) for _ in range(copies - 1)]
        answers = self.desk.at_once([asked, *twins])
        assert all(said.body == answers[0].body for said in answers), "equal requests had different answers"
        expected = self.book.place(buyer, total, card)
        self._expect(answers[0], expected)
        if len(self.book.orders) > len(self.names):
            self.names.append(answers[0].order_id)
        self._compare(buyers=[buyer], things=range(SHOPS), orders=self.book.of_buyer(buyer))

    @precondition(lambda self: sum(bool(cart.lines) for cart in self.book.carts) > 1)
    @rule(card=_CARD)
    def rush(self, card: str) -> None:
        """Everybody orders at once: it must be as if they had come one after the other."""
        buyers = [number for number, cart in enumerate(self.book.carts) if cart.lines]
        totals = [self.book.cart_total(buyer) for buyer in buyers]
        asked = [
            self._asked(buyer, "/orders", order_body(total, card)) for buyer, total in zip(buyers, totals, strict=True)
        ]
        answers = dict(zip(buyers, self.desk.at_once(asked), strict=True))
        told = {buyer: said.reason for buyer, said in answers.items()}
        for order in itertools.permutations(buyers):
            book = copy.deepcopy(self.book)
            if {buyer: book.place(buyer, totals[buyers.index(buyer)], card) for buyer in order} == told:
                self.book = book
                self.names += [answers[buyer].order_id for buyer in order]
                break
        else:
            raise AssertionError(f"in no order could these be the answers: {told}")
        self._compare(buyers=buyers, things=range(SHOPS), orders=self.book.orders)

    @precondition(lambda self: self.history)
    @rule(which=_WHICH)
    def ask_again(self, which: int) -> None:
        """A key that comes again is answered as before."""
        asked = self._pick(self.history, which)
        before = asked.answers[-1]
        again = self.desk.settle(asked)
        assert (again.status, again.body) == (before.status, before.body), "a key was answered in another way"

    @precondition(lambda self: any(asked.path == "/orders" for asked in self.history))
    @rule(which=_WHICH)
    def use_key_for_another_order(self, which: int) -> None:
        used = self._pick([asked for asked in self.history if asked.path == "/orders"], which)
        total = int(used.body["expectedTotal"]["amount"])
        other = Asked(used.buyer, used.path, used.body | {"expectedTotal": euros(total + 1)}, used.key)
        assert self.desk.settle(other).reason == "IDEMPOTENCY_KEY_REUSED"

    @precondition(lambda self: self.book.orders)
    @rule(which=_WHICH, card=_CARD)
    def pay(self, which: int, card: str) -> None:
        order, name = self._order(which)
        said = self.desk.settle(self._asked(order.buyer, "/payments/pay", _pay_body(name, card)))
        self._expect(said, self.book.pay(order, card))
        self._compare(buyers=[order.buyer], things=order.quantities, orders=[order])

    @precondition(lambda self: any(order.state == "OPEN" for order in self.book.orders))
    @rule(which=_WHICH)
    def pay_from_two_devices(self, which: int) -> None:
        """One of them pays, the other is told so; the money is taken once."""
        order = self._pick([order for order in self.book.orders if order.state == "OPEN"], which)
        body = _pay_body(self._name(order), GOOD)
        answers = self.desk.at_once([self._asked(order.buyer, "/payments/pay", body) for _ in range(2)])
        assert {said.reason for said in answers} <= _TOO_LATE, answers
        self.book.pay(order, GOOD)
        self._compare(buyers=[order.buyer], things=order.quantities, orders=[order])

    @precondition(lambda self: any(order.payment_state == "REQUIRES_ACTION" for order in self.book.orders))
    @rule(which=_WHICH)
    def authenticate(self, which: int) -> None:
        order = self._pick([each for each in self.book.orders if each.payment_state == "REQUIRES_ACTION"], which)
        name = self._name(order)
        latest = [asked.answers[-1].body for asked in self.history if asked.answers[-1].order_id == name]
        self.desk.authenticate(next(body for body in reversed(latest) if _has_secret(body)))
        self.book.authenticate(order)
        self._compare(buyers=[order.buyer], things=order.quantities, orders=[order])

    @precondition(lambda self: self.book.orders)
    @rule(which=_WHICH, by_staff=st.booleans())
    def cancel(self, which: int, by_staff: bool) -> None:  # noqa: FBT001  drawn, not passed
        order, name = self._order(which)
        path = f"/orders/{name}:cancel"
        said = self.desk.as_staff(path) if by_staff else self.desk.settle(self._asked(order.buyer, path, {}))
        self._expect(said, self.book.cancel(order))
        self._compare(things=order.quantities, orders=[order])

    # What shops do

    @precondition(lambda self: self.book.orders)
    @rule(which=_WHICH, thing=_THING, to=st.sampled_from(["PROCESSING", "SHIPPED", "SHIPPED", "DELIVERED"]))
    def move(self, which: int, thing: int, to: str) -> None:
        order, name = self._order(which)
        part = self._part(order, thing)
        shop = self.shelves[part].shop
        seen = self.desk.get(f"/orders/{name}", self.desk.buyers[order.buyer])
        shop_id = self.desk.sellers[shop][1]
        part_id = next(each["sellerOrderId"] for each in seen["sellerOrders"] if each["shopId"] == shop_id)
        verb, body = _MOVES[to]
        said = self.desk.as_seller("POST", f"/shops/{shop_id}/orders/{part_id}:{verb}", body, shop)
        self._expect(said, self.book.move(order, part, to))
        self._compare(orders=[order])

    @precondition(lambda self: any(order.captured for order in self.book.orders))
    @rule(which=_WHICH, thing=_THING, percent=st.sampled_from([1, 30, 50, 100, 100, 101]))
    def refund(self, which: int, thing: int, percent: int) -> None:
        order = self._pick([order for order in self.book.orders if order.captured], which)
        part = self._part(order, thing)
        amount = max(1, -(-order.amounts[part] * percent // 100))
        seen = self.desk.get(f"/orders/{self._name(order)}", self.desk.buyers[order.buyer])
        path = f"/payments/{_taken(seen)}:refund"
        said = self.desk.as_seller("POST", path, {"amount": euros(amount), "reason": "model"}, self.shelves[part].shop)
        self._expect(said, self.book.refund(order, part, amount))
        self._compare(orders=[order])

    @rule(thing=_THING, delta=st.sampled_from([-2, -1, 1, 2, 3]))
    def restock(self, thing: int, delta: int) -> None:
        shelf = self.shelves[thing]
        body = {"delta": delta, "reason": "counted"}
        said = self.desk.as_seller("POST", f"/inventory/{shelf.variant_id}:adjust", body, shelf.shop)
        self._expect(said, self.book.adjust(thing, delta))
        self._compare(things=[thing])

    @rule(thing=_THING, price=st.integers(100, 9_999))
    def change_price(self, thing: int, price: int) -> None:
        shelf = self.shelves[thing]
        variant = self.desk.variant(shelf.sku, price) | {"variantId": shelf.variant_id}
        said = self.desk.as_seller("PATCH", f"/products/{shelf.product_id}", {"variants": [variant]}, shelf.shop)
        self._expect(said, OK)
        self.book.things[thing].price = price
        self._compare(buyers=range(BUYERS))

    # How the two are compared

    def _asked(self, buyer: int, path: str, body: dict[str, Any]) -> Asked:
        asked = Asked(buyer, path, body, secrets.token_hex(16))
        self.history.append(asked)
        return asked

    @staticmethod
    def _pick(among: Sequence[Any], which: int) -> Any:
        """The newest first: most stories go on with what they have just begun."""
        return among[-1 - which % len(among)]

    def _order(self, which: int) -> tuple[Order, str]:
        order = self._pick(self.book.orders, which)
        return order, self._name(order)

    def _name(self, order: Order) -> str:
        return next(name for each, name in zip(self.book.orders, self.names, strict=True) if each is order)

    @staticmethod
    def _part(order: Order, thing: int) -> int:
        return thing if thing in order.parts else next(iter(order.parts))

    @staticmethod
    def _expect(said: Said, reason: str) -> None:
        assert said.outcome != "unknown", f"without a fault nobody knows: {said}"
        assert said.reason == reason, f"answered {said.reason or 'OK'}, and the book says {reason or 'OK'}: {said.body}"

    def _compare(self, *, buyers: Any = (), things: Any = (), orders: Any = ()) -> None:
        type(self).steps += 1
        for order in orders:
            eventually(lambda order=order: self._seen(order), _held(order), f"order {self._name(order)}")
        for thing in things:
            wanted = (self.book.things[thing].on_hand, self.book.things[thing].reserved)
            eventually(lambda thing=thing: self.desk.stock(self.shelves[thing]), wanted, f"stock of thing {thing}")
        for buyer in buyers:
            lines = {thing: line.quantity for thing, line in self.book.carts[buyer].lines.items()}
            wanted_cart = (lines, self.book.cart_total(buyer))
            eventually(lambda buyer=buyer: self._cart(buyer), wanted_cart, f"cart of buyer {buyer}")

    def _seen(self, order: Order) -> tuple[str, str, str, int, int]:
        seen = self.desk.get(f"/orders/{self._name(order)}", self.desk.buyers[order.buyer])
        taken, given_back = self.desk.money(order.buyer, seen)
        money = seen["paymentState"] if _held(order)[2] else ""
        return seen["status"], seen["state"], money, taken, given_back

    def _cart(self, buyer: int) -> tuple[dict[int, int], int]:
        cart = self.desk.get("/cart", self.desk.buyers[buyer])
        numbers = {shelf.variant_id: number for number, shelf in enumerate(self.shelves)}
        return {numbers[item["variantId"]]: item["quantity"] for item in cart["items"]}, int(cart["total"]["amount"])

    def teardown(self) -> None:
        if not hasattr(self, "history"):
            return
        self._compare(buyers=range(BUYERS), things=range(SHOPS), orders=self.book.orders)
        self.statuses.update(order.status for order in self.book.orders)
        self._judge_history()
        # The next run's buyers begin without an open order.
        for order in self.book.orders:
            if order.state == "OPEN":
                self.desk.as_staff(f"/orders/{self._name(order)}:cancel")

    def _judge_history(self) -> None:
        """Each buyer has the orders that they were told of, and no others since this run began."""
        assert all(self.names), "an answer that made an order did not name it"
        for number, account in enumerate(self.desk.buyers):
            listed = [each["orderId"] for each in self.desk.get("/orders?pageSize=100", account)["orders"]]
            known = [name for order, name in zip(self.book.orders, self.names, strict=True) if order.buyer == number]
            assert sorted(listed[: len(known)]) == sorted(known), f"buyer {number} has other orders than were told"
            told = [asked.answers[-1] for asked in self.history if (asked.buyer, asked.path) == (number, "/orders")]
            assert {said.order_id for said in told if said.outcome == "ok"} <= set(known), "an order is not there"


_MOVES: dict[str, tuple[str, dict[str, Any]]] = {
    "PROCESSING": ("process", {}),
    "SHIPPED": ("ship", {"carrier": "DHL", "trackingNumber": "1"}),
    "DELIVERED": ("deliver", {}),
}


def _held(order: Order) -> tuple[str, str, str, int, int]:
    return order.status, order.state, order.payment_state, order.captured, order.given_back


def _pay_body(name: str, card: str) -> dict[str, Any]:
    return {"orderId": name, "payments": [{"provider": "stripe", "token": card}]}


def _has_secret(body: dict[str, Any]) -> bool:
    return any(each.get("clientSecret") for each in body.get("payments", ()))


def _taken(seen: dict[str, Any]) -> str:
    return next(each["paymentId"] for each in seen["payments"] if each["state"] not in {"DECLINED", "CANCELLED"})
