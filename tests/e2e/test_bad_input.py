"""Bad input at the edge: one clear error that names what is wrong and where, and nothing half written."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from cli.rest import Rest
from cli.uploads import upload
from tests.goods import ADDRESS, Goods, a_buyer, a_mail_address, place_order
from tests.stack_process import Stack

_HEADER = "Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price\n"


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{stack.edge}/api/v1", timeout=30) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def reason(answer: httpx.Response) -> str:
    """The reason of the one error shape."""
    body = answer.json()
    assert {"code", "message", "details"} <= body.keys(), body
    return next(str(detail["reason"]) for detail in body["details"] if "reason" in detail)


def faulty_fields(answer: httpx.Response) -> list[str]:
    return [fault["field"] for detail in answer.json()["details"] for fault in detail.get("fieldViolations", ())]


class TestRequests:
    def test_malformed_json(self, http: httpx.Client) -> None:
        answer = http.post("/auth/login", content=b'{"email":', headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert reason(answer)

    def test_an_unknown_query_parameter(self, http: httpx.Client) -> None:
        answer = http.get("/products", params={"colour": "red"})
        assert answer.status_code == 400
        assert reason(answer)

    def test_a_negative_quantity_names_the_field_and_adds_nothing(self, rest: Rest, goods: tuple[Goods, Goods]) -> None:
        buyer = a_buyer(rest)
        answer = httpx.post(
            f"{rest.url}/api/v1/cart/items",
            json={"variantId": goods[0].variant_id, "quantity": -1},
            headers=bearer(buyer.token),
        )
        assert answer.status_code == 400
        assert faulty_fields(answer) == ["quantity"]
        assert rest.call("GET", "/cart", account=buyer)["items"] == []

    def test_a_currency_that_does_not_exist(self, rest: Rest, goods: tuple[Goods, Goods]) -> None:
        price = {"currency": "XQQ", "amount": "100"}
        body = {"shopId": goods[0].shop_id, "title": "Bowl", "variants": [{"sku": "B-1", "price": price}]}
        answer = httpx.post(f"{rest.url}/api/v1/products", json=body, headers=bearer(goods[0].seller.token))
        assert answer.status_code == 400
        assert any("price" in field or "currency" in field for field in faulty_fields(answer)), answer.text
        shown = rest.call("GET", "/products", shopId=goods[0].shop_id)["products"]
        assert [each["title"] for each in shown] == ["Teapot"]

    def test_a_body_over_the_limit(self, http: httpx.Client) -> None:
        answer = http.post("/auth/login", json={"email": "x" * (2 << 20), "password": "y"})
        assert answer.status_code == 413
        assert reason(answer)

    def test_a_form_is_not_json(self, http: httpx.Client) -> None:
        answer = http.post("/auth/login", content=b"{}", headers={"content-type": "text/plain"})
        assert answer.status_code == 415
        assert reason(answer)

    def test_an_unknown_path(self, http: httpx.Client) -> None:
        answer = http.get("/no/such/thing")
        assert answer.status_code == 404
        assert reason(answer)

    def test_no_idempotency_key(self, rest: Rest, goods: tuple[Goods, Goods]) -> None:
        buyer = a_buyer(rest, goods[0])
        body = {"shippingAddress": ADDRESS, "expectedTotal": goods[0].price}
        answer = httpx.post(f"{rest.url}/api/v1/orders", json=body, headers=bearer(buyer.token))
        assert answer.status_code == 400
        assert reason(answer) == "IDEMPOTENCY_KEY_REQUIRED"


class TestTokens:
    def test_none(self, http: httpx.Client) -> None:
        answer = http.get("/orders")
        assert answer.status_code == 401
        assert reason(answer)

    def test_an_expired_one(self, stack: Stack, http: httpx.Client) -> None:
        answer = http.get("/orders", headers=bearer(expired_token(stack)))
        assert answer.status_code == 401
        assert reason(answer) == "TOKEN_EXPIRED"

    def test_one_that_was_tampered_with(self, rest: Rest, http: httpx.Client) -> None:
        head, claims, signature = a_buyer(rest).token.split(".")
        loaded = json.loads(base64.urlsafe_b64decode(claims + "=="))
        loaded["roles"] = ["ADMIN"]
        forged = base64.urlsafe_b64encode(json.dumps(loaded).encode()).decode().rstrip("=")
        assert http.get("/users", headers=bearer(f"{head}.{forged}.{signature}")).status_code == 401

    def test_another_customers_order(self, rest: Rest, http: httpx.Client, goods: tuple[Goods, Goods]) -> None:
        order = place_order(rest, a_buyer(rest, goods[0]))
        answer = http.get(f"/orders/{order['orderId']}", headers=bearer(a_buyer(rest).token))
        assert answer.status_code == 404
        assert reason(answer) == "ORDER_NOT_FOUND"

    def test_a_query_parameter_cannot_stand_for_the_path(
        self, rest: Rest, http: httpx.Client, goods: tuple[Goods, Goods]
    ) -> None:
        own, foreign = a_buyer(rest, goods[0]), a_buyer(rest, goods[0])
        order, other = place_order(rest, own), place_order(rest, foreign)
        answer = http.get(
            f"/orders/{order['orderId']}", params={"order_id": other["orderId"]}, headers=bearer(own.token)
        )
        assert answer.status_code == 400


def expired_token(stack: Stack) -> str:
    """A token of the right key that ended an hour ago."""
    import jwt
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = next((stack.home.keys / "token").glob("*.pem"))
    key = load_pem_private_key(path.read_bytes(), None)
    kid = json.loads((stack.home.keys / "jwks.json").read_text())["keys"][0]["kid"]
    ended = int(time.time()) - 3_600
    claims = {"iss": "souk", "aud": "souk", "sub": "0" * 8, "exp": ended, "iat": ended - 900, "sid": "x", "epo": 1}
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"typ": "at+jwt", "kid": kid})  # type: ignore[arg-type]  # an Ed25519 key


class TestImports:
    def run(self, rest: Rest, goods: Goods, csv: bytes) -> dict[str, Any]:
        import_id = upload(rest, goods.seller, goods.shop_id, csv)
        path = f"/shops/{goods.shop_id}/imports/{import_id}"
        return rest.wait(
            path, lambda state: state["state"] in {"SUCCEEDED", "FAILED"}, seconds=30, account=goods.seller
        )

    def test_three_bad_rows_in_fifty_are_named_and_the_others_imported(
        self, rest: Rest, goods: tuple[Goods, Goods]
    ) -> None:
        rows = [f"bowl-{n},Bowl {n},<p>Round.</p>,Title,Default Title,BOWL-{n},3,12.50" for n in range(50)]
        rows[9] = rows[9].replace("12.50", "twelve")
        rows[24] = rows[24].replace(",3,", ",-3,")
        rows[39] = rows[39].replace("bowl-39,", ",")
        result = self.run(rest, goods[1], (_HEADER + "\n".join(rows) + "\n").encode())
        assert result["state"] == "SUCCEEDED"
        assert (result["rowCount"], result["createdCount"], result["errorCount"]) == (50, 47, 3)
        assert [(error["line"], error["reason"]) for error in result["errors"]] == [
            (11, "PRICE_INVALID"),
            (26, "QUANTITY_INVALID"),
            (41, "HANDLE_MISSING"),
        ]

    @pytest.mark.parametrize("csv", [b"\xff\xfe\x00\x80\x81", b"name,price\nbowl,12\n", b""])
    def test_an_unreadable_file_is_refused_whole(self, rest: Rest, goods: tuple[Goods, Goods], csv: bytes) -> None:
        answer = httpx.post(
            f"{rest.url}/api/v1/shops/{goods[0].shop_id}/products:import",
            content=csv,
            headers={"content-type": "text/csv", **bearer(goods[0].seller.token)},
        )
        if answer.status_code == 200:
            result = self.run(rest, goods[0], csv)
            assert (result["state"], result["createdCount"]) == ("FAILED", 0)
            assert result["message"]
        else:
            assert answer.status_code == 400
            assert reason(answer)


class TestAccounts:
    def test_the_same_address_twice(self, http: httpx.Client) -> None:
        address = a_mail_address()
        body = {"email": address, "password": "a quiet harbour at dawn", "displayName": "A"}
        assert http.post("/auth/register", json=body).status_code == 200
        answer = http.post("/auth/register", json={**body, "email": address.upper()})
        assert answer.status_code == 409

    def test_a_wrong_password_and_an_unknown_address_look_the_same(self, rest: Rest, http: httpx.Client) -> None:
        known = a_buyer(rest).email
        answers = [
            http.post("/auth/login", json={"email": email, "password": "not the password"})
            for email in (known, a_mail_address())
        ]
        assert [answer.status_code for answer in answers] == [401, 401]
        assert answers[0].json() == answers[1].json()
