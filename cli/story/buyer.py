"""The customer's side: looking around as a guest, signing up, paying, and following the parcels."""

import secrets
from typing import Any

from cli.rest import Account
from cli.story.act import PATIENCE_SECONDS, Stall, StepFailedError, Story, shown

ADDRESS = {
    "name": "Mira Okonkwo",
    "line1": "Lindenstraße 12",
    "city": "Berlin",
    "postalCode": "10969",
    "country": "DE",
}


def browse(story: Story, stalls: list[Stall]) -> list[dict[str, Any]]:
    """A guest looks at the market and puts one thing of each shop aside."""
    categories = story.rest.call("GET", "/categories")["categories"]
    products = story.rest.call("GET", "/products", pageSize=20)["products"]
    story.tell("A guest looks around")
    story.note(f"{len(categories)} categories; the newest things: {', '.join(each['title'] for each in products[:3])}")
    story.check(holds=bool(products), otherwise="the list of products is empty")
    return [_something_of(story, stall) for stall in stalls]


def _something_of(story: Story, stall: Stall) -> dict[str, Any]:
    for summary in story.rest.call("GET", "/products", shopId=stall.shop_id, pageSize=100)["products"]:
        product = story.rest.call("GET", f"/products/{summary['productId']}")
        for variant in product["variants"]:
            if int(variant["available"]) > 0:
                story.note(f"{product['title']}, {shown(variant['price'])}, from {summary['shopName'] or stall.name}")
                return dict(variant)
    raise StepFailedError(f"{stall.name} has nothing in stock")


def meet_customer(story: Story, basket: list[dict[str, Any]]) -> Account:
    """The guest fills a cart, signs up, and the cart comes along."""
    story.tell("The guest fills a cart, then signs up; the cart comes along")
    token = ""
    for variant in basket:
        headers = {"x-cart-token": token} if token else {}
        added = {"variantId": variant["variantId"], "quantity": 1}
        cart = story.rest.call("POST", "/cart/items", added, headers=headers)
        token = token or cart["cartToken"]
    customer = story.rest.register(
        f"mira-{secrets.token_hex(5)}@example.com", secrets.token_urlsafe(15), "Mira Okonkwo"
    )
    cart = story.rest.call("POST", "/cart:merge", {"cartToken": token}, account=customer)
    story.check(holds=len(cart["items"]) == len(basket), otherwise=f"the cart has {len(cart['items'])} lines")
    expected = sum(int(variant["price"]["amount"]) for variant in basket)
    story.check(holds=int(cart["total"]["amount"]) == expected, otherwise=f"the cart's total is {cart['total']}")
    story.note(
        f"{cart['itemCount']} things of {len({each['shopId'] for each in cart['items']})} shops, {shown(cart['total'])}"
    )
    return customer


def quote(story: Story, customer: Account, basket: list[dict[str, Any]]) -> dict[str, Any]:
    """The market says what it will cost, shop by shop."""
    story.tell("The market says what it will cost")
    offer = story.rest.call("POST", "/orders:quote", {"shippingAddress": ADDRESS}, account=customer)
    parts = sum(int(part["total"]["amount"]) for part in offer["sellers"])
    story.check(holds=parts == int(offer["total"]["amount"]), otherwise="the shops' parts do not sum to the total")
    story.check(holds=len(offer["sellers"]) <= len(basket), otherwise="the quote has a shop too many")
    story.note(f"{len(offer['sellers'])} shops, one total: {shown(offer['total'])}")
    return offer


def pay(story: Story, customer: Account, offer: dict[str, Any]) -> dict[str, Any]:
    """The customer pays once, and sends the same request again by mistake."""
    story.tell("The customer pays; an impatient second click changes nothing")
    key = {"idempotency-key": secrets.token_hex(16)}
    body = {
        "shippingAddress": ADDRESS,
        "billingAddress": ADDRESS,
        "payments": [{"provider": "stripe", "token": "pm_card_visa"}],
        "expectedTotal": offer["total"],
    }
    order = story.rest.call("POST", "/orders", body, account=customer, headers=key)
    again = story.rest.call("POST", "/orders", body, account=customer, headers=key)
    story.check(holds=again["orderId"] == order["orderId"], otherwise="the second click made a second order")
    story.check(holds=order["status"] == "PAID", otherwise=f"the order is {order['status']} ({order['payments']})")
    story.check(holds=order["total"] == offer["total"], otherwise=f"the order's total is {order['total']}")
    story.note(f"order {order['orderNumber']}, {order['status']}, {shown(order['total'])}")
    left = story.rest.wait("/cart", lambda cart: not cart["items"], seconds=PATIENCE_SECONDS, account=customer)
    story.check(holds=not left["items"], otherwise="what was bought is still in the cart")
    return order


def see_order_shipped(story: Story, customer: Account, order: dict[str, Any]) -> None:
    """The customer sees both parcels on their way."""
    story.tell("The customer sees the parcels on their way")
    seen = story.rest.call("GET", f"/orders/{order['orderId']}", account=customer)
    story.check(holds=seen["status"] == "SHIPPED", otherwise=f"the order is {seen['status']}")
    for part in seen["sellerOrders"]:
        for shipment in part["shipments"]:
            story.note(f"{shipment['carrier']} {shipment['trackingNumber']}")
    story.note(" → ".join(entry["status"] for entry in seen["history"]))
