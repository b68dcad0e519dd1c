"""I9: what the clients were told is so. The history is judged, not a summary."""

import asyncio

from tests.chaos.market import Buyer, Market, Outcome

_RESTING = {"PAID", "PENDING", "REJECTED", "CANCELLED", "REFUNDED"}
_SIDE_BY_SIDE = 8


async def judge(market: Market) -> list[str]:
    """Compare what every buyer was told with what the market has; one sentence for each contradiction."""
    gate = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(buyer: Buyer) -> list[str]:
        async with gate:
            return await _judge_buyer(market, buyer)

    found = await asyncio.gather(*(one(buyer) for buyer in market.buyers))
    return [sentence for sentences in found for sentence in sentences]


async def _judge_buyer(market: Market, buyer: Buyer) -> list[str]:
    orders = await market.orders(buyer)
    wrong = []
    told = set()
    for operation in buyer.operations:
        answer = operation.last
        if operation.outcome is Outcome.UNKNOWN:
            wrong.append(f"{operation.path} {operation.key} was never answered: {answer.status} {answer.body}")
        elif operation.outcome is Outcome.OK:
            told.add(operation.order_id)
            if operation.order_id not in orders:
                wrong.append(f"order {operation.order_id} was confirmed and is not there")
            elif answer.body["status"] == "PAID" and orders[operation.order_id]["status"] not in ("PAID", "CANCELLED"):
                status = orders[operation.order_id]["status"]
                wrong.append(f"order {operation.order_id} was told to be paid and is {status}")
    for order_id, order in orders.items():
        if order["status"] not in _RESTING:
            wrong.append(f"order {order_id} is {order['status']}")
        if order["status"] == "PAID" and order_id not in told:
            wrong.append(f"order {order_id} is paid and nobody was told")
    return wrong
