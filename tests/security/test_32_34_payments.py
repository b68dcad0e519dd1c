"""32, 34: steps of a payment cannot be skipped, and only the provider's own words about it are taken."""

import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import asyncpg
import httpx
import pytest

from cli.rest import Rest
from tests.goods import Goods, a_buyer, place_order, put_up
from tests.security.conftest import Town
from tests.security.wire import bearer, reason_of
from tests.stack_process import Stack


@pytest.fixture(scope="session")
def secret(stack: Stack) -> str:
    return "whsec_" + (stack.home.root / "secrets" / "sandbox-webhook").read_text().strip()


def an_event(**change: Any) -> bytes:
    event = {
        "id": f"evt_{secrets.token_hex(8)}",
        "object": "event",
        "type": "payment_intent.succeeded",
        "livemode": False,
        "data": {"object": {"id": "pi_of_nobody"}},
    }
    return json.dumps(event | change).encode()


def signature(payload: bytes, secret: str, moment: float | None = None) -> str:
    seconds = int(time.time() if moment is None else moment)
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={signed}"


def send(http: httpx.Client, payload: bytes, header: str | None) -> httpx.Response:
    headers = {"content-type": "application/json"} | ({} if header is None else {"stripe-signature": header})
    return http.post("/webhooks/stripe", content=payload, headers=headers)


async def kept(stack: Stack, event_id: str) -> int:
    connection = await asyncpg.connect(stack.urls["postgres"])
    try:
        return int(
            await connection.fetchval(
                "SELECT count(*) FROM payment.webhook_events WHERE provider_event_id = $1", event_id
            )
        )
    finally:
        await connection.close()


async def test_a_webhook_counts_if_it_is_signed_fresh_and_of_this_mode(
    stack: Stack, http: httpx.Client, secret: str
) -> None:
    payload, live = an_event(), an_event(livemode=True)
    good = signature(payload, secret)
    refused = {
        "none": (payload, None),
        "empty": (payload, ""),
        "another secret": (payload, signature(payload, "whsec_x")),
        "an empty secret": (payload, signature(payload, "")),
        "another body": (an_event(), good),
        "a body with a space more": (payload + b" ", good),
        "stale": (payload, signature(payload, secret, time.time() - 3600)),
        "from the future": (payload, signature(payload, secret, time.time() + 3600)),
        "two times": (payload, f"t={int(time.time())}," + good),
        "a moved time": (payload, good.replace("t=1", "t=2", 1)),
        "v0 alone": (payload, good.replace("v1=", "v0=")),
        "live": (live, signature(live, secret)),
        "no event": (b"[]", signature(b"[]", secret)),
        "deep": (b"[" * 5000, signature(b"[" * 5000, secret)),
    }
    answers = {name: send(http, *sent).status_code for name, sent in refused.items()}
    assert set(answers.values()) == {400}, answers
    event_id = json.loads(payload)["id"]
    assert await kept(stack, event_id) == 0
    assert [send(http, payload, good).status_code for _ in range(2)] == [200, 200]
    assert await kept(stack, event_id) == 1


def test_a_webhook_of_an_unknown_payment_pays_nothing(http: httpx.Client, rest: Rest, town: Town, secret: str) -> None:
    """Signed or not, what it says of an amount or a state is never taken: the provider is asked."""
    buyer = a_buyer(rest, town.goods)
    order = place_order_declined(http, rest, buyer)
    payload = an_event(data={"object": {"id": "pi_x", "status": "succeeded", "metadata": {"order_id": order}}})
    assert send(http, payload, signature(payload, secret)).status_code == 200
    time.sleep(0.5)
    assert rest.call("GET", f"/orders/{order}", account=buyer)["paymentState"] != "CAPTURED"


def place_order_declined(http: httpx.Client, rest: Rest, buyer: Any) -> str:
    total = rest.call("GET", "/cart", account=buyer)["total"]
    address = {"name": "a", "line1": "b", "city": "c", "postalCode": "1", "country": "DE"}
    sources = [{"provider": "stripe", "token": "pm_card_visa_chargeDeclined"}]
    body = {"shippingAddress": address, "payments": sources, "expectedTotal": total}
    headers = bearer(buyer.token) | {"idempotency-key": secrets.token_hex(8)}
    placed = http.post("/orders", json=body, headers=headers)
    assert placed.status_code == 200, placed.text
    return str(placed.json()["orderId"])


def test_no_more_goes_back_than_came_and_nothing_is_cancelled_that_was_sent(http: httpx.Client, rest: Rest) -> None:
    goods: Goods = put_up(rest, "Ends", "Plate", 1000)
    buyer = a_buyer(rest, goods, quantity=2)
    order = place_order(rest, buyer)
    seller = bearer(goods.seller.token)
    refund = f"/payments/{order['payments'][0]['paymentId']}:refund"

    def give_back(amount: int, key: str = "") -> httpx.Response:
        body = {"amount": {"currency": "EUR", "amount": str(amount)}, "reason": "x"}
        return http.post(refund, json=body, headers=seller | {"idempotency-key": key or secrets.token_hex(8)})

    assert reason_of(give_back(2001)) == "REFUND_TOO_LARGE"
    assert [give_back(1500, "once").status_code for _ in range(2)] == [200, 200]
    assert reason_of(give_back(501)) == "REFUND_TOO_LARGE"
    assert give_back(500).status_code == 200
    assert reason_of(give_back(1)) in {"REFUND_TOO_LARGE", "NOTHING_TO_REFUND"}

    second = place_order(rest, a_buyer_again(rest, buyer, goods))
    part = f"/shops/{goods.shop_id}/orders/{second['sellerOrders'][0]['sellerOrderId']}"
    assert http.post(f"{part}:deliver", json={}, headers=seller).status_code == 400
    assert http.post(f"{part}:ship", json={"carrier": "DHL"}, headers=seller).status_code == 200
    cancelled = http.post(f"/orders/{second['orderId']}:cancel", json={}, headers=bearer(buyer.token))
    assert cancelled.status_code == 400, cancelled.text
    status = {"status": "REFUNDED", "shopId": goods.shop_id}
    assert http.put(f"/orders/{second['orderId']}/status", json=status, headers=seller).status_code == 400


def a_buyer_again(rest: Rest, buyer: Any, goods: Goods) -> Any:
    rest.call("POST", "/cart/items", {"variantId": goods.variant_id, "quantity": 1}, account=buyer)
    return buyer
