"""Telling what a checkout would cost."""

from uuid import UUID

from souk.order.v1 import order_pb2

from mesh.database import Database, UnitOfWork
from mesh.ids import new_id
from services.order.domain.pricing import seen_now
from services.order.handlers.market import Market
from services.order.messages import quote_message
from services.order.repository import quotes


async def quote_order(uow: UnitOfWork, market: Market, user_id: UUID, keep_seconds: float) -> order_pb2.Quote:
    """Price the caller's cart and keep what was told."""
    cart = await market.price(user_id)
    quote_id = new_id()
    expire_time = await quotes.insert_quote(
        uow, quote_id, user_id, cart.cart_id, cart.sums.total, seen_now(cart), keep_seconds
    )
    return quote_message(quote_id, expire_time, cart)


async def forget_quotes(db: Database) -> None:
    """Forget quotes that ran out long ago."""
    async with db.write() as uow:
        await quotes.forget_quotes(uow)
