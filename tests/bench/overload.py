"""Five times as many requests as can be answered, and what comes after."""

import time

from tests.bench.figures import Figures
from tests.bench.findings import Finding, Tell, at_least, at_most, exactly
from tests.bench.items import orders_of, products
from tests.bench.run import Load, Runner

NAME = "overload"
_TIMES = 5.0
_CONNECTIONS, _PEAK_CONNECTIONS = 2_000, 64
_PEAK_SECONDS, _PROBE_SECONDS = 3.0, 0.5
_PROBES_WITHIN_SECONDS = 45.0
_PEAK_ORDERS = 200
# Recovered: calm requests are answered without an error and take at most so many times as long as before.
_AS_BEFORE, _AT_LEAST_MS = 2.0, 20.0


async def measure_overload(runner: Runner, tell: Tell, seconds: float) -> list[Figures]:
    """Orders, which cost the most, and products, which are asked for the most."""
    orders = await _overload_orders(runner, tell, seconds)
    requests = await products(runner.market)
    await runner.quiet()
    peak = await runner.load(Figures("products", _PEAK_CONNECTIONS), Load(requests, _PEAK_CONNECTIONS, _PEAK_SECONDS))
    load = Load(requests, _CONNECTIONS, seconds, peak.rate * _TIMES)
    return [orders, await _overload(runner, tell, "products", peak, load)]


async def _overload_orders(runner: Runner, tell: Tell, seconds: float) -> Figures:
    """Who was refused tries again, until the time is over or everybody has bought."""
    market = runner.market
    requests = await orders_of(market, market.some_customers(_PEAK_ORDERS))
    await runner.quiet()
    peak = await runner.load(Figures("orders", _PEAK_CONNECTIONS), Load(requests, _PEAK_CONNECTIONS))
    buyers = market.some_customers(int(peak.rate * seconds * 1.3) + _PEAK_ORDERS)
    requests = await orders_of(market, buyers)
    await runner.quiet()
    load = Load(requests, _CONNECTIONS, seconds, peak.rate * _TIMES, once=True, again=True)
    return await _overload(runner, tell, "orders", peak, load)


async def _overload(runner: Runner, tell: Tell, what: str, peak: Figures, load: Load) -> Figures:
    calm = await _probe(runner)
    figures = await runner.load(Figures(f"{NAME}: {what}", load.connections, refused_on_purpose=True), load)
    recovered = await _recovery_seconds(runner, calm)
    goodput = figures.goodput / peak.rate if peak.rate else 0.0
    tell(Finding(NAME, f"{what}, peak", peak.rate, "a second", f"then {load.rate:.0f} asked"))
    tell(Finding(NAME, f"{what}, CPU of the generator", figures.cpu["generator"] / figures.seconds / 1000, "cores"))
    tell(at_least(NAME, f"{what}, good answers as a share of the peak", goodput, 0.8))
    tell(Finding(NAME, f"{what}, CPU-ms of one at the peak as a share of then", peak.cpu_ms / (figures.cpu_ms or 1.0)))
    tell(Finding(NAME, f"{what}, p95 of good answers", figures.percentile(95), "ms"))
    tell(exactly(NAME, f"{what}, failures that are no 429 or 503", figures.error_count - figures.refusals, 0))
    tell(exactly(NAME, f"{what}, refusals without retry-after", figures.refusals_without_time, 0))
    tell(at_most(NAME, f"{what}, until it answers as before", recovered, 30.0, "s"))
    return figures


async def _probe(runner: Runner) -> Figures:
    requests = (await products(runner.market))[:200]
    return await runner.load(Figures("probe", 2), Load(requests, 2, _PROBE_SECONDS, rate=50.0))


async def _recovery_seconds(runner: Runner, calm: Figures) -> float:
    """How long after the load calm requests take as long as before it."""
    began = time.monotonic()
    allowed = max(_AT_LEAST_MS, _AS_BEFORE * calm.percentile(95))
    while (waited := time.monotonic() - began) < _PROBES_WITHIN_SECONDS:
        now = await _probe(runner)
        if not now.errors and now.percentile(95) <= allowed:
            return waited
    return waited
