"""The work items: what is asked of the market, and how often."""

import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from souk.catalog.v1 import catalog_service_pb2

from tests.bench.market import PASSWORD, Customer, Market
from tests.bench.wire import exchange_all, request

ADDRESS = {"name": "Mira Okonkwo", "line1": "Lindenstr. 12", "city": "Berlin", "postalCode": "10969", "country": "DE"}
_CATALOG = "/souk.catalog.v1.CatalogService"
_PRODUCTS_IN_LIMIT = 200
_ADDS_PER_CART = 5


@dataclass(frozen=True, slots=True)
class Rpc:
    """A call whose answers the do-nothing handler gives as well."""

    path: str
    requests: list[bytes]


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of work."""

    name: str
    says: str
    # The requests of one round.
    requests: Callable[[Market], Awaitable[list[bytes]]]
    # Each request once, with as many rounds as the time asks for; else over and over.
    once: bool = False
    # Every request is sent once before the first measurement: what is kept in memory is there then.
    warm: bool = True
    # What the limit of the item answers; None: it has none.
    limit: Callable[[Market], Rpc] | None = None


async def products(market: Market) -> list[bytes]:
    return [request("GET", f"/products/{each}") for each in market.product_ids]


def product_rpc(market: Market) -> Rpc:
    asked = [catalog_service_pb2.GetProductRequest(product_id=each) for each in market.product_ids[:_PRODUCTS_IN_LIMIT]]
    return Rpc(f"{_CATALOG}/GetProduct", [each.SerializeToString() for each in asked])


async def lists(market: Market) -> list[bytes]:
    return [request("GET", f"/products?category_id={each}&page_size=20") for each in market.category_ids]


def list_rpc(market: Market) -> Rpc:
    asked = [catalog_service_pb2.ListProductsRequest(category_id=each, page_size=20) for each in market.category_ids]
    return Rpc(f"{_CATALOG}/ListProducts", [each.SerializeToString() for each in asked])


async def categories(market: Market) -> list[bytes]:
    del market
    return [request("GET", "/categories")]


async def carts(market: Market) -> list[bytes]:
    return [request("GET", "/cart", token=each.token) for each in market.customers]


async def adds(market: Market) -> list[bytes]:
    """Five things for each customer, into an empty cart."""
    await clear_carts(market)
    return [_add(market, each) for _ in range(_ADDS_PER_CART) for each in market.customers]


async def checkouts(market: Market) -> list[bytes]:
    """One order for each customer, of two things that lie in the cart already."""
    await clear_carts(market)
    filling = [_add(market, each) for _ in range(2) for each in market.customers]
    answers = await exchange_all(market.edge, filling)
    filled = [answer.json() for answer in answers[len(market.customers) :]]
    return [_order(customer, cart["total"]) for customer, cart in zip(market.customers, filled, strict=True)]


async def histories(market: Market) -> list[bytes]:
    """The first page of the customer's orders, of which there are some."""
    answers = await exchange_all(market.edge, [_history(each) for each in market.customers[:1]])
    if not answers[0].json()["orders"]:
        for _ in range(3):
            for answer in await exchange_all(market.edge, await checkouts(market)):
                answer.json()
    return [_history(each) for each in market.customers]


async def logins(market: Market) -> list[bytes]:
    bodies = [{"email": each.email, "password": PASSWORD} for each in market.customers]
    return [request("POST", "/auth/login", body) for body in bodies]


async def clear_carts(market: Market) -> None:
    """Empty every cart."""
    await market.keep_signed_in()
    cleared = [request("DELETE", "/cart", token=each.token) for each in market.customers]
    for answer in await exchange_all(market.edge, cleared):
        answer.json()


def _add(market: Market, customer: Customer) -> bytes:
    body = {"variantId": market.take_unit(), "quantity": 1}
    return request("POST", "/cart/items", body, token=customer.token)


def _order(customer: Customer, total: dict[str, Any]) -> bytes:
    payments = [{"provider": "stripe", "token": "pm_card_visa"}]
    body = {"shippingAddress": ADDRESS, "payments": payments, "expectedTotal": total}
    return request("POST", "/orders", body, token=customer.token, keyed=True)


def _history(customer: Customer) -> bytes:
    return request("GET", "/orders?page_size=20", token=customer.token)


ITEMS = (
    Item("product", "a product by its id", products, limit=product_rpc),
    Item("list", "a page of 20 products of a category", lists, limit=list_rpc),
    Item("categories", "the tree of categories", categories),
    Item("login", "sign in with a password", logins, warm=False),
    Item("cart-add", "add to cart", adds, once=True),
    Item("cart", "read the cart", carts),
    Item("checkout", "a whole order of two things: placed, paid, stock committed, mail queued", checkouts, once=True),
    Item("orders", "the first page of the own orders", histories),
)


def shuffled(requests: list[bytes], chance: random.Random) -> Iterator[str]:
    """The requests as the generator reads them, in random order."""
    texts = [each.decode() for each in requests]
    chance.shuffle(texts)
    return iter(texts)
