"""Hot stock: one thing that everybody wants, 200 buyers at once, until some time after the last unit is gone."""

import asyncio

import asyncpg

from cli.rest import Rest
from cli.sellers import open_shop
from tests.bench.figures import Figures, percentile
from tests.bench.findings import Finding, Tell, at_most, exactly
from tests.bench.items import add, clear_carts, order
from tests.bench.market import Market
from tests.bench.run import Load, Runner
from tests.bench.wire import exchange_all

NAME = "sale"
_UNITS, _BUYERS, _IN_AN_ORDER = 10_000, 200, 25
# Orders beyond what there is: all of them must be refused.
_TOO_MANY = 200
_LATE_SECONDS, _LATE_RATE = 5.0, 40.0
_SOLD = """
SELECT coalesce(sum(quantity) FILTER (WHERE line.state = 'COMMITTED'), 0) AS committed,
       coalesce(sum(quantity) FILTER (WHERE line.state = 'HELD'), 0) AS held
FROM inventory.reservation_lines line WHERE variant_id = $1
"""
_LEFT = "SELECT sum(on_hand) FROM inventory.stock WHERE variant_id = $1"


async def measure_sale(runner: Runner, tell: Tell) -> list[Figures]:
    """Sell 10,000 units in orders of 25 to 200 buyers at once; then ask on, calmly, for what is sold out."""
    market = runner.market
    variant_id = await asyncio.to_thread(_put_up, market)
    buyers = market.some_customers(_UNITS // _IN_AN_ORDER + _TOO_MANY)
    await clear_carts(market, buyers)
    asked = [add(market, each, variant_id, _IN_AN_ORDER) for each in buyers]
    totals = [answer.json()["total"] for answer in await exchange_all(market.edge, asked)]
    orders = [order(buyer, total) for buyer, total in zip(buyers, totals, strict=True)]
    await runner.quiet()
    rush = await runner.load(Figures(NAME, _BUYERS, refused_on_purpose=True), Load(orders, _BUYERS, again=True))
    sold, held, left = await _stock(market, variant_id)
    tell(exactly(NAME, "units sold", sold, _UNITS))
    tell(exactly(NAME, "units left or held", left + held, 0))
    tell(exactly(NAME, "orders paid", rush.count, _UNITS // _IN_AN_ORDER))
    refused = {error for error in rush.errors if "OUT_OF_STOCK" in error}
    refusals = sum(rush.errors[each] for each in refused)
    tell(exactly(NAME, "other failures", rush.error_count - refusals - rush.refusals, 0))
    tell(Finding(NAME, "told to come again", rush.refusals, "times"))
    tell(at_most(NAME, "refusals in the rush, p99", percentile(rush.bad_latencies, 99), 100.0, "ms"))
    late = await runner.load(
        Figures(f"{NAME} (sold out)", _BUYERS), Load(orders[-_TOO_MANY:], _BUYERS, _LATE_SECONDS, _LATE_RATE, once=True)
    )
    tell(at_most(NAME, "refusals when sold out, p99", percentile(late.bad_latencies, 99), 100.0, "ms"))
    return [rush]


def _put_up(market: Market) -> str:
    """One variant with all the units, in a shop of its own."""
    with Rest(market.edge) as rest:
        seller, shop_id = open_shop(rest, name="The Last Kiln", description="", country="DE", currency="EUR")
        variants = [{"sku": "HOT-1", "price": {"currency": "EUR", "amount": "1900"}, "stock": _UNITS}]
        body = {"shopId": shop_id, "title": "Salt glazed cup", "variants": variants}
        return str(rest.call("POST", "/products", body, account=seller)["variants"][0]["variantId"])


async def _stock(market: Market, variant_id: str) -> tuple[int, int, int]:
    connection = await asyncpg.connect(market.stack.urls["postgres"])
    try:
        row = await connection.fetchrow(_SOLD, variant_id)
        return int(row["committed"]), int(row["held"]), int(await connection.fetchval(_LEFT, variant_id))
    finally:
        await connection.close()
