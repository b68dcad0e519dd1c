"""T8, T12 and T16: many who want the same at the same time."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field

import redis.asyncio as redis

from tests.chaos.lab import Lab, each_of, killing
from tests.chaos.market import Buyer, Operation, Outcome, order_body
from tests.goods import Goods

_BUYERS = 200
_SAME_KEY = 50
_LATE, _LATE_BUYERS = 300, 10
_ROUNDS = 3
_REFUSED_MS = 100.0
# So many units are sold for each time that every part dies.
_UNITS_EACH_ROUND = 1000


@dataclass
class Sale:
    """What the buyers were told so far."""

    orders: int = 0
    refusals: list[float] = field(default_factory=list)


async def sell_out(lab: Lab, goods: Goods, units: int, crowd: list[Buyer], sale: Sale) -> None:
    """Everybody buys one after the other until there is nothing left; exactly `units` are sold."""
    buyers = len(crowd)

    async def buy(number: int) -> None:
        while True:
            operation = await lab.market.checkout(crowd[number], goods)
            if operation.outcome is Outcome.OK:
                sale.orders += operation.last.body["status"] == "PAID"
                continue
            sale.refusals.append(operation.last.seconds)
            lab.expect(operation.last.reason in _SOLD_OUT, f"refused with {operation.last.body}")
            return

    began = time.monotonic()
    await each_of(buyers, buyers, buy)
    # Who still had a former unit in the cart asked for two, and left when there was one.
    crowd.append(await lab.market.register())
    await buy(buyers)
    took = time.monotonic() - began
    left = await lab.left_of(goods)
    bought = [await lab.market.orders(buyer) for buyer in crowd]
    units_sold = sum(_units(order) for orders in bought for order in orders.values())
    lab.expect(units_sold == units, f"{units_sold} of {units} units were sold")
    lab.expect(left == 0, f"{left} units are left")
    lab.note(
        f"{units_sold} of {units} units to {buyers} buyers at once in {took:.1f} s ({sale.orders / took:.1f} orders/s)"
    )
    p99 = percentile(sale.refusals, 0.99)
    lab.note(f"{len(sale.refusals)} refused meanwhile, p99 {p99:.0f} ms; {lab.market.counts()}")


async def refuse_soon(lab: Lab, crowd: list[Buyer], goods: Goods) -> None:
    """The sale is over, everything runs and all events have landed: who comes now is refused at once, by a checkout.

    A round that is too slow is repeated: what else the machine does is over by then, what the market does is not.
    """
    await lab.healed()
    await lab.souk("verify", "--wait")
    for _ in range(_ROUNDS):
        seconds = [await _come_late(lab, crowd[number % _LATE_BUYERS], goods) for number in range(_LATE)]
        p99 = percentile(seconds, 0.99)
        lab.note(f"{_LATE} came when it was over: refused in {percentile(seconds, 0.5):.0f} ms, p99 {p99:.0f} ms")
        if p99 < _REFUSED_MS:
            return
    lab.problems.append(
        f"refusing took more than {_REFUSED_MS:.0f} ms (p99) in each of {_ROUNDS} rounds after the sale"
    )


async def _come_late(lab: Lab, buyer: Buyer, goods: Goods) -> float:
    total = await lab.market.fill(buyer, goods)
    operation = await lab.market.place(buyer, total)
    lab.expect(operation.last.reason == "OUT_OF_STOCK", f"refused with {operation.last.body}")
    return operation.ended - operation.began


def percentile(seconds: list[float], part: float) -> float:
    """In milliseconds."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * part))] * 1000 if seconds else 0.0


_SOLD_OUT = ("OUT_OF_STOCK", "ITEM_UNAVAILABLE", "CART_EMPTY", "QUANTITY_UNAVAILABLE")


def _units(order: dict[str, object]) -> int:
    if order["status"] != "PAID":
        return 0
    total = order["total"]
    assert isinstance(total, dict)
    return int(total["amount"]) // 2500


async def flash_sale(lab: Lab) -> None:
    """One thing that everybody wants, in whole checkouts, while parts are killed in turn."""
    goods = await lab.goods("Only today", stock=lab.units)
    crowd = await lab.market.register_many(min(_BUYERS, lab.units))
    rounds = max(lab.units // _UNITS_EACH_ROUND, 1)
    parts = [part for _ in range(rounds) for part in lab.rng.sample(lab.parts, len(lab.parts))]
    sale = Sale()
    await killing(lab, parts, lambda: sale.orders, lab.units, sell_out(lab, goods, lab.units, crowd, sale))
    lab.note(f"{len(parts)} kills")
    await refuse_soon(lab, crowd, goods)


async def lose_redis(lab: Lab) -> None:
    """T8: in the middle of a sale the cache is flushed, killed, and slow by a second."""
    units = max(lab.units // 10, 20)
    goods = await lab.goods("Vanishing ink", stock=units)
    crowd = await lab.market.register_many(min(_BUYERS, units))
    sale = asyncio.ensure_future(sell_out(lab, goods, units, crowd, Sale()))
    turn = 0
    while not sale.done():
        await asyncio.wait({sale}, timeout=1.0)
        turn += 1
        if turn % 3 == 0:
            await _flush(lab)
        elif turn % 3 == 1:
            await lab.kill_through("redis")
        else:
            await lab.hinder("redis", "delay", 3.0, 1.0)
    lab.note(f"{turn} faults in turn")
    await sale
    await refuse_soon(lab, crowd, goods)


async def _flush(lab: Lab) -> None:
    client = redis.from_url(lab.stack.urls["redis"])
    try:
        await client.flushall()
    except redis.RedisError:
        return
    finally:
        await client.aclose()


async def same_key(lab: Lab, times: int = 5) -> None:
    """T16: one request, sent fifty times at once under one key."""
    goods = await lab.goods("Echo")
    for _ in range(times):
        buyer = await lab.market.register()
        total = await lab.market.fill(buyer, goods)
        key = secrets.token_hex(16)
        calls = [lab.market.call("POST", "/orders", buyer, order_body(total), key) for _ in range(_SAME_KEY)]
        answers = await asyncio.gather(*calls)
        waiting = [each for each in answers if each.outcome is not Outcome.OK]
        lab.expect(all(each.status in (409, 503) for each in waiting), f"{[each.body for each in waiting][:3]}")
        last = await lab.market.call("POST", "/orders", buyer, order_body(total), key)
        told = [each.body for each in answers if each.outcome is Outcome.OK]
        lab.expect(told and all(body == last.body for body in told), "equal requests had different answers")
        orders = await lab.market.orders(buyer)
        lab.expect(len(orders) == 1, f"{len(orders)} orders from one key")
        buyer.operations.append(Operation(buyer, "/orders", key, answers=[last]))
        lab.note(f"{len(told)} equal answers, {len(waiting)} told to ask again, {len(orders)} order")
