"""How long an event takes from the commit that published it to its effect, from the market's own tables."""

import asyncio
from dataclasses import dataclass

import asyncpg

from tests.bench.items import checkouts
from tests.bench.market import Market
from tests.bench.wire import exchange_all, with_keys

NAME = "events"
_ORDERS = 40
_SETTLE_SECONDS = 3.0
# `occur_time` is when the event was made, `process_time` when the transaction of its effect began.
_DELAYS = """
SELECT i.durable, extract(epoch FROM i.process_time - e.occur_time) * 1000 AS ms
FROM "{consumer}".inbox i JOIN "{owner}".outbox_log e USING (event_id)
WHERE e.occur_time >= $1 AND i.process_time >= $1
"""


@dataclass(frozen=True, slots=True)
class Delay:
    """Of one durable, in milliseconds."""

    durable: str
    count: int
    p50: float
    p95: float
    p99: float


async def measure_events(market: Market) -> list[Delay]:
    """Place orders one after the other and see when each consumer did what follows."""
    connection = await asyncpg.connect(market.stack.urls["postgres"])
    try:
        orders = (await checkouts(market))[:_ORDERS]
        await asyncio.sleep(_SETTLE_SECONDS)
        began = await connection.fetchval("SELECT clock_timestamp()")
        for answer in await exchange_all(market.edge, with_keys(orders), 1):
            answer.json()
        await asyncio.sleep(_SETTLE_SECONDS)
        services = list(market.stack.state.addresses)
        seen: dict[str, list[float]] = {}
        for consumer in services:
            for owner in services:
                for row in await connection.fetch(_DELAYS.format(consumer=consumer, owner=owner), began):
                    seen.setdefault(row["durable"], []).append(float(row["ms"]))
    finally:
        await connection.close()
    return [_delay(durable, sorted(delays)) for durable, delays in sorted(seen.items())]


def _delay(durable: str, ordered: list[float]) -> Delay:
    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    return Delay(durable, len(ordered), at(0.5), at(0.95), at(0.99))
