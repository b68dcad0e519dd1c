"""The same purchase over each of the three transports of the one edge."""

import json
import secrets
import subprocess
import sys
from pathlib import Path

import grpc.aio
import pytest
from souk_client.cart_v1 import CartClient
from souk_client.errors import Unauthenticated
from souk_client.identity_v1 import AuthClient
from souk_client.order_v1 import OrderClient
from souk_client.souk.address.v1 import Address
from souk_client.souk.cart.v1 import AddCartItemRequest
from souk_client.souk.identity.v1 import RegisterRequest
from souk_client.souk.money.v1 import Money
from souk_client.souk.order.v1 import ListOrdersRequest, PaymentSource, PlaceOrderRequest

from cli.rest import Rest
from contracts.typescript import install_packages
from tests.goods import ADDRESS, PASSWORD, Goods, a_mail_address
from tests.stack_process import Stack

_SCRIPT = Path(__file__).with_name("grpc_web_purchase.mjs")


def total_of(goods: tuple[Goods, Goods]) -> int:
    return sum(int(each.price["amount"]) for each in goods)


class TestRest:
    def test_registers_fills_a_cart_and_buys(self, rest: Rest, goods: tuple[Goods, Goods]) -> None:
        buyer = rest.register(a_mail_address(), PASSWORD, "Mira")
        for each in goods:
            cart = rest.call("POST", "/cart/items", {"variantId": each.variant_id, "quantity": 1}, account=buyer)
        body = {
            "shippingAddress": ADDRESS,
            "payments": [{"provider": "stripe", "token": "pm_card_visa"}],
            "expectedTotal": cart["total"],
        }
        key = {"idempotency-key": secrets.token_hex(16)}
        order = rest.call("POST", "/orders", body, account=buyer, headers=key)
        assert order["status"] == "PAID"
        assert order["total"] == {"currency": "EUR", "amount": str(total_of(goods))}
        assert {part["shopId"] for part in order["sellerOrders"]} == {each.shop_id for each in goods}


class TestGrpc:
    async def test_registers_fills_a_cart_and_buys(self, stack: Stack, goods: tuple[Goods, Goods]) -> None:
        async with grpc.aio.insecure_channel(stack.edge.removeprefix("http://")) as channel:
            request = RegisterRequest(email=a_mail_address(), password=PASSWORD, display_name="Mira")
            registered = await AuthClient(channel).register(request)
            assert registered.tokens is not None
            access = registered.tokens.access_token
            cart_client = CartClient(channel, token=lambda: access)
            for each in goods:
                cart = await cart_client.add_cart_item(AddCartItemRequest(variant_id=each.variant_id, quantity=1))
            assert cart.total == Money(currency="EUR", amount=total_of(goods))
            orders = OrderClient(channel, token=lambda: access)
            order = await orders.place_order(
                PlaceOrderRequest(
                    shipping_address=Address(
                        name="Mira Okonkwo", line1="Lindenstr. 12", city="Berlin", postal_code="10969", country="DE"
                    ),
                    payments=[PaymentSource(provider="stripe", token="pm_card_visa")],
                    expected_total=cart.total,
                ),
                idempotency_key=secrets.token_hex(16),
            )
            assert order.status.name == "PAID"
            listed = await orders.list_orders(ListOrdersRequest())
            assert [each.order_id for each in listed.orders] == [order.order_id]

    async def test_a_guest_has_no_orders(self, stack: Stack) -> None:
        async with grpc.aio.insecure_channel(stack.edge.removeprefix("http://")) as channel:
            with pytest.raises(Unauthenticated):
                await OrderClient(channel).list_orders(ListOrdersRequest())


class TestGrpcWeb:
    def test_registers_fills_a_cart_and_buys(self, stack: Stack, goods: tuple[Goods, Goods]) -> None:
        install_packages()
        node = Path(sys.executable).with_name("node")
        done = subprocess.run(
            [node, _SCRIPT, stack.edge, a_mail_address(), *(each.variant_id for each in goods)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        order = json.loads(done.stdout)
        assert order["status"] == "PAID"
        assert order["total"] == {"currency": "EUR", "amount": str(total_of(goods))}
        assert order["guestRefused"] == "Unauthenticated"
