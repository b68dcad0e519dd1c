"""A cart and its rules: quantities, one currency, merging, and taking off what was ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from mesh.errors import FailedPrecondition, InvalidArgument, NotFound
from mesh.money import Money, sum_of

MAX_QUANTITY = 999
MAX_LINES = 100


class CapReason(StrEnum):
    """Why a merge cut a line."""

    QUANTITY_LIMIT = "QUANTITY_LIMIT"
    STOCK = "STOCK"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    CART_FULL = "CART_FULL"


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as the catalog offers it at this moment."""

    variant_id: UUID
    product_id: UUID
    shop_id: UUID
    shop_name: str
    title: str
    sku: str
    options: Mapping[str, str]
    image_url: str
    price: Money
    purchasable: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One line as it was put in, with the price that its owner saw."""

    item_id: UUID
    variant_id: UUID
    product_id: UUID
    shop_id: UUID
    title: str
    quantity: int
    price: Money
    added_version: int


@dataclass(frozen=True, slots=True)
class Capped:
    """What a merge could not carry over in full."""

    variant_id: UUID
    asked: int
    kept: int
    reason: CapReason


def checked_quantity(quantity: int) -> int:
    """A quantity that a line may hold."""
    if 1 <= quantity <= MAX_QUANTITY:
        return quantity
    text = f"is {quantity}, not 1 to {MAX_QUANTITY}"
    raise InvalidArgument("INVALID_QUANTITY", f"The quantity {text}.", fields={"quantity": text})


@dataclass(slots=True)
class Cart:
    """A cart. `items` is keyed by variant, in the order in which the lines were added."""

    cart_id: UUID
    user_id: UUID | None
    version: int = 0
    items: dict[UUID, Item] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        """That of all lines, empty while there are none."""
        return next((item.price.currency for item in self.items.values()), "")

    @property
    def item_count(self) -> int:
        """The sum of all quantities."""
        return sum(item.quantity for item in self.items.values())

    def add(self, item_id: UUID, offer: Offer, quantity: int) -> Item:
        """Put `quantity` more of a variant in and return its line; a new one gets `item_id`."""
        checked_quantity(quantity)
        if not offer.purchasable:
            raise FailedPrecondition(
                "VARIANT_NOT_PURCHASABLE", f"{offer.title} is not for sale.", variantId=str(offer.variant_id)
            )
        present = self.items.get(offer.variant_id)
        self._check_room(present, offer, quantity)
        self.version += 1
        item = self.items[offer.variant_id] = Item(
            item_id=present.item_id if present else item_id,
            variant_id=offer.variant_id,
            product_id=offer.product_id,
            shop_id=offer.shop_id,
            title=offer.title,
            quantity=quantity + (present.quantity if present else 0),
            price=offer.price,
            added_version=present.added_version if present else self.version,
        )
        return item

    def _check_room(self, present: Item | None, offer: Offer, quantity: int) -> None:
        others = [item for item in self.items.values() if item is not present]
        if others and others[0].price.currency != offer.price.currency:
            raise FailedPrecondition(
                "CURRENCY_MISMATCH",
                f"The cart is in {self.currency}, {offer.title} is sold in {offer.price.currency}.",
                cartCurrency=self.currency,
                itemCurrency=offer.price.currency,
            )
        if present is None and len(others) >= MAX_LINES:
            raise FailedPrecondition("CART_FULL", f"A cart holds at most {MAX_LINES} lines.")
        if present is not None and present.quantity + quantity > MAX_QUANTITY:
            raise FailedPrecondition(
                "QUANTITY_LIMIT",
                f"A line holds at most {MAX_QUANTITY}; there are {present.quantity} already.",
                variantId=str(offer.variant_id),
                limit=str(MAX_QUANTITY),
            )

    def item(self, item_id: UUID) -> Item:
        """The line with this id."""
        for item in self.items.values():
            if item.item_id == item_id:
                return item
        raise NotFound("CART_ITEM_NOT_FOUND", "The cart has no such line.", itemId=str(item_id))

    def set_quantity(self, item_id: UUID, quantity: int, offer: Offer | None) -> None:
        """Set how many of a line are wanted; its owner has now seen the price of `offer`."""
        checked_quantity(quantity)
        item = self.item(item_id)
        seen = offer.price if offer and offer.price.currency == self.currency else item.price
        self.version += 1
        self.items[item.variant_id] = replace(item, quantity=quantity, price=seen)

    def remove(self, item_id: UUID) -> None:
        """Take a line off."""
        del self.items[self.item(item_id).variant_id]
        self.version += 1

    def clear(self) -> bool:
        """Take all lines off; says whether there were any."""
        if not self.items:
            return False
        self.items.clear()
        self.version += 1
        return True

    def merge(self, guest: "Cart", available: Mapping[UUID, int] | None) -> list[Capped]:
        """Add a guest's lines to the own ones, at most what is in stock where that is known; says what was cut."""
        self.version += 1
        capped = (self._merge_line(item, available) for item in guest.items.values())
        return [cut for cut in capped if cut]

    def _merge_line(self, item: Item, available: Mapping[UUID, int] | None) -> Capped | None:
        present = self.items.get(item.variant_id)
        asked = item.quantity + (present.quantity if present else 0)
        refused = self._merge_refusal(item, present)
        if refused:
            return Capped(item.variant_id, asked, 0, refused)
        # What the owner has put in stays, even where the stock has fallen below it: checkout tells.
        floor = present.quantity if present else 1
        stock = max(floor, available.get(item.variant_id, 0)) if available is not None else MAX_QUANTITY
        kept = min(asked, MAX_QUANTITY, stock)
        self.items[item.variant_id] = (
            replace(present, quantity=kept) if present else replace(item, quantity=kept, added_version=self.version)
        )
        if kept == asked:
            return None
        return Capped(item.variant_id, asked, kept, CapReason.STOCK if kept == stock else CapReason.QUANTITY_LIMIT)

    def _merge_refusal(self, item: Item, present: Item | None) -> CapReason | None:
        if self.currency and item.price.currency != self.currency:
            return CapReason.CURRENCY_MISMATCH
        if present is None and len(self.items) >= MAX_LINES:
            return CapReason.CART_FULL
        return None

    def take_ordered(self, ordered: Mapping[UUID, int], ordered_version: int) -> bool:
        """Take off what was ordered from the cart as it was at `ordered_version`; says whether anything was.

        A line that came later is a new wish and stays.
        """
        taken = False
        for variant_id, quantity in ordered.items():
            item = self.items.get(variant_id)
            if item is None or item.added_version > ordered_version:
                continue
            taken = True
            if item.quantity > quantity:
                self.items[variant_id] = replace(item, quantity=item.quantity - quantity)
            else:
                del self.items[variant_id]
        self.version += taken
        return taken


@dataclass(frozen=True, slots=True)
class Line:
    """One line with the price and the stock of this moment. `available` is None where stock could not be asked."""

    item: Item
    offer: Offer | None
    unit_price: Money
    available: int | None
    purchasable: bool

    @property
    def total(self) -> Money:
        """The price of one, times the quantity."""
        return self.unit_price * self.item.quantity

    @property
    def price_changed(self) -> bool:
        """Whether the price differs from the one that the owner saw."""
        return self.unit_price != self.item.price


@dataclass(frozen=True, slots=True)
class CartView:
    """A cart as it is shown."""

    cart_id: UUID | None
    version: int
    currency: str
    lines: Sequence[Line]
    item_count: int

    @property
    def subtotal(self) -> Money:
        """The sum of what can be bought."""
        return sum_of([line.total for line in self.lines if line.purchasable], self.currency)


def empty_view(currency: str) -> CartView:
    """What is shown to somebody who has no cart yet."""
    return CartView(None, 0, currency, (), 0)


def view(
    cart: Cart, offers: Mapping[UUID, Offer], available: Mapping[UUID, int] | None, default_currency: str
) -> CartView:
    """The cart at today's prices. `available` is None where stock could not be asked."""
    lines = [_line(item, offers.get(item.variant_id), available) for item in cart.items.values()]
    return CartView(cart.cart_id, cart.version, cart.currency or default_currency, lines, cart.item_count)


def _line(item: Item, offer: Offer | None, available: Mapping[UUID, int] | None) -> Line:
    priced = offer is not None and offer.price.currency == item.price.currency
    return Line(
        item=item,
        offer=offer,
        unit_price=offer.price if offer and priced else item.price,
        available=None if available is None else available.get(item.variant_id, 0),
        purchasable=offer is not None and priced and offer.purchasable,
    )
