"""What a cart costs: today's prices, each seller's part, and whether it is what the buyer saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from mesh.errors import FailedPrecondition, Violation
from mesh.money import Money, sum_of


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line of a cart, with the price that its owner saw."""

    variant_id: UUID
    product_id: UUID
    shop_id: UUID
    title: str
    quantity: int
    seen_price: Money


@dataclass(frozen=True, slots=True)
class Basket:
    """A cart as checkout reads it."""

    cart_id: UUID | None
    version: int
    lines: Sequence[BasketLine]


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as the catalog offers it at this moment."""

    variant_id: UUID
    product_id: UUID
    shop_id: UUID
    title: str
    sku: str
    options: Mapping[str, str]
    image_url: str
    price: Money
    purchasable: bool


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop as far as a sale needs it."""

    shop_id: UUID
    name: str
    verified: bool
    commission_bps: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line at today's price. Discount, shipping and tax are nothing until they are built."""

    offer: Offer
    shop: Shop
    quantity: int
    seen_price: Money
    discount: Money
    shipping: Money
    tax: Money

    @property
    def goods(self) -> Money:
        """The price of one, times the quantity."""
        return self.offer.price * self.quantity

    @property
    def total(self) -> Money:
        """What the buyer pays for the line, with its share of shipping."""
        return self.goods - self.discount + self.shipping + self.tax

    @property
    def commission(self) -> Money:
        """What the market keeps of the line: a share of the goods after discount."""
        return (self.goods - self.discount).percent(self.shop.commission_bps)


@dataclass(frozen=True, slots=True)
class Sums:
    """The five figures that every part of a checkout has."""

    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money


def sums_of(lines: Sequence[PricedLine], currency: str) -> Sums:
    """The figures of some lines."""
    return Sums(
        subtotal=sum_of([line.goods for line in lines], currency),
        discount=sum_of([line.discount for line in lines], currency),
        shipping=sum_of([line.shipping for line in lines], currency),
        tax=sum_of([line.tax for line in lines], currency),
        total=sum_of([line.total for line in lines], currency),
    )


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart at today's prices."""

    cart_id: UUID
    version: int
    currency: str
    lines: Sequence[PricedLine]

    @property
    def sums(self) -> Sums:
        """The figures of the whole cart."""
        return sums_of(self.lines, self.currency)

    def by_shop(self) -> list[tuple[Shop, list[PricedLine]]]:
        """Each seller's lines, in the order of their first lines."""
        parts: dict[UUID, tuple[Shop, list[PricedLine]]] = {}
        for line in self.lines:
            parts.setdefault(line.shop.shop_id, (line.shop, []))[1].append(line)
        return list(parts.values())

    def sums_by_shop(self) -> list[tuple[Shop, Sums]]:
        """Each seller's figures, in the order of their first lines."""
        return [(shop, sums_of(lines, self.currency)) for shop, lines in self.by_shop()]


def price_cart(basket: Basket, offers: Mapping[UUID, Offer], shops: Mapping[UUID, Shop]) -> PricedCart:
    """The cart at today's prices. Raises CART_EMPTY, ITEM_UNAVAILABLE with every such line, or CURRENCY_MISMATCH."""
    if basket.cart_id is None or not basket.lines:
        raise FailedPrecondition("CART_EMPTY", "There is nothing in the cart.")
    _check_offered(basket, offers, shops)
    currency = offers[basket.lines[0].variant_id].price.currency
    _check_currency(basket, offers, currency)
    nothing = Money.zero(currency)
    lines = [
        PricedLine(
            offer=offers[line.variant_id],
            shop=shops[offers[line.variant_id].shop_id],
            quantity=line.quantity,
            seen_price=line.seen_price,
            discount=nothing,
            shipping=nothing,
            tax=nothing,
        )
        for line in basket.lines
    ]
    return PricedCart(basket.cart_id, basket.version, currency, lines)


def _check_offered(basket: Basket, offers: Mapping[UUID, Offer], shops: Mapping[UUID, Shop]) -> None:
    gone = [line for line in basket.lines if not _is_offered(offers.get(line.variant_id), shops)]
    if gone:
        raise FailedPrecondition(
            "ITEM_UNAVAILABLE",
            "Something in the cart is no longer for sale: " + ", ".join(line.title for line in gone) + ".",
            violations=[
                Violation("ITEM_UNAVAILABLE", str(line.variant_id), f"{line.title} is no longer for sale")
                for line in gone
            ],
        )


def _is_offered(offer: Offer | None, shops: Mapping[UUID, Shop]) -> bool:
    if offer is None or not offer.purchasable:
        return False
    shop = shops.get(offer.shop_id)
    return shop is not None and shop.verified


def _check_currency(basket: Basket, offers: Mapping[UUID, Offer], currency: str) -> None:
    others = [line for line in basket.lines if offers[line.variant_id].price.currency != currency]
    if others:
        raise FailedPrecondition(
            "CURRENCY_MISMATCH",
            "The cart holds goods in more than one currency.",
            violations=[
                Violation(
                    "CURRENCY_MISMATCH",
                    str(line.variant_id),
                    f"{line.title} is sold in {offers[line.variant_id].price.currency}, not {currency}",
                )
                for line in others
            ],
        )


# What the buyer saw of each variant: how many, and the price of one.
Seen = Mapping[UUID, tuple[int, Money]]


def seen_in_cart(cart: PricedCart) -> Seen:
    """What the cart's owner saw when the lines were put in."""
    return {line.offer.variant_id: (line.quantity, line.seen_price) for line in cart.lines}


def seen_now(cart: PricedCart) -> Seen:
    """What somebody sees who is shown today's prices."""
    return {line.offer.variant_id: (line.quantity, line.offer.price) for line in cart.lines}


def check_seen(cart: PricedCart, seen_total: Money, seen: Seen) -> None:
    """Raise PRICE_CHANGED, with the differing lines, where the total is not the one that the buyer saw."""
    total = cart.sums.total
    if total == seen_total:
        return
    raise FailedPrecondition(
        "PRICE_CHANGED",
        f"The total is {total.format()}, not {seen_total.format()}.",
        violations=[
            *(
                Violation("PRICE_CHANGED", str(line.offer.variant_id), difference)
                for line in cart.lines
                if (difference := _difference(line, seen.get(line.offer.variant_id)))
            ),
            *(
                Violation("PRICE_CHANGED", str(variant_id), "is no longer in the cart")
                for variant_id in seen.keys() - {line.offer.variant_id for line in cart.lines}
            ),
        ],
        currency=total.currency,
        expectedTotal=str(seen_total.amount),
        total=str(total.amount),
    )


def _difference(line: PricedLine, seen: tuple[int, Money] | None) -> str:
    if seen is None:
        return f"{line.offer.title} was added since"
    quantity, price = seen
    if price != line.offer.price:
        return f"{line.offer.title} costs {line.offer.price.format()}, it was {price.format()}"
    if quantity != line.quantity:
        return f"{line.offer.title} is wanted {line.quantity} times, it was {quantity}"
    return ""
