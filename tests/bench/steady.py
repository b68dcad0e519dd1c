"""Checkout at 60 % of what was just measured to be its most: what a buyer waits on a market that is busy, not full."""

from tests.bench.figures import Figures
from tests.bench.findings import Finding, Tell, at_most, exactly
from tests.bench.items import orders_of
from tests.bench.run import Load, Runner

NAME = "checkout"
_SHARE = 0.6
_CONNECTIONS = 64


async def measure_steady(runner: Runner, tell: Tell, peak: float, seconds: float) -> list[Figures]:
    """Orders at moments of their own, as buyers come."""
    rate = peak * _SHARE
    market = runner.market
    buyers = market.some_customers(min(len(market.customers), int(rate * seconds * 1.2) + 1))
    orders = await orders_of(market, buyers)
    await runner.quiet()
    load = Load(orders, _CONNECTIONS, seconds, rate, once=True)
    figures = await runner.load(Figures(f"{NAME} at {_SHARE:.0%}", _CONNECTIONS), load)
    tell(Finding(NAME, f"orders a second at {_SHARE:.0%} of the peak", figures.rate, "", f"{rate:.1f} asked"))
    tell(at_most(NAME, f"p95 at {_SHARE:.0%} of the peak", figures.percentile(95), 200.0, "ms"))
    tell(exactly(NAME, f"errors at {_SHARE:.0%} of the peak", figures.error_count + figures.unsent, 0))
    return [figures]


def own_cost(figures: Figures) -> float:
    """CPU-milliseconds of what is Souk's: the sandbox stands for a provider elsewhere."""
    return sum(used for group, used in figures.cpu_per_operation().items() if group not in ("generator", "sandbox"))
