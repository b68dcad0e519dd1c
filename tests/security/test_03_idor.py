"""3: what belongs to somebody else is not there: neither to another buyer nor to another seller."""

import secrets

import httpx
import pytest

from cli.rest import Rest
from tests.goods import ADDRESS, PASSWORD, a_mail_address
from tests.security.conftest import Town
from tests.security.wire import bearer, reason_of

MONEY = {"currency": "EUR", "amount": "1"}


@pytest.fixture
def names(town: Town) -> dict[str, str]:
    """What the paths below name: all of it the buyer's or the first shop's."""
    part = town.order["sellerOrders"][0]
    return {
        "order": town.order["orderId"],
        "payment": town.order["payments"][0]["paymentId"],
        "part": part["sellerOrderId"],
        "line": part["lines"][0]["lineId"],
        "shop": town.goods.shop_id,
        "product": town.goods.product_id,
        "variant": town.goods.variant_id,
        "user": town.buyer.user_id,
        "address": town.address_id,
        "notification": town.notification_id,
    }


BUYERS = [
    ("GET", "/orders/{order}", None),
    ("POST", "/orders/{order}:cancel", {}),
    ("POST", "/payments/pay", {"orderId": "{order}", "payments": [{"provider": "stripe", "token": "pm_card_visa"}]}),
    ("GET", "/payments/{payment}", None),
    ("GET", "/users/{user}", None),
    ("PATCH", "/users/{user}", {"displayName": "Owned"}),
    ("PATCH", "/users/addresses/{address}", {"label": "Owned"}),
    ("DELETE", "/users/addresses/{address}", None),
    ("POST", "/notifications/{notification}:read", {}),
]
SELLERS = [
    ("GET", "/shops/{shop}/orders", None),
    ("GET", "/shops/{shop}/orders/{part}", None),
    ("POST", "/shops/{shop}/orders/{part}:process", {}),
    ("POST", "/shops/{shop}/orders/{part}:ship", {"carrier": "DHL"}),
    ("POST", "/shops/{shop}/orders/{part}:deliver", {}),
    ("PUT", "/orders/{order}/status", {"status": "SHIPPED", "carrier": "DHL"}),
    ("POST", "/payments/{payment}:refund", {"amount": MONEY, "reason": "x"}),
    ("POST", "/payments/{payment}:refund", {"lines": [{"lineId": "{line}", "quantity": 1}], "reason": "x"}),
    ("GET", "/payments/refunds?shopId={shop}", None),
    ("GET", "/shops/{shop}/payouts", None),
    ("GET", "/shops/{shop}/products", None),
    ("PATCH", "/shops/{shop}", {"name": "Owned"}),
    ("POST", "/products", {"shopId": "{shop}", "title": "x", "variants": [{"sku": "x", "price": MONEY}]}),
    ("PATCH", "/products/{product}", {"title": "Owned"}),
    ("DELETE", "/products/{product}", None),
    ("GET", "/inventory/{variant}", None),
    ("POST", "/inventory/{variant}", {"quantity": 0}),
    ("POST", "/inventory/{variant}:adjust", {"delta": -1}),
    ("GET", "/inventory/{variant}/movements", None),
]


def filled(value: object, names: dict[str, str]) -> object:
    if isinstance(value, str):
        return value.format(**names) if value.startswith(("{", "/")) else value
    if isinstance(value, dict):
        return {key: filled(each, names) for key, each in value.items()}
    return [filled(each, names) for each in value] if isinstance(value, list) else value


def attack(http: httpx.Client, token: str, verb: str, path: str, body: object, names: dict[str, str]) -> httpx.Response:
    headers = bearer(token) | {"idempotency-key": secrets.token_hex(8)}
    return http.request(verb, str(filled(path, names)), json=filled(body, names), headers=headers)


@pytest.mark.parametrize(("verb", "path", "body"), BUYERS)
def test_another_customer(
    http: httpx.Client, town: Town, names: dict[str, str], verb: str, path: str, body: object
) -> None:
    answer = attack(http, town.stranger.token, verb, path, body, names)
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(("verb", "path", "body"), SELLERS)
def test_another_seller(
    http: httpx.Client, town: Town, names: dict[str, str], verb: str, path: str, body: object
) -> None:
    answer = attack(http, town.other_goods.seller.token, verb, path, body, names)
    assert answer.status_code == 404, answer.text


def test_a_seller_sees_the_part_and_not_the_payment(http: httpx.Client, town: Town, names: dict[str, str]) -> None:
    """What the shop may see of an order is its own part, with the address and without how it was paid."""
    answer = attack(http, town.goods.seller.token, "GET", "/shops/{shop}/orders/{part}", None, names)
    assert answer.status_code == 200
    assert names["payment"] not in answer.text
    for path in ("/orders/{order}", "/payments/{payment}"):
        assert attack(http, town.goods.seller.token, "GET", path, None, names).status_code == 404


def test_another_shops_path_does_not_open_a_part(http: httpx.Client, town: Town, names: dict[str, str]) -> None:
    """The seller's own shop in the path and somebody else's part behind it."""
    mine = names | {"shop": town.other_goods.shop_id}
    for verb, path, body in (("GET", "", None), ("POST", ":process", {}), ("POST", ":ship", {"carrier": "DHL"})):
        answer = attack(http, town.other_goods.seller.token, verb, "/shops/{shop}/orders/{part}" + path, body, mine)
        assert answer.status_code == 404, answer.text


def test_lists_hold_the_callers_own(http: httpx.Client, town: Town, names: dict[str, str]) -> None:
    for path in ("/orders", "/users/orders", "/users/addresses", "/notifications", "/payments/refunds"):
        text = http.get(path, headers=bearer(town.stranger.token)).text
        assert not any(names[name] in text for name in ("order", "payment", "address", "notification")), path


def test_an_idempotency_key_is_its_callers_alone(http: httpx.Client, town: Town) -> None:
    """The stored answer of one customer is never told to another who sends the same key and body."""
    body = {"address": {**ADDRESS, "name": "Canary Callers"}}
    headers = {"idempotency-key": secrets.token_hex(8)}
    sent = {
        account.user_id: http.post("/users/addresses", json=body, headers=headers | bearer(account.token)).json()
        for account in (town.buyer, town.stranger)
    }
    assert len({answer["addressId"] for answer in sent.values()}) == 2


def test_two_guests_with_one_key_have_two_carts(http: httpx.Client, town: Town) -> None:
    """A guest who shows nothing cannot be told from another: a stored answer would hand over a stranger's cart."""
    body = {"variantId": town.goods.variant_id, "quantity": 1}
    key = {"idempotency-key": "1"}
    first, second = (http.post("/cart/items", json=body, headers=key).json() for _ in range(2))
    assert first["cartToken"]
    assert first["cartToken"] != second["cartToken"]
    again = [http.post("/cart/items", json=body, headers=key | {"x-cart-token": first["cartToken"]}) for _ in range(2)]
    assert [answer.json()["itemCount"] for answer in again] == [2, 2]


def test_a_guests_cart_is_its_tokens(http: httpx.Client, town: Town) -> None:
    body = {"variantId": town.goods.variant_id, "quantity": 1}
    cart = http.post("/cart/items", json=body).json()
    item = cart["items"][0]["itemId"]
    for token in ("", "x", cart["cartId"], cart["cartToken"][:-1]):
        headers = {"x-cart-token": token} if token else {}
        assert http.put(f"/cart/items/{item}", json={"quantity": 5}, headers=headers).status_code == 404
        assert http.get("/cart", headers=headers).json()["items"] == []
    stolen = http.get("/cart", headers=bearer(town.stranger.token) | {"x-cart-token": cart["cartId"]})
    assert item not in stolen.text
    merged = http.post("/cart:merge", json={"cartToken": cart["cartId"]}, headers=bearer(town.stranger.token))
    assert (merged.status_code, reason_of(merged)) == (404, "CART_NOT_FOUND")


def test_a_saved_means_of_payment_is_its_owners(http: httpx.Client, rest: Rest, town: Town) -> None:
    """Another can neither see it, nor pay with it, nor take it away."""
    thief = rest.register(a_mail_address(), PASSWORD, "Thief")
    mine, others = (bearer(account.token) for account in (town.buyer, thief))
    key = {"idempotency-key": secrets.token_hex(8)}
    saved = http.post("/payments/methods", json={"token": "pm_card_visa"}, headers=mine | key)
    assert saved.status_code == 200, saved.text
    method_id = next(value for name, value in saved.json().items() if name.endswith("ethodId"))
    assert method_id not in http.get("/payments/methods", headers=others).text
    http.delete(f"/payments/methods/{method_id}", headers=others)
    assert method_id in http.get("/payments/methods", headers=mine).text
    item = {"variantId": town.goods.variant_id, "quantity": 1}
    total = http.post("/cart/items", json=item, headers=others).json()["total"]
    order = {"shippingAddress": ADDRESS, "payments": [{"savedMethodId": method_id}], "expectedTotal": total}
    answer = http.post("/orders", json=order, headers=others | {"idempotency-key": secrets.token_hex(8)})
    (attempt,) = answer.json()["payments"]
    assert (attempt["state"], attempt["declineReason"]) == ("DECLINED", "payment_method_not_found")


def test_a_wallet_is_its_owners(http: httpx.Client, town: Town) -> None:
    """No path names another's wallet but the one by which staff give credit."""
    mine, others = bearer(town.buyer.token), bearer(town.stranger.token)
    path = f"/admin/wallets/{town.buyer.user_id}:credit"
    body = {"amount": {"currency": "JPY", "amount": "77001"}, "reason": "A gift"}
    key = {"idempotency-key": "credit-a-wallet"}
    for headers in (mine, others, bearer(town.goods.seller.token)):
        assert http.post(path, json=body, headers=headers | key).status_code == 403
    assert http.post(path, json=body, headers=bearer(town.admin.token) | key).status_code == 200
    for what in ("/users/wallet", "/users/wallet/entries"):
        assert "77001" in http.get(what, headers=mine).text
        for query in ("", f"?userId={town.buyer.user_id}", f"?user_id={town.buyer.user_id}"):
            assert "77001" not in http.get(f"{what}{query}", headers=others).text
        assert http.get(what).status_code == 401
