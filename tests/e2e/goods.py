"""Things to buy."""

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
