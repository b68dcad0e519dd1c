"""What people do for a process to come by the labelled lines of T2."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

import httpx
from souk.payment.v1.payment_service_pb2 import CancelPaymentRequest
from souk.payment.v1.payment_service_pb2_grpc import PaymentServiceStub

from mesh.errors import SoukError
from tests.chaos.lab import Lab
from tests.chaos.market import DECLINED, NEEDS_ACTION, VISA, Buyer, Market, Operation, order_body
from tests.goods import Goods

_PAID_OUT_SECONDS = 60.0
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Shop:
    """What the stories buy."""

    plenty: Goods
    lab: Lab


Story: TypeAlias = Callable[[Market, Shop], Awaitable[Buyer]]


async def buy(market: Market, shop: Shop) -> Buyer:
    buyer = await market.register()
    await market.checkout(buyer, shop.plenty)
    return buyer


async def buy_after_a_decline(market: Market, shop: Shop) -> Buyer:
    buyer = await market.register()
    placed = await market.checkout(buyer, shop.plenty, DECLINED)
    payments = [{"provider": "stripe", "token": VISA}]
    await market.keyed(buyer, "/payments/pay", {"orderId": placed.order_id, "payments": payments})
    return buyer


async def cancel_a_paid_one(market: Market, shop: Shop) -> Buyer:
    buyer = await market.register()
    placed = await market.checkout(buyer, shop.plenty)
    await market.keyed(buyer, f"/orders/{placed.order_id}:cancel", {})
    return buyer


async def cancel_an_unpaid_one(market: Market, shop: Shop) -> Buyer:
    buyer = await market.register()
    placed = await market.checkout(buyer, shop.plenty, NEEDS_ACTION)
    await market.keyed(buyer, f"/orders/{placed.order_id}:cancel", {})
    return buyer


async def authenticate(market: Market, shop: Shop) -> Buyer:
    """The buyer's bank tells the provider, the provider tells us: the order is completed by a webhook."""
    buyer = await market.register()
    placed = await market.checkout(buyer, shop.plenty, NEEDS_ACTION)
    await _authenticate(shop.lab, placed)
    return buyer


async def dispute(market: Market, shop: Shop) -> Buyer:
    """The buyer's bank takes the money back, and the provider tells us."""
    buyer = await buy(market, shop)
    await _dispute(shop.lab, buyer.operations[-1].order_id)
    return buyer


async def buy_what_is_sold_out(market: Market, shop: Shop) -> Buyer:
    last = await shop.lab.goods("Last one", stock=1)
    late, early = await market.register_many(2)
    total = await market.fill(late, last)
    await market.checkout(early, last)
    await market.place(late, total)
    return late


async def buy_at_the_wrong_price(market: Market, shop: Shop) -> Buyer:
    buyer = await market.register()
    total = await market.fill(buyer, shop.plenty)
    await market.place(buyer, total | {"amount": "1"})
    return buyer


async def _authenticate(lab: Lab, placed: Operation) -> None:
    secret = placed.last.body["payments"][0]["clientSecret"]
    async with httpx.AsyncClient(base_url=lab.stack.urls["sandbox"]) as bank:
        done = await bank.post(f"/authenticate/{quote(secret)}", data={"outcome": "succeed"})
        assert done.status_code < httpx.codes.BAD_REQUEST, done.text


async def _dispute(lab: Lab, order_id: str) -> None:
    async with lab.database() as database:
        reference = "SELECT provider_reference FROM payment.payments WHERE order_id = $1"
        intent = await database.fetchval(reference, uuid.UUID(order_id))
    async with httpx.AsyncClient(base_url=lab.stack.urls["sandbox"]) as bank:
        done = await bank.post("/_sandbox/disputes", json={"paymentIntent": intent})
        assert done.status_code < httpx.codes.BAD_REQUEST, done.text


async def buy_and_keep_the_card(market: Market, shop: Shop) -> Buyer:
    buyer = await market.register()
    body = order_body(await market.fill(buyer, shop.plenty))
    body["payments"][0]["saveMethod"] = True
    await market.keyed(buyer, "/orders", body)
    return buyer


async def give_back_some(market: Market, shop: Shop) -> Buyer:
    """The seller refunds a part, by a call of their own."""
    buyer = await buy(market, shop)
    await _refund(market, shop, buyer.operations[-1], 700)
    return buyer


async def pay_the_seller(market: Market, shop: Shop) -> Buyer:
    """The seller's share of an order is transferred by a job."""
    buyer = await buy(market, shop)
    await _paid_out(shop.lab, buyer.operations[-1].order_id)
    return buyer


async def give_back_what_is_paid_out(market: Market, shop: Shop) -> Buyer:
    """The seller owes what was transferred, and a job takes it back."""
    buyer = await pay_the_seller(market, shop)
    total = int(buyer.operations[-1].last.body["total"]["amount"])
    await _refund(market, shop, buyer.operations[-1], total - 1)
    return buyer


async def give_up_what_was_never_begun(market: Market, shop: Shop) -> Buyer:
    """An order that died before it began its payment is given up: the order service says so for it."""
    buyer = await market.register()
    names = {name: str(uuid.uuid4()) for name in ("payment_id", "order_id", "user_id")}
    request = CancelPaymentRequest(amount={"currency": "EUR", "amount": 2500}, **names)
    async with shop.lab.calling_as("order", "payment", PaymentServiceStub) as stub, asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            try:
                await stub.CancelPayment(request)
            except SoukError:
                await market.pause()
            else:
                return buyer


async def _refund(market: Market, shop: Shop, bought: Operation, amount: int) -> None:
    body = {"amount": {"currency": "EUR", "amount": str(amount)}, "reason": "chaos"}
    path = f"/payments/{bought.last.body['payments'][0]['paymentId']}:refund"
    answer = await market.sure("POST", path, Buyer(shop.plenty.seller.token), body)
    shop.lab.expect(answer.status == httpx.codes.OK, f"{path}: {answer.body}")


async def _paid_out(lab: Lab, order_id: str) -> None:
    items = "SELECT count(*) FROM payment.payout_items WHERE order_id = $1 AND state = 'PAID'"
    deadline = time.monotonic() + _PAID_OUT_SECONDS
    async with lab.database() as database:
        while not await database.fetchval(items, uuid.UUID(order_id)):
            if time.monotonic() > deadline:
                lab.problems.append(f"the sellers of order {order_id} were not paid")
                return
            await asyncio.sleep(0.1)
