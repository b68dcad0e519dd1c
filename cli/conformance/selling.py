"""Stock and prices: nothing is sold twice, and nobody pays another price than the one that was shown."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

from cli.conformance.bench import Bench, Goods, euros
from cli.conformance.case import Seen, race, require, require_refused
from cli.conformance.client import Account, Reply, new_key

_PRICES = (2_500, 3_100)


async def last_unit(bench: Bench, seen: Seen) -> None:
    """Everybody orders the last unit at the same moment."""
    count = bench.scale.buyers
    await bench.ready(count)
    goods = await bench.goods(1)
    async with AsyncExitStack() as stack:
        buyers = [await stack.enter_async_context(bench.buyer()) for _ in range(count)]
        carts = await _fill_all(bench, buyers, goods)
        bench.progress(0, count)
        replies = await asyncio.gather(
            *(bench.place(buyer, cart["total"]) for buyer, cart in zip(buyers, carts, strict=True))
        )
        seen.tries = count
        seen.counts = Counter(reply.said for reply in replies)
        await _judge_last_unit(bench, goods, list(zip(buyers, replies, strict=True)))


async def _fill_all(bench: Bench, buyers: list[Account], goods: Goods) -> list[dict[str, Any]]:
    slots = asyncio.Semaphore(8)

    async def fill(buyer: Account) -> dict[str, Any]:
        async with slots:
            return await bench.fill_cart(buyer, goods)

    return await asyncio.gather(*(fill(buyer) for buyer in buyers))


async def _judge_last_unit(bench: Bench, goods: Goods, ended: list[tuple[Account, Reply]]) -> None:
    winners = [(buyer, reply.body) for buyer, reply in ended if reply.ok]
    require(holds=len(winners) == 1, otherwise=f"{len(winners)} buyers bought the last unit")
    await bench.require_paid_once(*winners[0])
    for _, reply in ended:
        require_refused(reply, "OUT_OF_STOCK", "ITEM_UNAVAILABLE")
    await bench.require_sold(goods, 1)


async def price_change(bench: Bench, seen: Seen) -> None:
    """The seller changes the price while the buyer orders for the price that was shown."""
    await bench.ready(min(bench.scale.tries, 50))
    shelf: asyncio.Queue[Goods] = asyncio.Queue()
    for _ in range(4):
        shelf.put_nowait(await bench.goods(bench.scale.tries * 2))

    async def one(number: int) -> str:
        goods = await shelf.get()
        try:
            async with bench.buyer() as buyer:
                return await _while_price_moves(bench, buyer, goods, _PRICES[number % 2])
        finally:
            shelf.put_nowait(goods)

    await race(bench, seen, bench.scale.tries, one)


async def _while_price_moves(bench: Bench, buyer: Account, goods: Goods, price: int) -> str:
    cart = await bench.fill_cart(buyer, goods)
    variants = [{"variantId": goods.variant_id, "sku": goods.sku, "price": euros(price)}]
    change = bench.client.must("PATCH", f"/products/{goods.product_id}", {"variants": variants}, who=goods.seller)
    reply, _ = await asyncio.gather(bench.place(buyer, cart["total"]), change)
    require_refused(reply, "PRICE_CHANGED")
    if not reply.ok:
        return "PRICE_CHANGED"
    shown, paid = cart["total"], reply.body["total"]
    require(holds=paid == shown, otherwise=f"{shown} was shown, {paid} ordered")
    await bench.require_paid_once(buyer, reply.body)
    return "sold at the price shown"


async def cart_merge(bench: Bench, seen: Seen) -> None:
    """A guest's cart comes along at sign-in from two windows at once: summed once, and capped at the stock."""
    await bench.ready(min(bench.scale.tries, 50))
    plenty, few = await bench.goods(900), await bench.goods(5)

    async def one(_: int) -> str:
        mine, theirs = bench.chance.randint(1, 4), bench.chance.randint(1, 4)
        async with bench.buyer() as buyer:
            await bench.fill_cart(buyer, plenty, mine)
            await bench.client.must("POST", "/cart/items", {"variantId": few.variant_id, "quantity": mine}, who=buyer)
            token = await _guest_cart(bench, (plenty, few), theirs)
            merge = {"cartToken": token}
            replies = await asyncio.gather(
                *(bench.client.settle("POST", "/cart:merge", merge, who=buyer, key=new_key()) for _ in range(2))
            )
            for reply in replies:
                require_refused(reply, "CART_NOT_FOUND")
            require(holds=any(reply.ok for reply in replies), otherwise="nobody's cart came along")
            cart = await bench.client.get("/cart", who=buyer)
        counts = {item["variantId"]: item["quantity"] for item in cart["items"]}
        wanted = {plenty.variant_id: mine + theirs, few.variant_id: min(mine + theirs, few.stock)}
        require(holds=counts == wanted, otherwise=f"{mine} and {theirs} became {sorted(counts.values())}")
        return "summed once" if mine + theirs <= few.stock else "summed once, capped at the stock"

    await race(bench, seen, bench.scale.tries, one)


async def _guest_cart(bench: Bench, goods: tuple[Goods, ...], quantity: int) -> str:
    token = ""
    for each in goods:
        headers = {"x-cart-token": token} if token else {}
        added = {"variantId": each.variant_id, "quantity": quantity}
        reply = await bench.client.ask("POST", "/cart/items", added, headers=headers)
        require(holds=reply.ok, otherwise=f"a guest's cart was refused: {reply.said}")
        token = token or reply.body["cartToken"]
    return token


async def cancel_ship(bench: Bench, seen: Seen) -> None:
    """The buyer cancels while the seller ships: one of both, never both."""
    await bench.ready(min(bench.scale.tries, 50))
    goods = await bench.goods(bench.scale.tries)

    async def one(number: int) -> str:
        async with bench.buyer() as buyer:
            order = await bench.buy(buyer, goods)
            return await _cancelled_or_shipped(bench, buyer, goods, order, ahead=number % 3)

    await race(bench, seen, bench.scale.tries, one)
    if not seen.wrong:
        await bench.require_sold(goods, seen.counts["shipped"])


async def _cancelled_or_shipped(
    bench: Bench, buyer: Account, goods: Goods, order: dict[str, Any], *, ahead: int
) -> str:
    part = order["sellerOrders"][0]["sellerOrderId"]
    parcel = {"carrier": "DHL", "trackingNumber": new_key()}

    async def ship() -> Reply:
        # A little later in some tries, so that either side wins sometimes.
        await asyncio.sleep(ahead * 0.01)
        path = f"/shops/{goods.shop_id}/orders/{part}:ship"
        return await bench.client.settle("POST", path, parcel, who=goods.seller, key=new_key())

    cancel = bench.client.settle("POST", f"/orders/{order['orderId']}:cancel", {}, who=buyer, key=new_key())
    cancelled, shipped = await asyncio.gather(cancel, ship())
    require_refused(cancelled, "ORDER_NOT_CANCELLABLE")
    require_refused(shipped, "INVALID_TRANSITION")
    require(
        holds=cancelled.ok != shipped.ok,
        otherwise=f"order {order['orderId']}: cancelling said {cancelled.said}, shipping said {shipped.said}",
    )
    if cancelled.ok:
        now = await bench.order_when(buyer, order, lambda each: each["paymentState"] == "REFUNDED", "REFUNDED")
        parcels = [parcel for each in now["sellerOrders"] for parcel in each["shipments"]]
        require(holds=not parcels, otherwise=f"order {order['orderId']} is cancelled and shipped")
        require(holds=now["state"] == "CANCELLED", otherwise=f"order {order['orderId']} is {now['state']}")
        return "cancelled and refunded"
    now = await bench.order(buyer, order)
    require(holds=now["status"] == "SHIPPED", otherwise=f"order {order['orderId']} is {now['status']}")
    await bench.require_paid_once(buyer, order)
    return "shipped"
