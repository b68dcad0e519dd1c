"""`souk verify` finds a planted violation of each invariant, and is silent once it is taken back."""

import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from cli.rest import Rest
from tests.bench.growth import grow
from tests.goods import Goods, a_buyer, place_order
from tests.integration.waiting import eventually
from tests.stack_process import Stack

# What is planted and how it is taken back: plain SQL with the order's id as its parameter.
_PLANTS: dict[str, tuple[str, str]] = {
    "I1": (
        "UPDATE payment.ledger_postings p SET amount = amount + 1 FROM payment.ledger_transactions t"
        " WHERE t.id = p.transaction_id AND t.kind = 'CAPTURE' AND t.order_id = $1 AND p.account = 'provider_clearing'",
        "UPDATE payment.ledger_postings p SET amount = amount - 1 FROM payment.ledger_transactions t"
        " WHERE t.id = p.transaction_id AND t.kind = 'CAPTURE' AND t.order_id = $1 AND p.account = 'provider_clearing'",
    ),
    "I2": (
        "UPDATE inventory.stock s SET on_hand = on_hand + 1 FROM inventory.reservation_lines l"
        " WHERE l.variant_id = s.variant_id AND l.order_id = $1",
        "UPDATE inventory.stock s SET on_hand = on_hand - 1 FROM inventory.reservation_lines l"
        " WHERE l.variant_id = s.variant_id AND l.order_id = $1",
    ),
    "I3": (
        "UPDATE payment.payments SET captured_amount = captured_amount - 1 WHERE order_id = $1",
        "UPDATE payment.payments SET captured_amount = captured_amount + 1 WHERE order_id = $1",
    ),
    "I4": (
        "UPDATE payment.payments SET provider_reference = 'not_' || provider_reference WHERE order_id = $1",
        "UPDATE payment.payments SET provider_reference = substr(provider_reference, 5) WHERE order_id = $1",
    ),
    "I6": (
        "UPDATE \"order\".order_sagas SET state = 'RUNNING', run_time = now() - interval '1 hour',"
        " due_time = now() + interval '1 hour' WHERE order_id = $1",
        "UPDATE \"order\".order_sagas SET state = 'DONE', run_time = now(), due_time = now() WHERE order_id = $1",
    ),
    "I7": (
        "UPDATE payment.payments SET refunded_amount = refunded_amount + 1 WHERE order_id = $1",
        "UPDATE payment.payments SET refunded_amount = refunded_amount - 1 WHERE order_id = $1",
    ),
    "I8": (
        "UPDATE payment.ledger_postings p SET account = 'rounding' FROM payment.ledger_transactions t"
        " WHERE t.id = p.transaction_id AND t.kind = 'CAPTURE' AND t.order_id = $1 AND p.account = 'commission_earned'",
        "UPDATE payment.ledger_postings p SET account = 'commission_earned' FROM payment.ledger_transactions t"
        " WHERE t.id = p.transaction_id AND t.kind = 'CAPTURE' AND t.order_id = $1 AND p.account = 'rounding'",
    ),
    "I10": (
        "UPDATE \"order\".orders SET status = 'SHIPPED' WHERE id = $1",
        "UPDATE \"order\".orders SET status = 'PAID' WHERE id = $1",
    ),
}


@pytest.fixture
async def database(stack: Stack) -> AsyncIterator[asyncpg.Connection]:
    """The store itself, as the owner of all tables, the guards of the ledger switched off."""
    connection = await asyncpg.connect(stack.urls["postgres"])
    try:
        await connection.execute("ALTER TABLE payment.ledger_postings DISABLE TRIGGER USER")
        yield connection
    finally:
        await connection.execute("ALTER TABLE payment.ledger_postings ENABLE TRIGGER USER")
        await connection.close()


@pytest.fixture
def order(rest: Rest, goods: tuple[Goods, Goods]) -> dict[str, Any]:
    """A paid order whose events have all landed."""
    buyer = a_buyer(rest, goods[0])
    placed = place_order(rest, buyer)
    eventually(lambda: rest.call("GET", "/cart", account=buyer)["items"] == [])
    return placed


def violated(stack: Stack, within: int = 30) -> set[str]:
    """The invariants that a run finds violated, everything settled."""
    done = stack.souk("verify", "--wait", "--within", str(within), "--json", check=False)
    results, last = done.stdout.rsplit("\n", 2)[0], done.stdout.strip().rsplit("\n", 1)[1]
    found = {each["invariant"] for each in json.loads(results) if each["violationCount"]}
    assert done.returncode == (1 if found else 0), done.stderr
    assert last == f"violations: {sum(each['violationCount'] for each in json.loads(results))}"
    return found


class TestPlantedViolations:
    @pytest.mark.parametrize("invariant", sorted(_PLANTS))
    async def test_is_found(
        self, stack: Stack, database: asyncpg.Connection, order: dict[str, Any], invariant: str
    ) -> None:
        plant, take_back = _PLANTS[invariant]
        assert violated(stack) == set()  # also that the last one was taken back
        assert await database.execute(plant, order["orderId"]) == "UPDATE 1"
        try:
            assert invariant in violated(stack, within=0)
        finally:
            assert await database.execute(take_back, order["orderId"]) == "UPDATE 1"

    async def test_an_event_without_effect_is_found(
        self, stack: Stack, database: asyncpg.Connection, order: dict[str, Any]
    ) -> None:
        assert violated(stack) == set()
        row = await database.fetchrow(
            "DELETE FROM inventory.inbox WHERE ctid = (SELECT ctid FROM inventory.inbox"
            " WHERE durable = 'inventory-commit-reservation' ORDER BY process_time DESC LIMIT 1)"
            " RETURNING to_jsonb(inbox) AS kept"
        )
        assert row is not None, order
        try:
            assert "I5" in violated(stack, within=0)
        finally:
            await database.execute(
                "INSERT INTO inventory.inbox SELECT * FROM jsonb_populate_record(NULL::inventory.inbox, $1)",
                row["kept"],
            )
        assert "I5" not in violated(stack, within=3)


class TestGrownStore:
    async def test_what_months_of_trade_leave_holds_and_each_row_of_it_is_looked_at(
        self, stack: Stack, database: asyncpg.Connection, order: dict[str, Any]
    ) -> None:
        """Orders made by COPY for the load tests are as whole as real ones."""
        count = await database.fetchval('SELECT count(*) FROM "order".orders')
        await grow(stack.home, 200)
        assert await database.fetchval('SELECT count(*) FROM "order".orders') == count + 200, order
        assert violated(stack) == set()
        one = await database.fetchval("SELECT id FROM \"order\".orders WHERE place_key = 'growth-100'")
        plant, take_back = _PLANTS["I1"]
        assert await database.execute(plant, one) == "UPDATE 1"
        try:
            assert violated(stack, within=0) == {"I1"}
        finally:
            assert await database.execute(take_back, one) == "UPDATE 1"
