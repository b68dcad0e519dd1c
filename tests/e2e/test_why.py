"""`souk why` tells an order's whole story, each fact after its cause."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from cli.rest import Rest
from tests.goods import ADDRESS, Goods, a_buyer, place_order
from tests.integration.waiting import eventually
from tests.stack_process import Stack

# Who tells what, of an order that is paid and then cancelled, in the order of cause and effect. Facts that have no
# order among each other stand in different chains.
_CHAINS: tuple[tuple[tuple[str, str, str], ...], ...] = (
    (
        ("CALL", "order", "PlaceOrder"),
        ("EVENT", "order", "order.v1.OrderPlaced"),
        ("EVENT", "inventory", "inventory.v1.StockReserved"),
        ("COMMIT", "payment", "payment stored, before any call"),
        ("POSTING", "payment", "CAPTURE: provider_clearing"),
        ("EVENT", "payment", "payment.v1.PaymentCaptured"),
        ("COMMIT", "order", "order is PAID"),
        ("EVENT", "order", "order.v1.OrderPaid"),
        ("EFFECT", "cart", "cart-take-ordered did its part"),
        ("COMMIT", "payment", "refund stored, before any call"),
        ("POSTING", "payment", "REFUND: provider_clearing"),
        ("EVENT", "payment", "payment.v1.RefundSucceeded"),
        ("COMMIT", "order", "order is CANCELLED"),
        ("EVENT", "order", "order.v1.OrderCancelled"),
        ("EFFECT", "inventory", "inventory-release-reservation did its part"),
    ),
    (("EVENT", "order", "order.v1.OrderPaid"), ("COMMIT", "inventory", "stock COMMITTED")),
    (("COMMIT", "inventory", "stock COMMITTED"), ("COMMIT", "inventory", "stock RESTOCKED")),
    (("EVENT", "order", "order.v1.OrderPaid"), ("EFFECT", "notification", "notification-tell-order did its part")),
    (("COMMIT", "notification", "order.paid written"), ("EVENT", "notification", "notification.v1.MessageSent")),
    (("EVENT", "payment", "payment.v1.RefundSucceeded"), ("COMMIT", "notification", "refund.succeeded written")),
)


@pytest.fixture
def order(rest: Rest, goods: tuple[Goods, Goods]) -> dict[str, Any]:
    """An order that was paid and then cancelled."""
    buyer = a_buyer(rest, goods[0])
    placed = place_order(rest, buyer)
    eventually(lambda: rest.call("GET", "/cart", account=buyer)["items"] == [])
    cancelled: dict[str, Any] = rest.call("POST", f"/orders/{placed['orderId']}:cancel", {}, account=buyer)
    return cancelled


def story(stack: Stack, order: str) -> list[dict[str, str]]:
    facts: list[dict[str, str]] = json.loads(stack.souk("why", "--json", order).stdout)["facts"]
    return facts


def last_effect_told(stack: Stack, order_id: str) -> bool:
    told = {fact["what"] for fact in story(stack, order_id)}
    return {what for chain in _CHAINS for _, _, what in chain} <= told


def is_in_order(facts: Sequence[tuple[str, str, str]], chain: Sequence[tuple[str, str, str]]) -> bool:
    left = iter(facts)
    return all(fact in left for fact in chain)


class TestWhy:
    def test_tells_a_paid_and_cancelled_order_in_causal_order(self, stack: Stack, order: dict[str, Any]) -> None:
        eventually(lambda: last_effect_told(stack, order["orderId"]), seconds=60)
        told = story(stack, order["orderNumber"].lower())
        facts = [(fact["kind"], fact["service"], fact["what"]) for fact in told]
        for chain in _CHAINS:
            assert is_in_order(facts, chain), (chain, facts)
        places = {fact["eventId"]: place for place, fact in enumerate(told) if fact["eventId"]}
        assert all(places.get(fact["causationId"], -1) < place for place, fact in enumerate(told))
        assert not any(word in json.dumps(told) for word in ("@", "Mira", ADDRESS["line1"]))

    def test_a_person_can_read_it(self, stack: Stack, order: dict[str, Any]) -> None:
        printed = stack.souk("why", order["orderNumber"], COLUMNS="160").stdout
        assert "refund stored, before any call" in printed
        assert "PROVIDER" in printed

    @pytest.mark.parametrize("order", ["7K3M-9QXT-2", "01a1f8db-86b9-8754-800b-3a00a50870f5", "nonsense"])
    def test_an_unknown_order_is_one_clear_error(self, stack: Stack, order: str) -> None:
        done = stack.souk("why", order, check=False)
        assert done.returncode == 1
        assert done.stderr == f"souk: There is no order {order!r}: give its id or its number.\n"
