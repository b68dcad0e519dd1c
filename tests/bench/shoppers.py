"""Ten thousand shoppers with an open connection each, who think for twenty seconds between two requests."""

import resource

from tests.bench.figures import Figures
from tests.bench.findings import Finding, Tell, at_least, at_most, exactly
from tests.bench.items import add, carts, categories, clear_carts, histories, lists, products
from tests.bench.market import Market
from tests.bench.run import Load, Runner

NAME = "shoppers"
CONNECTIONS, RATE = 10_000, 500.0
# Files that one process has open beside its connections.
_OTHER_FILES = 200
_SHOPPERS = 500
_DRAWN = 20_000


async def measure_shoppers(runner: Runner, tell: Tell, seconds: float) -> list[Figures]:
    """500 requests a second over 10,000 connections: looking around mostly, with carts filled now and then."""
    connections = min(CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - _OTHER_FILES)
    requests = await _mixture(runner.market)
    await runner.quiet()
    figures = await runner.load(Figures(NAME, connections), Load(requests, connections, seconds, RATE))
    tell(at_least(NAME, "open connections", connections, CONNECTIONS))
    tell(Finding(NAME, "answered", figures.rate, "a second", f"{RATE:.0f} asked"))
    tell(at_most(NAME, "p95", figures.percentile(95), 200.0, "ms"))
    tell(exactly(NAME, "errors", figures.error_count + figures.unsent, 0))
    return [figures]


async def _mixture(market: Market) -> list[bytes]:
    """Of a hundred requests: 45 products, 25 lists, 10 trees of categories, 10 carts, 6 additions, 4 histories."""
    shoppers = market.some_customers(_SHOPPERS)
    await clear_carts(market, shoppers)
    kinds = [
        (45, await products(market)),
        (25, await lists(market)),
        (10, await categories(market)),
        (10, await carts(market)),
        (6, [add(market, each) for each in shoppers]),
        (4, await histories(market)),
    ]
    drawn = market.chance.choices([requests for _, requests in kinds], [weight for weight, _ in kinds], k=_DRAWN)
    return [market.chance.choice(requests) for requests in drawn]
