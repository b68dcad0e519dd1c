"""A market in memory. It says what the real one must answer and hold; the two share no code."""

from collections.abc import Iterator
from dataclasses import dataclass, field

OK = ""
GOOD, BAD, ASKS = "pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired"
_MONEY = {BAD: "DECLINED", ASKS: "REQUIRES_ACTION"}
_SENT = {"SHIPPED", "DELIVERED"}


@dataclass
class Thing:
    """One variant, in a shop of its own."""

    price: int
    on_hand: int
    reserved: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


@dataclass
class Line:
    """So many of a thing in a cart, and the cart's version when it came in."""

    quantity: int
    added_version: int


@dataclass
class Cart:
    """What a buyer wants. Things are called by their numbers."""

    version: int = 0
    lines: dict[int, Line] = field(default_factory=dict)

    def add(self, thing: int, quantity: int) -> None:
        self.version += 1
        line = self.lines.setdefault(thing, Line(0, self.version))
        line.quantity += quantity

    def take(self, ordered: dict[int, int], version: int) -> None:
        """Take off what was ordered when the cart was at `version`; what came in later stays."""
        for thing, quantity in ordered.items():
            line = self.lines.get(thing)
            if line is None or line.added_version > version:
                continue
            line.quantity -= quantity
            if line.quantity <= 0:
                del self.lines[thing]
        self.version += 1


@dataclass
class Order:
    """An order; each of its things is a part that its own shop sends."""

    buyer: int
    cart_version: int
    quantities: dict[int, int]
    amounts: dict[int, int]
    state: str = "OPEN"
    money: str = "UNPAID"
    captured: int = 0
    refunded: dict[int, int] = field(default_factory=dict)
    parts: dict[int, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.amounts.values())

    @property
    def given_back(self) -> int:
        return sum(self.refunded.values())

    @property
    def payment_state(self) -> str:
        """Where its money stands; empty where nothing is promised."""
        if self.captured:
            full = self.given_back == self.captured
            return "REFUNDED" if full else "PARTIALLY_REFUNDED" if self.given_back else "PAID"
        return self.money if self.state == "OPEN" else ""

    @property
    def status(self) -> str:
        if self.state in {"REJECTED", "CANCELLED"}:
            return self.state
        if self.payment_state == "REFUNDED":
            return "REFUNDED"
        parts = set(self.parts.values())
        if parts == {"DELIVERED"}:
            return "DELIVERED"
        if parts & _SENT:
            return "SHIPPED"
        if "PROCESSING" in parts:
            return "PROCESSING"
        return "PAID" if self.captured else "PENDING"

    @property
    def is_sendable(self) -> bool:
        return self.state == "CONFIRMED" and self.payment_state in {"PAID", "PARTIALLY_REFUNDED"}


@dataclass
class Book:
    """All of it. Every move returns the reason with which it is refused, or OK."""

    things: list[Thing]
    carts: list[Cart]
    orders: list[Order] = field(default_factory=list)

    def cart_total(self, buyer: int) -> int:
        return sum(self.things[thing].price * line.quantity for thing, line in self.carts[buyer].lines.items())

    def open_order(self, buyer: int) -> Order | None:
        return next((order for order in self.orders if (order.buyer, order.state) == (buyer, "OPEN")), None)

    def place(self, buyer: int, told: int, card: str) -> str:
        """Order the cart for the total that the buyer was told."""
        cart = self.carts[buyer]
        if not cart.lines:
            return "CART_EMPTY"
        if told != self.cart_total(buyer):
            return "PRICE_CHANGED"
        superseded = self.open_order(buyer)
        if superseded is not None:
            self._give_up(superseded)
        quantities = {thing: line.quantity for thing, line in cart.lines.items()}
        amounts = {thing: self.things[thing].price * quantity for thing, quantity in quantities.items()}
        order = Order(buyer, cart.version, quantities, amounts, parts=dict.fromkeys(quantities, "UNFULFILLED"))
        self.orders.append(order)
        if any(quantity > self.things[thing].available for thing, quantity in quantities.items()):
            order.state = "REJECTED"
            return "OUT_OF_STOCK"
        for thing, quantity in quantities.items():
            self.things[thing].reserved += quantity
        self._charge(order, card)
        return OK

    def pay(self, order: Order, card: str) -> str:
        """Pay what is still open."""
        if order.state != "OPEN":
            return "ORDER_NOT_PAYABLE"
        self._charge(order, card)
        return OK

    def authenticate(self, order: Order) -> str:
        """The buyer's bank says yes."""
        self._charge(order, GOOD)
        return OK

    def _charge(self, order: Order, card: str) -> None:
        if card != GOOD:
            order.money = _MONEY[card]
            return
        order.state, order.captured = "CONFIRMED", order.total
        order.refunded = dict.fromkeys(order.amounts, 0)
        for thing, quantity in order.quantities.items():
            self.things[thing].on_hand -= quantity
            self.things[thing].reserved -= quantity
        self.carts[order.buyer].take(order.quantities, order.cart_version)

    def cancel(self, order: Order) -> str:
        """Give it up before anything is sent; a second time changes nothing."""
        if order.state == "CANCELLED":
            return OK
        if order.state == "REJECTED" or set(order.parts.values()) & _SENT:
            return "ORDER_NOT_CANCELLABLE"
        if order.state == "OPEN":
            self._give_up(order)
            return OK
        order.state, order.refunded = "CANCELLED", dict(order.amounts)
        for thing, quantity in order.quantities.items():
            self.things[thing].on_hand += quantity
        return OK

    def _give_up(self, order: Order) -> None:
        order.state = "CANCELLED"
        for thing, quantity in order.quantities.items():
            self.things[thing].reserved -= quantity

    def move(self, order: Order, part: int, to: str) -> str:
        """A shop has its part in hand, sends it, or hears that it arrived."""
        if not order.captured:
            return "SELLER_ORDER_NOT_FOUND"
        allowed = {"PROCESSING": {"UNFULFILLED"}, "SHIPPED": {"UNFULFILLED", "PROCESSING"}, "DELIVERED": {"SHIPPED"}}
        if not order.is_sendable or order.parts[part] not in allowed[to]:
            return "INVALID_TRANSITION"
        order.parts[part] = to
        return OK

    def refund(self, order: Order, part: int, amount: int) -> str:
        """A shop gives back some of what its part has cost."""
        left = order.amounts[part] - order.refunded[part]
        if not left:
            return "NOTHING_TO_REFUND"
        if amount > left:
            return "REFUND_TOO_LARGE"
        order.refunded[part] += amount
        return OK

    def adjust(self, thing: int, delta: int) -> str:
        """A seller counts again."""
        if self.things[thing].available + delta < 0:
            return "STOCK_TOO_LOW"
        self.things[thing].on_hand += delta
        return OK

    def of_buyer(self, buyer: int) -> Iterator[Order]:
        return (order for order in self.orders if order.buyer == buyer)
