"""What can be done with carts."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from mesh.database import Database, UnitOfWork
from mesh.errors import NotFound
from mesh.ids import hash_secret, new_id, new_secret
from services.cart import events, repository
from services.cart.domain import Capped, Cart, CartView, Offer, checked_quantity, empty_view, view
from services.cart.repository import Owner


class Catalog(Protocol):
    """What is offered at which price."""

    async def offers(self, variant_ids: Collection[UUID]) -> Mapping[UUID, Offer]:
        """The variants that the catalog knows."""


class Stock(Protocol):
    """What is there to buy."""

    async def available(self, variant_ids: Collection[UUID]) -> Mapping[UUID, int] | None:
        """How many of each can be bought; None where it cannot be told now, which no cart waits for."""


@dataclass(frozen=True, slots=True)
class Market:
    """What carts ask others."""

    catalog: Catalog
    stock: Stock
    default_currency: str

    async def look_up(self, variant_ids: Collection[UUID]) -> "Prices":
        """Offers and stock of this moment."""
        if not variant_ids:
            return Prices({}, {}, self.default_currency)
        offers, available = await asyncio.gather(self.catalog.offers(variant_ids), self.stock.available(variant_ids))
        return Prices(offers, available, self.default_currency)


@dataclass(frozen=True, slots=True)
class Prices:
    """Offers and stock of one moment."""

    offers: Mapping[UUID, Offer]
    available: Mapping[UUID, int] | None
    default_currency: str

    def show(self, cart: Cart | None) -> CartView:
        """The cart at these prices."""
        if cart is None:
            return empty_view(self.default_currency)
        return view(cart, self.offers, self.available, self.default_currency)


async def _find(db: Database, owner: Owner) -> Cart | None:
    async with db.read() as unit:
        return await repository.find_cart(unit, owner)


async def get_cart(db: Database, market: Market, owner: Owner) -> CartView:
    """The owner's cart at today's prices."""
    cart = await _find(db, owner)
    prices = await market.look_up(cart.items.keys() if cart else ())
    return prices.show(cart)


async def add_item(
    db: Database, uow: UnitOfWork, market: Market, owner: Owner, variant_id: UUID, quantity: int, *, alone: bool
) -> tuple[CartView, str]:
    """Put a variant into the owner's cart. Returns the cart, and its secret where it was made for a guest.

    Where nothing else belongs to the transaction (`alone`) it is one statement, unless the cart changes meanwhile.
    """
    checked_quantity(quantity)
    known = await _find(db, owner)
    prices = await market.look_up({variant_id, *(known.items if known else ())})
    offer = prices.offers.get(variant_id)
    if offer is None:
        raise NotFound("VARIANT_NOT_FOUND", "There is no such variant.", variantId=str(variant_id))
    secret = "" if known or owner.user_id else new_secret()
    owner = Owner(token_hash=hash_secret(secret)) if secret else owner
    if alone:
        cart = known or Cart(new_id(), owner.user_id)
        item = cart.add(new_id(), offer, quantity)
        # A caller that gives up does not stop it half way.
        if await asyncio.shield(repository.put_item(db, owner, cart, item)):
            return prices.show(cart), secret
    cart = await repository.lock_or_create_cart(uow, owner)
    before = list(cart.items.values())
    cart.add(new_id(), offer, quantity)
    await repository.save_cart(uow, cart, before)
    return prices.show(cart), secret


async def update_item(
    db: Database, uow: UnitOfWork, market: Market, owner: Owner, item_id: UUID, quantity: int
) -> CartView:
    """Set how many of a line are wanted."""
    checked_quantity(quantity)
    known = await _find(db, owner)
    prices = await market.look_up(known.items.keys() if known else ())
    cart = await _lock(uow, owner, item_id)
    before = list(cart.items.values())
    cart.set_quantity(item_id, quantity, prices.offers.get(cart.item(item_id).variant_id))
    await repository.save_cart(uow, cart, before)
    return prices.show(cart)


async def remove_item(db: Database, uow: UnitOfWork, market: Market, owner: Owner, item_id: UUID) -> CartView:
    """Take a line off."""
    known = await _find(db, owner)
    prices = await market.look_up(known.items.keys() if known else ())
    cart = await _lock(uow, owner, item_id)
    before = list(cart.items.values())
    cart.remove(item_id)
    await repository.save_cart(uow, cart, before)
    return prices.show(cart)


async def _lock(uow: UnitOfWork, owner: Owner, item_id: UUID) -> Cart:
    cart = await repository.lock_cart(uow, owner)
    if cart is None:
        raise NotFound("CART_ITEM_NOT_FOUND", "The cart has no such line.", itemId=str(item_id))
    return cart


async def clear_cart(uow: UnitOfWork, market: Market, owner: Owner) -> CartView:
    """Take all lines off."""
    cart = await repository.lock_cart(uow, owner)
    before = list(cart.items.values()) if cart else []
    if cart and cart.clear():
        await repository.save_cart(uow, cart, before)
    return Prices({}, {}, market.default_currency).show(cart)


async def merge_cart(
    db: Database, uow: UnitOfWork, market: Market, user_id: UUID, token: str
) -> tuple[CartView, list[Capped]]:
    """Add a guest's cart to the customer's own and forget it. Returns the cart and what was cut."""
    own, guest = Owner(user_id=user_id), Owner(token_hash=hash_secret(token))
    known = [cart for cart in (await _find(db, own), await _find(db, guest)) if cart]
    prices = await market.look_up({variant_id for cart in known for variant_id in cart.items})
    left = await repository.lock_cart(uow, guest)
    if left is None:
        raise NotFound("CART_NOT_FOUND", "No guest's cart has this token.")
    cart = await repository.lock_or_create_cart(uow, own)
    before = list(cart.items.values())
    capped = cart.merge(left, prices.available)
    # The guest's lines move under their ids, so they must be gone before they are written again.
    await repository.delete_cart(uow, left.cart_id)
    await repository.save_cart(uow, cart, before)
    return prices.show(cart), capped


async def take_ordered(uow: UnitOfWork, cart_id: UUID, version: int, ordered: Mapping[UUID, int]) -> None:
    """Take off what was bought from the cart as it was at `version`."""
    cart = await repository.lock_cart_by_id(uow, cart_id)
    if cart is None:
        return
    before = list(cart.items.values())
    if cart.take_ordered(ordered, version):
        await repository.save_cart(uow, cart, before)


async def tell_changes(db: Database) -> None:
    """Tell what has become of the carts that changed since they were told last: not each step, the cart as it is."""
    while await _tell_some(db):
        pass


async def _tell_some(db: Database) -> bool:
    """Tell of up to as many carts as are taken at once; says whether there were that many."""
    async with db.write() as uow:
        untold = await repository.lock_untold_carts(uow)
        for cart in untold:
            uow.publish(events.cart_updated(cart), cart.cart_id, cart.version)
        if untold:
            await repository.mark_told(uow, [cart.cart_id for cart in untold])
    return len(untold) == repository.AT_ONCE


async def report_abandoned(db: Database, age: timedelta) -> None:
    """Tell of carts that nobody has touched for `age`."""
    async with db.write() as uow:
        for cart in await repository.lock_left_carts(uow, age):
            await repository.mark_abandoned(uow, cart.cart_id)
            uow.publish(events.cart_abandoned(cart), cart.cart_id, cart.version)


async def forget_guests(db: Database, age: timedelta) -> None:
    """Forget guests' carts that nobody has touched for `age`."""
    async with db.write() as uow:
        await repository.forget_guests(uow, age)
