"""Quotes: what a buyer was told that a checkout would cost."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, UnitOfWork
from mesh.money import Money
from mesh.statement import statement
from services.order.domain.pricing import Seen
from services.order.tables import quotes

_INSERT = statement(
    insert(quotes)
    .values(
        id=bindparam("id"),
        user_id=bindparam("user_id"),
        cart_id=bindparam("cart_id"),
        currency=bindparam("currency"),
        total_amount=bindparam("total_amount"),
        seen=bindparam("seen"),
        expire_time=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, bindparam("seconds")),
    )
    .returning(quotes.c.expire_time)
)
_FIND = statement(
    select(*quotes.c, (quotes.c.expire_time <= func.now()).label("expired")).where(
        quotes.c.id == bindparam("quote_id"), quotes.c.user_id == bindparam("user_id")
    )
)
_old = select(quotes.c.id).where(quotes.c.expire_time < func.now() - func.make_interval(0, 0, 1)).limit(1000)
_FORGET = statement(delete(quotes).where(quotes.c.id.in_(_old)))


@dataclass(frozen=True, slots=True)
class SeenQuote:
    """What a buyer was told."""

    cart_id: UUID
    total: Money
    seen: Seen
    expired: bool


async def insert_quote(
    uow: UnitOfWork, quote_id: UUID, user_id: UUID, cart_id: UUID, total: Money, seen: Seen, seconds: float
) -> datetime:
    """Keep a quote for `seconds`; returns until when."""
    expire_time: datetime = await uow.fetch_value(
        _INSERT,
        id=quote_id,
        user_id=user_id,
        cart_id=cart_id,
        currency=total.currency,
        total_amount=total.amount,
        seen={str(variant_id): [quantity, price.amount] for variant_id, (quantity, price) in seen.items()},
        seconds=seconds,
    )
    return expire_time


async def find_quote(unit: ReadUnit, quote_id: UUID, user_id: UUID) -> SeenQuote | None:
    """A quote of this buyer's, None where there is none."""
    row = await unit.fetch_one(_FIND, quote_id=quote_id, user_id=user_id)
    if row is None:
        return None
    currency = row["currency"]
    seen = {
        UUID(variant_id): (quantity, Money(currency, amount)) for variant_id, (quantity, amount) in row["seen"].items()
    }
    return SeenQuote(row["cart_id"], Money(currency, row["total_amount"]), seen, row["expired"])


async def forget_quotes(uow: UnitOfWork) -> None:
    """Delete up to 1,000 quotes that ran out more than a week ago."""
    await uow.execute(_FORGET)
