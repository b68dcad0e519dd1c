"""The sellers' side: opening shops, putting goods up, and sending what was sold."""

from typing import Any

from cli.sellers import open_shop, read_sellers
from cli.story.act import Stall, StepFailedError, Story

_GOODS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    (
        "Kiln & Ember",
        "Stoneware from one wood-fired kiln.",
        "DE",
        {
            "title": "Ash-glazed stoneware teapot",
            "description": "<p>Holds 0.8 l. Fired with beech.</p>",
            "brand": "Kiln & Ember",
            "attributes": {"material": "stoneware"},
            "variants": [
                {
                    "sku": "TEAPOT-ASH",
                    "price": {"currency": "EUR", "amount": "8400"},
                    "options": {"Glaze": "Ash"},
                    "stock": 5,
                    "weightGrams": 820,
                }
            ],
        },
    ),
    (
        "Loom at the Lake",
        "Linen woven to order.",
        "AT",
        {
            "title": "Waffle-woven linen towel",
            "description": "<p>Grown, spun and woven in one valley.</p>",
            "variants": [
                {
                    "sku": "TOWEL-NAT",
                    "price": {"currency": "EUR", "amount": "2650"},
                    "options": {"Colour": "Natural"},
                    "stock": 20,
                    "weightGrams": 240,
                }
            ],
        },
    ),
)


def new_stalls(story: Story) -> list[Stall]:
    """Two makers register, open shops and put up one thing each."""
    stalls = []
    for name, description, country, goods in _GOODS:
        story.tell(f"A maker opens the shop [bold]{name}[/bold]")
        seller, shop_id = open_shop(
            story.rest, name=name, description=description, country=country, currency="EUR", owner=name
        )
        product = story.rest.call("POST", "/products", {"shopId": shop_id, **goods}, account=seller)
        variant = product["variants"][0]
        story.note(f"shop {shop_id}, verified")
        story.note(f"{product['title']} ({variant['sku']}), {variant['available']} in stock")
        stock = story.rest.call("GET", f"/inventory/{variant['variantId']}", account=seller)
        wanted = str(goods["variants"][0]["stock"])
        story.check(holds=str(stock["onHand"]) == wanted, otherwise=f"the stock says {stock['onHand']}, not {wanted}")
        stalls.append(Stall(shop_id, name, seller))
    return stalls


def imported_stalls(story: Story) -> list[Stall]:
    """The shops that `souk import` made in this home, their sellers signed in."""
    known = [seller for seller in read_sellers(story.home) if seller.origin == "import"]
    if not known:
        raise StepFailedError("No shop was imported here. `souk import FILE.csv` makes one.")
    stalls = {}
    for seller in known:
        stalls[seller.shop_name] = Stall(
            seller.shop_id, seller.shop_name, story.rest.login(seller.email, seller.password)
        )
    story.tell(f"The sellers of {len(stalls)} imported shops sign in")
    story.note(", ".join(stalls))
    return list(stalls.values())


def ship_all(story: Story, stalls: list[Stall], order: dict[str, Any]) -> None:
    """Every seller sees their own part of the order, and nothing else, and ships it."""
    for number, stall in enumerate(stalls, 1):
        story.tell(f"[bold]{stall.name}[/bold] ships its part")
        part = _part_of(story, stall, order)
        story.check(
            holds={line["lineId"] for line in part["lines"]} == _lines_of(order, stall.shop_id),
            otherwise=f"{stall.name} sees lines that are not its own, or not all of them",
        )
        path = f"/shops/{stall.shop_id}/orders/{part['sellerOrderId']}"
        story.rest.call("POST", f"{path}:process", {}, account=stall.seller)
        tracking = {"carrier": "DHL", "trackingNumber": f"JD0146{number:06}"}
        shipped = story.rest.call("POST", f"{path}:ship", tracking, account=stall.seller)
        story.check(holds=shipped["status"] == "SHIPPED", otherwise=f"after :ship the part is {shipped['status']}")
        address = part["shippingAddress"]
        story.note(
            f"{part['lines'][0]['title']} to {address['city']}, {tracking['carrier']} {tracking['trackingNumber']}"
        )


def _part_of(story: Story, stall: Stall, order: dict[str, Any]) -> dict[str, Any]:
    page = story.rest.call("GET", f"/shops/{stall.shop_id}/orders", account=stall.seller)
    for part in page["sellerOrders"]:
        if part["orderId"] == order["orderId"]:
            return dict(part)
    raise StepFailedError(f"{stall.name} does not see its part of order {order['orderNumber']}")


def _lines_of(order: dict[str, Any], shop_id: str) -> set[str]:
    return {line["lineId"] for line in order["lines"] if line["shopId"] == shop_id}
