"""A part of the stack is away in the middle of browsing and buying."""

from collections.abc import Iterator

import pytest

from cli.rest import Rest
from tests.goods import Goods, a_buyer, place_order, put_up, stock_of
from tests.integration.waiting import eventually
from tests.stack_process import Stack


@pytest.fixture
def rest(stack: Stack) -> Iterator[Rest]:
    with Rest(stack.edge) as client:
        yield client


@pytest.fixture
def bowl(rest: Rest) -> Goods:
    return put_up(rest, "Turnery", "Bowl", 5200, stock=10)


def mails_to(rest: Rest, address: str) -> int:
    return sum(address in mail["to"] for mail in rest.call("GET", "//dev/mailbox")["messages"])


class TestRedis:
    def test_browsing_and_buying_go_on(self, stack: Stack, rest: Rest, bowl: Goods) -> None:
        stack.souk("stop", "redis")
        try:
            assert rest.call("GET", f"/products/{bowl.product_id}")["productId"] == bowl.product_id
            assert rest.call("GET", "/products", shopId=bowl.shop_id)["products"]
            assert place_order(rest, a_buyer(rest, bowl))["status"] == "PAID"
        finally:
            stack.souk("start", "redis")


class TestNats:
    def test_an_order_placed_meanwhile_is_delivered_afterwards(self, stack: Stack, rest: Rest, bowl: Goods) -> None:
        stack.souk("stop", "nats")
        try:
            buyer = a_buyer(rest, bowl)
            before = mails_to(rest, buyer.email)
            order = place_order(rest, buyer)
            assert order["status"] == "PAID"
        finally:
            stack.souk("start", "nats")
        eventually(lambda: stock_of(rest, bowl)["onHand"] == 9, seconds=40)
        eventually(lambda: rest.call("GET", "/cart", account=buyer)["items"] == [], seconds=40)
        eventually(lambda: mails_to(rest, buyer.email) > before, seconds=40)


class TestRestart:
    def test_everything_is_still_there(self, stack: Stack, rest: Rest, bowl: Goods) -> None:
        buyer = a_buyer(rest, bowl)
        order = place_order(rest, buyer)
        stack.souk("down")
        stack.up("--empty")
        with Rest(stack.edge) as after:
            again = after.login(buyer.email, buyer.password)
            assert after.call("GET", f"/orders/{order['orderId']}", account=again)["status"] == "PAID"
            assert after.call("GET", f"/products/{bowl.product_id}")["title"] == "Bowl"
            eventually(lambda: stock_of(after, bowl)["onHand"] == 9)
