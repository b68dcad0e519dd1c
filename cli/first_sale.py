"""The one line that buys something."""

from typing import Any

from cli.rest import Rest

_PAGE = 20


def first_sale(edge: str, variant: dict[str, Any]) -> str:
    """A line to paste into a shell: registers a customer, puts `variant` in the cart, and pays on the sandbox."""
    api = f"{edge}/api/v1"
    json = "-H content-type:application/json"
    price = variant["price"]
    # `$$` and the second tell one paste from the next in every shell.
    once = "'$$-$(date +%s)'"
    register = f'{{"email":"me-{once}@example.com","password":"correct-horse-battery","displayName":"Me"}}'
    item = f'{{"variantId":"{variant["variantId"]}","quantity":1}}'
    order = (
        '{"shippingAddress":{"name":"Me","line1":"1 Market Street","city":"Berlin","postalCode":"10115",'
        '"country":"DE"},'
        '"payments":[{"provider":"stripe","token":"pm_card_visa"}],'
        f'"expectedTotal":{{"currency":"{price["currency"]}","amount":"{price["amount"]}"}}}}'
    )
    access = 'sed \'s/.*"accessToken":"\\([^"]*\\)".*/\\1/\''
    return (
        f"T=$(curl -s {json} -d '{register}' {api}/auth/register | {access}) && "
        f"curl -s -o /dev/null {json} -H \"authorization: Bearer $T\" -d '{item}' {api}/cart/items && "
        f'curl -s {json} -H "authorization: Bearer $T" -H "idempotency-key: $$-$(date +%s)" '
        f"-d '{order}' {api}/orders"
    )


def something_in_stock(rest: Rest) -> dict[str, Any] | None:
    """The variant of the newest products that most is left of; None on an empty market."""
    summaries = rest.call("GET", "/products", pageSize=_PAGE)["products"]
    products = [rest.call("GET", f"/products/{each['productId']}") for each in summaries if each["available"]]
    variants = [variant for product in products for variant in product["variants"]]
    return max(variants, key=lambda variant: int(variant["available"]), default=None)
