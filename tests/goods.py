"""Shops, things and buyers, as the tests of whole stories need them."""

import secrets
from dataclasses import dataclass
from typing import Any

from cli.rest import Account, Rest
from cli.sellers import open_shop

ADDRESS = {"name": "Mira Okonkwo", "line1": "Lindenstr. 12", "city": "Berlin", "postalCode": "10969", "country": "DE"}
PASSWORD = "a quiet harbour at dawn"


@dataclass(frozen=True)
class Goods:
    """One variant in a shop of its own, with the seller who acts for it."""

    seller: Account
    shop_id: str
    product_id: str
    variant_id: str
    price: dict[str, Any]


def put_up(rest: Rest, shop: str, title: str, amount: int, *, stock: int = 1_000, currency: str = "EUR") -> Goods:
    """Open a shop and put one thing up for sale."""
    seller, shop_id = open_shop(rest, name=shop, description="", country="DE", currency=currency)
    price = {"currency": currency, "amount": str(amount)}
    variants = [{"sku": f"{title.upper()}-1", "price": price, "stock": stock}]
    product = rest.call("POST", "/products", {"shopId": shop_id, "title": title, "variants": variants}, account=seller)
    return Goods(seller, shop_id, product["productId"], product["variants"][0]["variantId"], price)


def a_mail_address() -> str:
    """An address that nobody has yet."""
    return f"buyer-{secrets.token_hex(6)}@example.com"


def a_buyer(rest: Rest, *goods: Goods, quantity: int = 1) -> Account:
    """A new customer with these goods in the cart."""
    buyer = rest.register(a_mail_address(), PASSWORD, "Mira")
    for each in goods:
        rest.call("POST", "/cart/items", {"variantId": each.variant_id, "quantity": quantity}, account=buyer)
    return buyer


def place_order(
    rest: Rest, buyer: Account, *, token: str = "pm_card_visa", key: str = "", **body: Any
) -> dict[str, Any]:
    """Order what is in the cart for what it costs now."""
    if "quoteId" not in body and "expectedTotal" not in body:
        body["expectedTotal"] = rest.call("GET", "/cart", account=buyer)["total"]
    order = {"shippingAddress": ADDRESS, "payments": [{"provider": "stripe", "token": token}], **body}
    headers = {"idempotency-key": key or secrets.token_hex(16)}
    return rest.call("POST", "/orders", order, account=buyer, headers=headers)


def stock_of(rest: Rest, goods: Goods) -> dict[str, Any]:
    """What the seller sees of the stock, numbers as numbers."""
    stock = rest.call("GET", f"/inventory/{goods.variant_id}", account=goods.seller)
    return {name: int(stock[name]) for name in ("onHand", "reserved", "available")}
