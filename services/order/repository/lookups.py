"""Finding orders by what is known of them, and those whose time has come."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Interval, Uuid, bindparam, func, select, update

from mesh.database import ReadUnit, UnitOfWork
from mesh.statement import any_of, statement
from services.order.domain.status import AttemptState, OrderState, PaymentState
from services.order.tables import order_payments, orders

_BY_KEY = statement(
    select(orders.c.id).where(orders.c.user_id == bindparam("user_id"), orders.c.place_key == bindparam("place_key"))
)
_OPEN_OF_CART = statement(
    select(orders.c.id).where(orders.c.cart_id == bindparam("cart_id"), orders.c.state == OrderState.OPEN.value)
)
_STATE = statement(select(orders.c.state).where(orders.c.id == bindparam("order_id")))
_OVER = statement(
    select(orders.c.id).where(orders.c.id == any_of("order_ids", Uuid), orders.c.state.in_(("CANCELLED", "REJECTED")))
)
_BOUGHT = statement(
    select(orders.c.id).where(
        orders.c.cart_id == bindparam("cart_id"),
        orders.c.cart_version == bindparam("cart_version"),
        orders.c.state == OrderState.CONFIRMED.value,
    )
)
_SET_STOCK_DUE = statement(
    update(orders)
    .where(orders.c.id == bindparam("order_id"))
    .values(stock_due_time=func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, bindparam("seconds")))
)
_STOCK_DUE = statement(
    select(orders.c.id).where(orders.c.stock_due_time < func.now()).order_by(orders.c.stock_due_time).limit(200)
)
_STOCK_SURE = statement(
    update(orders).where(orders.c.id == func.any(bindparam("order_ids"))).values(stock_due_time=None)
)
_DELIVERED = statement(
    select(orders.c.id)
    .where(orders.c.state == OrderState.CONFIRMED.value, orders.c.fulfilment_state == "DELIVERED")
    .where(orders.c.payment_state != PaymentState.DISPUTED.value)
    .where(orders.c.deliver_time < func.now() - bindparam("window", type_=Interval()))
    .order_by(orders.c.deliver_time)
    .limit(100)
)

_ATTEMPTS = statement(
    select(
        order_payments.c.id,
        order_payments.c.order_id,
        order_payments.c.state,
        order_payments.c.refunded_amount,
        orders.c.version,
    )
    .join_from(order_payments, orders, orders.c.id == order_payments.c.order_id)
    .where(order_payments.c.id > bindparam("after", type_=Uuid), orders.c.state != OrderState.OPEN.value)
    .order_by(order_payments.c.id)
    .limit(bindparam("count", type_=Integer))
)


class StoredAttempt(NamedTuple):
    """An attempt to pay an order that does not wait for money, as the order has it."""

    payment_id: UUID
    order_id: UUID
    state: AttemptState
    refunded: int
    order_version: int


async def find_by_key(unit: ReadUnit, user_id: UUID, place_key: str) -> UUID | None:
    """The order that the call with this key placed, None where there is none."""
    order_id: UUID | None = await unit.fetch_value(_BY_KEY, user_id=user_id, place_key=place_key)
    return order_id


async def find_open_of_cart(unit: ReadUnit, cart_id: UUID) -> UUID | None:
    """The open order of a cart, None where there is none."""
    order_id: UUID | None = await unit.fetch_value(_OPEN_OF_CART, cart_id=cart_id)
    return order_id


async def find_state(unit: ReadUnit, order_id: UUID) -> OrderState | None:
    """Where an order stands, None where there is none."""
    state = await unit.fetch_value(_STATE, order_id=order_id)
    return None if state is None else OrderState(state)


async def find_over(unit: ReadUnit, order_ids: list[UUID]) -> set[UUID]:
    """Those of the orders that ended without a sale."""
    return {row["id"] for row in await unit.fetch(_OVER, order_ids=order_ids)}


async def find_bought(unit: ReadUnit, cart_id: UUID, cart_version: int) -> UUID | None:
    """The paid order of exactly this cart, which has not been taken off it yet; None where there is none."""
    order_id: UUID | None = await unit.fetch_value(_BOUGHT, cart_id=cart_id, cart_version=cart_version)
    return order_id


def set_stock_due(uow: UnitOfWork, order_id: UUID, seconds: float) -> None:
    """Make sure, from the commit on, of the order's stock in `seconds`."""
    uow.defer(_SET_STOCK_DUE, order_id=order_id, seconds=seconds)


async def list_stock_due(unit: ReadUnit) -> list[UUID]:
    """Up to 200 paid orders whose stock is to be made sure of now."""
    return [row["id"] for row in await unit.fetch(_STOCK_DUE)]


async def stock_sure(uow: UnitOfWork, order_ids: list[UUID]) -> None:
    """Their stock is committed."""
    await uow.execute(_STOCK_SURE, order_ids=order_ids)


async def list_delivered(unit: ReadUnit, window: timedelta) -> list[UUID]:
    """Up to 100 confirmed orders that were delivered longer than `window` ago."""
    return [row["id"] for row in await unit.fetch(_DELIVERED, window=window)]


async def page_of_attempts(unit: ReadUnit, after: UUID, count: int) -> list[StoredAttempt]:
    """Attempts in order of their ids, without those of orders that wait for money."""
    return [
        StoredAttempt(row["id"], row["order_id"], AttemptState(row["state"]), row["refunded_amount"], row["version"])
        for row in await unit.fetch(_ATTEMPTS, after=after, count=count)
    ]
