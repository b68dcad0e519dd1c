"""Checkout over all services, whatever the placement: every outcome that a buyer can meet."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cli.rest import Account, Rest, RestError
from tests.goods import ADDRESS, Goods, a_buyer, place_order, put_up, stock_of
from tests.integration.waiting import eventually
from tests.stack_process import Stack


class TestHappyPath:
    def test_two_shops_one_payment(self, rest: Rest, teapot: Goods, towel: Goods) -> None:
        buyer = a_buyer(rest, teapot, towel)
        order = place_order(rest, buyer)
        assert (order["status"], order["paymentState"], order["state"]) == ("PAID", "PAID", "CONFIRMED")
        assert order["total"] == {"currency": "EUR", "amount": "11050"}
        assert {part["shopId"] for part in order["sellerOrders"]} == {teapot.shop_id, towel.shop_id}
        eventually(lambda: stock_of(rest, teapot) == {"onHand": 9, "reserved": 0, "available": 9})
        eventually(lambda: rest.call("GET", "/cart", account=buyer)["items"] == [])

    def test_a_quote_can_be_ordered(self, rest: Rest, teapot: Goods, towel: Goods) -> None:
        buyer = a_buyer(rest, teapot, towel, quantity=2)
        quote = rest.call("POST", "/orders:quote", {"shippingAddress": ADDRESS}, account=buyer)
        assert sum(int(part["total"]["amount"]) for part in quote["sellers"]) == int(quote["total"]["amount"]) == 22100
        order = place_order(rest, buyer, quoteId=quote["quoteId"])
        assert order["total"] == quote["total"]

    def test_what_was_added_after_the_order_stays_in_the_cart(self, rest: Rest, teapot: Goods, towel: Goods) -> None:
        buyer = a_buyer(rest, teapot)
        place_order(rest, buyer)
        rest.call("POST", "/cart/items", {"variantId": towel.variant_id, "quantity": 1}, account=buyer)
        eventually(
            lambda: [item["variantId"] for item in rest.call("GET", "/cart", account=buyer)["items"]]
            == [towel.variant_id]
        )


class TestPayment:
    def test_a_decline_leaves_the_order_open_and_another_card_pays_it(self, rest: Rest, teapot: Goods) -> None:
        buyer = a_buyer(rest, teapot)
        declined = place_order(rest, buyer, token="pm_card_chargeDeclined")
        assert (declined["status"], declined["paymentState"]) == ("PENDING", "DECLINED")
        assert declined["payments"][0]["declineReason"]
        assert stock_of(rest, teapot)["reserved"] == 1
        body = {"orderId": declined["orderId"], "payments": [{"provider": "stripe", "token": "pm_card_visa"}]}
        paid = rest.call("POST", "/payments/pay", body, account=buyer, headers={"idempotency-key": "second-card"})
        assert (paid["orderId"], paid["status"]) == (declined["orderId"], "PAID")

    def test_authentication_is_asked_for_with_the_client_secret(self, rest: Rest, teapot: Goods) -> None:
        buyer = a_buyer(rest, teapot)
        order = place_order(rest, buyer, token="pm_card_authenticationRequired")
        assert (order["status"], order["paymentState"]) == ("PENDING", "REQUIRES_ACTION")
        assert order["payments"][0]["clientSecret"]
        seen = rest.call("GET", f"/orders/{order['orderId']}", account=buyer)
        assert seen["payments"][0]["clientSecret"] == ""

    def test_the_same_key_gives_the_same_order(self, rest: Rest, teapot: Goods) -> None:
        buyer = a_buyer(rest, teapot)
        total = rest.call("GET", "/cart", account=buyer)["total"]
        with ThreadPoolExecutor(8) as pool:
            tries = [pool.submit(place_order, rest, buyer, key="one-key", expectedTotal=total) for _ in range(8)]
        answers = [each.result() for each in tries if each.exception() is None]
        refusals = [each.exception() for each in tries if each.exception() is not None]
        assert answers
        assert all(isinstance(refusal, RestError) and refusal.status == 409 for refusal in refusals)
        assert all(answer == answers[0] for answer in answers)
        assert len(rest.call("GET", "/orders", account=buyer)["orders"]) == 1


class TestRefusal:
    def test_out_of_stock_names_the_line_and_charges_nothing(self, rest: Rest, teapot: Goods) -> None:
        buyer = a_buyer(rest, teapot, quantity=11)
        with pytest.raises(RestError) as refused:
            place_order(rest, buyer)
        assert (refused.value.status, refused.value.reason) == (400, "OUT_OF_STOCK")
        assert stock_of(rest, teapot) == {"onHand": 10, "reserved": 0, "available": 10}
        orders = rest.call("GET", "/orders", account=buyer)["orders"]
        assert [order["status"] for order in orders] == ["REJECTED"]

    def test_a_changed_price_is_not_charged(self, rest: Rest, teapot: Goods) -> None:
        buyer = a_buyer(rest, teapot)
        seen = rest.call("GET", "/cart", account=buyer)["total"]
        product = rest.call("GET", f"/products/{teapot.product_id}")
        variant = {**product["variants"][0], "price": {"currency": "EUR", "amount": "9900"}}
        body = {"variants": [{name: variant[name] for name in ("variantId", "sku", "price", "options")}]}
        rest.call("PATCH", f"/products/{teapot.product_id}", body, account=teapot.seller)
        with pytest.raises(RestError) as refused:
            place_order(rest, buyer, expectedTotal=seen)
        assert refused.value.reason == "PRICE_CHANGED"
        assert rest.call("GET", "/orders", account=buyer)["orders"] == []

    def test_the_last_unit_is_sold_once(self, rest: Rest) -> None:
        last = put_up(rest, "Last", "Vase", 5000, stock=1)
        buyers = [a_buyer(rest, last) for _ in range(6)]
        with ThreadPoolExecutor(6) as pool:
            tries = [pool.submit(place_order, rest, buyer) for buyer in buyers]
        assert sum(each.exception() is None for each in tries) == 1
        eventually(lambda: stock_of(rest, last) == {"onHand": 0, "reserved": 0, "available": 0})

    def test_the_own_earlier_try_does_not_hold_the_last_unit(self, rest: Rest) -> None:
        last = put_up(rest, "Last", "Jug", 5000, stock=1)
        buyer = a_buyer(rest, last)
        first = place_order(rest, buyer, token="pm_card_chargeDeclined")
        second = place_order(rest, buyer)
        assert second["status"] == "PAID"
        assert rest.call("GET", f"/orders/{first['orderId']}", account=buyer)["status"] == "CANCELLED"


class TestAfterwards:
    def test_cancelling_refunds_and_restocks(self, rest: Rest, teapot: Goods) -> None:
        buyer = a_buyer(rest, teapot)
        order = place_order(rest, buyer)
        path = f"/orders/{order['orderId']}"
        assert rest.call("POST", f"{path}:cancel", {}, account=buyer)["status"] == "CANCELLED"
        eventually(lambda: rest.call("GET", path, account=buyer)["paymentState"] == "REFUNDED")
        eventually(lambda: stock_of(rest, teapot) == {"onHand": 10, "reserved": 0, "available": 10})

    def test_a_seller_ships_in_parts_and_sees_only_the_own(self, rest: Rest, teapot: Goods, towel: Goods) -> None:
        buyer = a_buyer(rest, teapot, towel, quantity=2)
        order = place_order(rest, buyer)
        own = rest.call("GET", f"/shops/{teapot.shop_id}/orders", account=teapot.seller)["sellerOrders"]
        assert [line["variantId"] for part in own for line in part["lines"]] == [teapot.variant_id]
        path = f"/shops/{teapot.shop_id}/orders/{own[0]['sellerOrderId']}"
        rest.call("POST", f"{path}:process", {}, account=teapot.seller)
        line = {"lineId": own[0]["lines"][0]["lineId"], "quantity": 1}
        parcel = {"carrier": "UPS", "trackingNumber": "1Z1", "lines": [line]}
        rest.call("POST", f"{path}:ship", parcel, account=teapot.seller)
        seen = rest.call("GET", f"/orders/{order['orderId']}", account=buyer)
        assert seen["fulfilmentState"] == "PARTIALLY_SHIPPED"
        rest.call("POST", f"{path}:ship", {"carrier": "UPS", "trackingNumber": "1Z2"}, account=teapot.seller)
        with pytest.raises(RestError) as again:
            rest.call("POST", f"{path}:ship", {"carrier": "UPS", "trackingNumber": "1Z3"}, account=teapot.seller)
        assert again.value.status == 400

    def test_an_order_that_was_shipped_cannot_be_cancelled(self, rest: Rest, teapot: Goods) -> None:
        buyer = a_buyer(rest, teapot)
        order = place_order(rest, buyer)
        status = {"status": "SHIPPED", "carrier": "UPS", "trackingNumber": "1Z", "shopId": teapot.shop_id}
        rest.call(
            "PUT", f"/orders/{order['orderId']}/status", {**status, "status": "PROCESSING"}, account=teapot.seller
        )
        rest.call("PUT", f"/orders/{order['orderId']}/status", status, account=teapot.seller)
        with pytest.raises(RestError) as refused:
            rest.call("POST", f"/orders/{order['orderId']}:cancel", {}, account=buyer)
        assert refused.value.status == 400


class TestPrivacy:
    def test_another_customers_order_is_not_found(self, rest: Rest, teapot: Goods) -> None:
        order = place_order(rest, a_buyer(rest, teapot))
        stranger = a_buyer(rest)
        for method, path in (("GET", f"/orders/{order['orderId']}"), ("POST", f"/orders/{order['orderId']}:cancel")):
            with pytest.raises(RestError) as refused:
                rest.call(method, path, {} if method == "POST" else None, account=stranger)
            assert refused.value.status == 404

    def test_another_shops_part_is_not_found(self, rest: Rest, teapot: Goods, towel: Goods) -> None:
        place_order(rest, a_buyer(rest, teapot))
        part = rest.call("GET", f"/shops/{teapot.shop_id}/orders", account=teapot.seller)["sellerOrders"][0]
        for shop in (teapot.shop_id, towel.shop_id):
            with pytest.raises(RestError) as refused:
                rest.call("GET", f"/shops/{shop}/orders/{part['sellerOrderId']}", account=towel.seller)
            assert refused.value.status == 404


class TestSavedMethod:
    def test_saved_once_it_pays_the_next_order(self, rest: Rest, teapot: Goods) -> None:
        buyer = a_buyer(rest, teapot)
        headers = {"idempotency-key": "save-a-card"}
        saved = rest.call("POST", "/payments/methods", {"token": "pm_card_visa"}, account=buyer, headers=headers)
        order = place_order(rest, buyer, payments=[{"savedMethodId": saved["paymentMethodId"]}])
        assert order["status"] == "PAID"
        rest.call("DELETE", f"/payments/methods/{saved['paymentMethodId']}", account=buyer)
        assert rest.call("GET", "/payments/methods", account=buyer)["paymentMethods"] == []

    def test_what_pays_an_order_can_be_saved_with_it(self, rest: Rest, teapot: Goods) -> None:
        buyer = a_buyer(rest, teapot)
        place_order(rest, buyer, payments=[{"token": "pm_card_visa", "saveMethod": True}])
        saved = rest.call("GET", "/payments/methods", account=buyer)["paymentMethods"]
        assert [(method["brand"], method["last4"]) for method in saved] == [("visa", "4242")]


class TestWallet:
    @pytest.mark.parametrize(("currency", "price", "credit"), [("EUR", 8401, 3000), ("JPY", 8401, 1), ("KWD", 8410, 7)])
    def test_pays_beside_a_card_and_gets_its_share_back(
        self, rest: Rest, stack: Stack, currency: str, price: int, credit: int
    ) -> None:
        goods = put_up(rest, "Kiln", "Kettle", price, stock=3, currency=currency)
        buyer = a_buyer(rest, goods, quantity=2)
        admin = rest.login("admin@example.com", (stack.home.root / "secrets" / "admin-password").read_text().strip())
        body = {"amount": {"currency": currency, "amount": str(credit)}, "reason": "A gift"}
        path = f"/admin/wallets/{buyer.user_id}:credit"
        rest.call("POST", path, body, account=admin, headers={"idempotency-key": f"gift-{currency}"})
        order = place_order(rest, buyer, payments=[{"wallet": True}, {"token": "pm_card_visa"}])
        assert (order["status"], order["paymentState"]) == ("PAID", "PAID")
        # A card is charged in steps of ten in dinars: seven fils stay in the wallet.
        paid = {payment["provider"]: int(payment["amount"]["amount"]) for payment in order["payments"]}
        assert paid == ({"stripe": 16820} if currency == "KWD" else {"wallet": credit, "stripe": 2 * price - credit})
        refund = {"lines": [{"lineId": order["lines"][0]["lineId"], "quantity": 1}], "reason": "Broken"}
        path = f"/payments/{order['payments'][0]['paymentId']}:refund"
        given = rest.call("POST", path, refund, account=goods.seller, headers={"idempotency-key": f"r-{currency}"})
        assert int(given["amount"]["amount"]) == price
        cancelled = rest.call("POST", f"/orders/{order['orderId']}:cancel", {}, account=buyer)
        assert cancelled["status"] == "CANCELLED"
        eventually(lambda: _balances(rest, buyer) == {currency: str(credit)})
        path = f"/orders/{order['orderId']}"
        eventually(lambda: rest.call("GET", path, account=buyer)["paymentState"] == "REFUNDED")
        assert rest.call("GET", path, account=buyer)["unreturned"]["amount"] == "0"


def _balances(rest: Rest, buyer: Account) -> dict[str, str]:
    wallet = rest.call("GET", "/users/wallet", account=buyer)
    return {each["available"]["currency"]: each["available"]["amount"] for each in wallet["balances"]}
