"""Money: taken once, given back once, whoever asks how often."""

import asyncio
from collections.abc import Sequence
from typing import Any

from cli.conformance.bench import ASKS, BAD, GOOD, Bench, Goods, euros, order_of
from cli.conformance.case import NotRunError, Seen, race, require, require_refused
from cli.conformance.client import Account, Reply, new_key

# What a try may cost in units of a case's own stock.
_SPARE = 2


async def same_key(bench: Bench, seen: Seen) -> None:
    """One submit arrives many times at once."""
    tries = max(1, bench.scale.tries // 20)
    await bench.ready(tries)
    goods = await bench.goods(tries * bench.scale.copies)

    async def one(_: int) -> str:
        async with bench.buyer() as buyer:
            cart = await bench.fill_cart(buyer, goods)
            return await _submit_often(bench, buyer, cart["total"])

    await race(bench, seen, tries, one)
    if not seen.wrong:
        await bench.require_sold(goods, tries)


async def _submit_often(bench: Bench, buyer: Account, total: dict[str, Any]) -> str:
    key, body, copies = new_key(), order_of(total), bench.scale.copies
    before = await _order_ids(bench, buyer)
    first = await asyncio.gather(
        *(bench.client.ask("POST", "/orders", body, who=buyer, headers={"idempotency-key": key}) for _ in range(copies))
    )
    strange = {reply.said for reply in first if not reply.ok and not reply.unsettled}
    require(holds=not strange, otherwise=f"one key was answered with {', '.join(strange)}")
    answers = [reply if reply.ok else await bench.place(buyer, total, key=key) for reply in first]
    different = [reply for reply in answers if reply.body != answers[0].body]
    require(holds=not different, otherwise=f"{len(different)} of {copies} answers differ from the first")
    made = await _order_ids(bench, buyer) - before
    require(holds=len(made) == 1, otherwise=f"{copies} submits of one key made {len(made)} orders")
    await bench.require_paid_once(buyer, answers[0].body)
    later = sum(not reply.ok for reply in first)
    return f"1 order, {copies} equal answers" + (" (some after ABORTED)" if later else "")


async def _order_ids(bench: Bench, buyer: Account) -> set[str]:
    return {each["orderId"] for each in (await bench.client.get("/orders", who=buyer, pageSize="100"))["orders"]}


async def key_reuse(bench: Bench, seen: Seen) -> None:
    """A key that comes again with another body is refused, and changes nothing."""
    await bench.ready(1)
    goods = await bench.goods(5)
    async with bench.buyer() as buyer:
        cart = await bench.fill_cart(buyer, goods)
        key = new_key()
        order = await bench.place(buyer, cart["total"], key=key)
        require(holds=order.ok, otherwise=f"the first order was refused: {order.said}")
        before = await _order_ids(bench, buyer)
        other = await bench.place(buyer, euros(1), key=key)
        require(holds=other.reason == "IDEMPOTENCY_KEY_REUSED", otherwise=f"another body was answered {other.said}")
        again = await bench.place(buyer, cart["total"], key=key)
        require(holds=again.body == order.body, otherwise="the first body is not answered as before")
        require(holds=await _order_ids(bench, buyer) == before, otherwise="the second body made an order")
    seen.tries, seen.counts[other.said] = 1, 1
    await bench.require_sold(goods, 1)


async def decline_retry(bench: Bench, seen: Seen) -> None:
    """A refused card, then a good one: one order, one payment."""
    tries = max(1, bench.scale.tries // 10)
    await bench.ready(tries)
    goods = await bench.goods(tries)

    async def one(_: int) -> str:
        async with bench.buyer() as buyer:
            order = await bench.buy(buyer, goods, BAD)
            state = (order["status"], order["paymentState"])
            require(holds=state == ("PENDING", "DECLINED"), otherwise=f"a refused card left the order {state}")
            reply = await bench.pay(buyer, order)
            require(holds=reply.ok, otherwise=f"the second card was refused: {reply.said}")
            await bench.require_paid_once(buyer, order)
        return "declined, then PAID"

    await race(bench, seen, tries, one)
    if not seen.wrong:
        await bench.require_sold(goods, tries)


async def double_completion(bench: Bench, seen: Seen) -> None:
    """Two devices pay one open order at the same moment."""
    await bench.ready(min(bench.scale.tries, 50))
    goods = await bench.goods(bench.scale.tries * _SPARE)

    async def one(_: int) -> str:
        async with bench.buyer() as buyer:
            order = await bench.buy(buyer, goods, BAD)
            replies = await asyncio.gather(bench.pay(buyer, order), bench.pay(buyer, order))
            return await _paid_once(bench, buyer, order, replies)

    await race(bench, seen, bench.scale.tries, one)
    if not seen.wrong:
        await bench.require_sold(goods, bench.scale.tries)


async def _paid_once(bench: Bench, buyer: Account, order: dict[str, Any], replies: Sequence[Reply]) -> str:
    await bench.require_paid_once(buyer, order)
    for reply in replies:
        require_refused(reply, "ORDER_NOT_PAYABLE", "CHECKOUT_IN_PROGRESS")
    return " and ".join(sorted(reply.said for reply in replies))


async def webhook_client(bench: Bench, seen: Seen) -> None:
    """The provider's webhook and the buyer's return race to complete one order, among duplicates and forgeries."""
    provider = bench.provider
    if provider is None:
        raise NotRunError("needs the sandbox's control (--sandbox URL), which a real provider has not")
    await bench.ready(min(bench.scale.tries, 50))
    goods = await bench.goods(bench.scale.tries * _SPARE)
    paid = "payment_intent.succeeded"
    rules = [
        {"kind": "duplicate", "event": paid, "copies": 3},
        {"kind": "shuffled", "event": paid, "seconds": 0.3, "probability": 0.5},
        {"kind": "forged", "event": paid, "copies": 1},
        {"kind": "stale", "event": paid, "copies": 1},
    ]

    async def one(_number: int) -> str:
        async with bench.buyer() as buyer:
            order = await bench.buy(buyer, goods, ASKS)
            secret = order["payments"][0]["clientSecret"]
            require(holds=bool(secret), otherwise=f"order {order['orderId']} asks for nothing: {order['paymentState']}")
            yes = asyncio.create_task(provider.authenticate(secret))
            replies = await asyncio.gather(bench.pay(buyer, order, ""), bench.pay(buyer, order, ""))
            await yes
            return await _paid_once(bench, buyer, order, replies)

    before = await provider.forgeries()
    async with provider.wrecked(bench.chance.randrange(1 << 30), *rules):
        await race(bench, seen, bench.scale.tries, one)
        if not seen.wrong:
            await bench.require_sold(goods, bench.scale.tries)
        now = await provider.forgeries()
    taken, refused = now["taken"] - before["taken"], now["refused"] - before["refused"]
    require(holds=taken == 0, otherwise=f"{taken} false webhooks were taken")
    seen.counts["false webhook refused"] = refused


async def refund_race(bench: Bench, seen: Seen) -> None:
    """Two refunds at the same moment that together are more than was taken, or one that is sent twice."""
    await bench.ready(min(bench.scale.tries, 50))
    goods = await bench.goods(bench.scale.tries)

    async def one(number: int) -> str:
        async with bench.buyer() as buyer:
            order = await bench.buy(buyer, goods)
            return await _refund_twice(bench, buyer, goods, order, one_key=not number % 4)

    await race(bench, seen, bench.scale.tries, one)


async def _refund_twice(bench: Bench, buyer: Account, goods: Goods, order: dict[str, Any], *, one_key: bool) -> str:
    total, payment_id = int(order["total"]["amount"]), order["payments"][0]["paymentId"]
    # More than half, up to all of it: only one of two fits.
    amount = bench.chance.randint(total // 2 + 1, total)
    keys = [new_key()] * 2 if one_key else [new_key(), new_key()]
    body = {"amount": euros(amount), "reason": "conformance"}
    path = f"/payments/{payment_id}:refund"
    replies = await asyncio.gather(
        *(bench.client.settle("POST", path, body, who=goods.seller, key=key) for key in keys)
    )
    given = {reply.body["refundId"] for reply in replies if reply.ok}
    require(holds=len(given) == 1, otherwise=f"payment {payment_id}: {len(given)} refunds of {amount} of {total}")
    payment = await bench.client.get(f"/payments/{payment_id}", who=buyer)
    refunded = int(payment["refundedAmount"]["amount"])
    require(holds=refunded == amount, otherwise=f"payment {payment_id}: {refunded} went back, not {amount}")
    refused = [reply for reply in replies if not reply.ok]
    require(holds=len(refused) == (not one_key), otherwise=f"{len(refused)} of two refunds were refused")
    for reply in refused:
        require_refused(reply, "REFUND_TOO_LARGE", "NOTHING_TO_REFUND")
    return f"1 refund, 1 {refused[0].said}" if refused else "one key: 1 refund, 2 equal answers"


async def other_customer(bench: Bench, seen: Seen) -> None:
    """Another customer's order, payment or part does not exist for anybody else."""
    await bench.ready(2)
    goods = await bench.goods(2)
    stranger_seller, stranger_shop = await bench.stall(1)
    async with bench.buyer() as buyer, bench.buyer() as stranger:
        order = await bench.buy(buyer, goods)
        order_path = f"/orders/{order['orderId']}"
        payment = f"/payments/{order['payments'][0]['paymentId']}"
        part = order["sellerOrders"][0]["sellerOrderId"]
        again = {"orderId": order["orderId"], "payments": [{"provider": "stripe", "token": GOOD}]}
        refund = {"amount": order["total"], "reason": "mine"}
        attempts = [
            ("GET", order_path, None, stranger),
            ("POST", f"{order_path}:cancel", {}, stranger),
            ("POST", "/payments/pay", again, stranger),
            ("GET", payment, None, stranger),
            ("POST", f"{payment}:refund", refund, stranger_seller),
            ("GET", f"/shops/{goods.shop_id}/orders/{part}", None, stranger_seller),
            ("GET", f"/shops/{stranger_shop}/orders/{part}", None, stranger_seller),
            ("POST", f"/shops/{stranger_shop}/orders/{part}:ship", {"carrier": "DHL"}, stranger_seller),
        ]
        for method, path, body, who in attempts:
            reply = await bench.client.ask(method, path, body, who=who, headers={"idempotency-key": new_key()})
            require(holds=reply.status in _NOT_THERE, otherwise=f"{method} {path} was answered {reply.said}")
            seen.counts[reply.said] += 1
            seen.tries += 1
        now = await bench.order(buyer, order)
        require(holds=now == order, otherwise="a stranger changed the order")
        await bench.require_paid_once(buyer, order)


_NOT_THERE = {403, 404}
