"""The work items that many clients ask over and over: what is asked of the market, and how often."""

import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from souk.cart.v1 import cart_service_pb2
from souk.catalog.v1 import catalog_service_pb2
from souk.order.v1 import order_service_pb2

from tests.bench.market import PASSWORD, Customer, Market
from tests.bench.wire import exchange_all, request, with_keys

ADDRESS = {"name": "Mira Okonkwo", "line1": "Lindenstr. 12", "city": "Berlin", "postalCode": "10969", "country": "DE"}
_CATALOG = "/souk.catalog.v1.CatalogService"
_ANSWERS_IN_LIMIT = 200
# As many of a larger catalogue too: what is asked for stays as much, the store around it grows.
_ASKED_PRODUCTS = 10_000
_ADDS_PER_CART = 5
# Those who have orders, and whose carts hold something.
_REGULARS = 200


@dataclass(frozen=True, slots=True)
class Rpc:
    """Calls whose answers the do-nothing handler gives as well: the path, and requests with their access tokens."""

    path: str
    calls: list[tuple[bytes, str]]


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
    return [request("GET", f"/products/{each}") for each in market.product_ids[:_ASKED_PRODUCTS]]


def product_rpc(market: Market) -> Rpc:
    ids = market.product_ids[:_ANSWERS_IN_LIMIT]
    asked = [catalog_service_pb2.GetProductRequest(product_id=each) for each in ids]
    return Rpc(f"{_CATALOG}/GetProduct", [(each.SerializeToString(), "") for each in asked])


async def lists(market: Market) -> list[bytes]:
    return [request("GET", f"/products?category_id={each}&page_size=20") for each in market.category_ids]


def list_rpc(market: Market) -> Rpc:
    asked = [catalog_service_pb2.ListProductsRequest(category_id=each, page_size=20) for each in market.category_ids]
    return Rpc(f"{_CATALOG}/ListProducts", [(each.SerializeToString(), "") for each in asked])


async def categories(market: Market) -> list[bytes]:
    del market
    return [request("GET", "/categories")]


def categories_rpc(market: Market) -> Rpc:
    del market
    return Rpc(f"{_CATALOG}/ListCategories", [(b"", "")])


async def carts(market: Market) -> list[bytes]:
    """Carts with two things in them."""
    regulars = market.customers[:_REGULARS]
    answers = await exchange_all(market.edge, [_cart(each) for each in regulars])
    empty = [each for each, answer in zip(regulars, answers, strict=True) if not answer.json()["items"]]
    await fill_carts(market, empty)
    return [_cart(each) for each in regulars]


def cart_rpc(market: Market) -> Rpc:
    asked = cart_service_pb2.GetCartRequest().SerializeToString()
    return Rpc("/souk.cart.v1.CartService/GetCart", [(asked, each.token) for each in market.customers[:_REGULARS]])


async def adds(market: Market) -> list[bytes]:
    """Five things for each customer, into an empty cart."""
    buyers = market.some_customers()
    await clear_carts(market, buyers)
    return [add(market, each) for _ in range(_ADDS_PER_CART) for each in buyers]


async def checkouts(market: Market) -> list[bytes]:
    """One order for each customer, of two things that lie in the cart already."""
    return await orders_of(market, market.some_customers())


async def orders_of(market: Market, buyers: Sequence[Customer]) -> list[bytes]:
    """An order of two things by each of these."""
    await clear_carts(market, buyers)
    totals = await fill_carts(market, buyers)
    return [order(customer, total) for customer, total in zip(buyers, totals, strict=True)]


async def histories(market: Market) -> list[bytes]:
    """The first page of the customer's orders, of which there are some."""
    regulars = market.customers[:_REGULARS]
    answers = await exchange_all(market.edge, [_history(each) for each in regulars[-1:]])
    if not answers[0].json()["orders"]:
        for _ in range(2):
            for answer in await exchange_all(market.edge, with_keys(await orders_of(market, regulars))):
                answer.json()
    return [_history(each) for each in regulars]


def history_rpc(market: Market) -> Rpc:
    asked = order_service_pb2.ListOrdersRequest(page_size=20).SerializeToString()
    return Rpc("/souk.order.v1.OrderService/ListOrders", [(asked, each.token) for each in market.customers[:_REGULARS]])


async def logins(market: Market) -> list[bytes]:
    bodies = [{"email": each.email, "password": PASSWORD} for each in market.customers[:_REGULARS]]
    return [request("POST", "/auth/login", body) for body in bodies]


async def clear_carts(market: Market, customers: Sequence[Customer]) -> None:
    """Empty their carts."""
    await market.keep_signed_in()
    cleared = [request("DELETE", "/cart", token=each.token) for each in customers]
    for answer in await exchange_all(market.edge, cleared):
        answer.json()


async def fill_carts(market: Market, customers: Sequence[Customer], things: int = 2) -> list[dict[str, Any]]:
    """Put so many things into each of the carts and return what they cost then."""
    filling = [add(market, each) for _ in range(things) for each in customers]
    answers = [answer.json() for answer in await exchange_all(market.edge, filling)]
    return [answer["total"] for answer in answers[len(filling) - len(customers) :]]


def add(market: Market, customer: Customer, variant_id: str = "", quantity: int = 1) -> bytes:
    """Put something into a cart; without a variant any that is in stock."""
    body = {"variantId": variant_id or market.take_unit(), "quantity": quantity}
    return request("POST", "/cart/items", body, token=customer.token)


def order(customer: Customer, total: dict[str, Any]) -> bytes:
    """Order what lies in the cart and costs so much."""
    payments = [{"provider": "stripe", "token": "pm_card_visa"}]
    body = {"shippingAddress": ADDRESS, "payments": payments, "expectedTotal": total}
    return request("POST", "/orders", body, token=customer.token, keyed=True)


def _cart(customer: Customer) -> bytes:
    return request("GET", "/cart", token=customer.token)


def _history(customer: Customer) -> bytes:
    return request("GET", "/orders?page_size=20", token=customer.token)


ITEMS = (
    Item("product", "a product by its id", products, limit=product_rpc),
    Item("list", "a page of 20 products of a category", lists, limit=list_rpc),
    Item("categories", "the tree of categories", categories, limit=categories_rpc),
    Item("cart", "read the cart", carts, limit=cart_rpc),
    Item("cart-add", "add to cart", adds, once=True),
    Item("checkout", "a whole order of two things: placed, paid, stock committed, mail queued", checkouts, once=True),
    Item("orders", "the first page of the own orders", histories, limit=history_rpc),
    Item("login", "sign in with a password", logins, warm=False),
)


def shuffled(requests: list[bytes], chance: random.Random) -> Iterator[str]:
    """The requests as the generator reads them, in random order."""
    texts = [each.decode() for each in requests]
    chance.shuffle(texts)
    return iter(texts)
