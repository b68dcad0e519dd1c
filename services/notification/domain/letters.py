"""What is said on which occasion. A letter names nobody: the greeting is added when it is sent."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from mesh.money import Money


@dataclass(frozen=True, slots=True)
class Item:
    """One line of goods, its total as people read it."""

    title: str
    quantity: int
    total: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing to tell: `kind` and `resource_id` for programs, the rest for people, all of it plain text."""

    kind: str
    resource_id: str
    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()

    @property
    def body(self) -> str:
        """What an app shows below the title."""
        return "\n".join((*self.paragraphs, *(item_line(item) for item in self.items)))

    def as_json(self) -> dict[str, Any]:
        """The letter as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Letter":
        """The letter that `as_json` wrote."""
        items = tuple(Item(**item) for item in values["items"])
        return cls(values["kind"], values["resource_id"], values["title"], tuple(values["paragraphs"]), items)


@dataclass(frozen=True, slots=True)
class Addressed:
    """A letter to one person, under an id of its own."""

    id: UUID
    user_id: UUID
    letter: Letter


def item_line(item: Item) -> str:
    """An item in one line of text."""
    return f"{item.quantity} \N{MULTIPLICATION SIGN} {item.title}: {item.total}"


def welcome(user_id: str) -> Letter:
    """To who opened an account."""
    paragraphs = ("Your account is open. We wish you good finds among things that somebody made by hand.",)
    return Letter("user.registered", user_id, "Welcome to Souk", paragraphs)


def order_confirmed(order_id: str, number: str, total: Money, items: Sequence[Item]) -> Letter:
    """To the buyer of a paid order."""
    paragraphs = (f"Thank you for your order {number}. We have received {total.format()}.", "You have bought:")
    return Letter("order.paid", order_id, f"Your order {number} is confirmed", paragraphs, tuple(items))


def order_received(order_id: str, number: str, shop_name: str, items: Sequence[Item]) -> Letter:
    """To those who run a shop that a paid order buys from: their part alone."""
    paragraphs = (f"{shop_name} has sold something. Order {number} is paid and waits to be sent:",)
    return Letter("seller_order.received", order_id, f"You have an order: {number}", paragraphs, tuple(items))


def parcel_sent(order_id: str, number: str, carrier: str, tracking_number: str, items: Sequence[Item]) -> Letter:
    """To the buyer, of goods on their way."""
    tracking = f", tracking number {tracking_number}" if tracking_number else ""
    paragraphs = (f"A parcel of your order {number} is on its way with {carrier}{tracking}.", "It holds:")
    return Letter("seller_order.shipped", order_id, f"Your order {number} is on its way", paragraphs, tuple(items))


def parcel_arrived(order_id: str, number: str, items: Sequence[Item]) -> Letter:
    """To the buyer, of goods that have arrived."""
    paragraphs = (f"This part of your order {number} was delivered:",)
    return Letter("seller_order.delivered", order_id, f"Your order {number} was delivered", paragraphs, tuple(items))


def order_cancelled(order_id: str, number: str, *, was_paid: bool) -> Letter:
    """To the buyer of an order that was given up."""
    money = "What you paid goes back to you." if was_paid else "Nothing was taken from you."
    paragraphs = (f"Your order {number} was cancelled. {money}",)
    return Letter("order.cancelled", order_id, f"Your order {number} was cancelled", paragraphs)


def money_returned(order_id: str, amount: Money) -> Letter:
    """To the buyer, of a refund."""
    paragraphs = (f"{amount.format()} went back to you the way that you paid. Your bank may need some days.",)
    return Letter("refund.succeeded", order_id, f"{amount.format()} went back to you", paragraphs)


def payment_declined(order_id: str, amount: Money) -> Letter:
    """To the buyer whose payment was refused."""
    paragraphs = (
        f"Your payment of {amount.format()} was declined, and nothing was taken from you.",
        "The goods are held for you for a little while: pay in another way to keep them.",
    )
    return Letter("payment.declined", order_id, "Your payment was declined", paragraphs)


def shop_verified(shop_id: str, name: str) -> Letter:
    """To the owner of a shop that may sell."""
    return Letter("shop.verified", shop_id, f"{name} is open", (f"{name} was verified: its goods are on sale now.",))


def shop_suspended(shop_id: str, name: str) -> Letter:
    """To the owner of a shop that may no longer sell."""
    paragraphs = (f"{name} was suspended: its goods are not on sale. Open orders are still to be sent.",)
    return Letter("shop.suspended", shop_id, f"{name} was suspended", paragraphs)
