"""What an order left in the tables, for its story."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, select, text

from mesh.database import ReadUnit, Record
from mesh.errors import NotFound
from mesh.ids import parse_order_number
from mesh.statement import statement
from services.order.tables import order_payments, order_sagas, orders, seller_orders, shipments

_ORDER = select(
    orders.c.id,
    orders.c.order_number,
    orders.c.user_id,
    orders.c.cart_version,
    orders.c.place_key,
    orders.c.currency,
    orders.c.total_amount,
    orders.c.item_count,
    orders.c.history,
    orders.c.place_time,
)
_BY_ID = statement(_ORDER.where(orders.c.id == bindparam("order_id", type_=Uuid)))
_BY_NUMBER = statement(_ORDER.where(orders.c.order_number == bindparam("number", type_=Text)))
_ATTEMPTS = statement(
    select(
        order_payments.c.id,
        order_payments.c.position,
        order_payments.c.provider,
        order_payments.c.currency,
        order_payments.c.amount,
        order_payments.c.state,
        order_payments.c.decline_reason,
        order_payments.c.key,
        order_payments.c.create_time,
        order_payments.c.update_time,
    )
    .where(order_payments.c.order_id == bindparam("order_id", type_=Uuid))
    .order_by(order_payments.c.position)
)
_SAGA = statement(
    select(
        order_sagas.c.goal,
        order_sagas.c.state,
        order_sagas.c.fence,
        order_sagas.c.run_time,
        order_sagas.c.attempt_count,
        order_sagas.c.call_key,
    ).where(order_sagas.c.order_id == bindparam("order_id", type_=Uuid))
)
_SHIPMENTS = statement(
    select(shipments.c.id, shipments.c.ship_time, shipments.c.deliver_time)
    .join(seller_orders, seller_orders.c.id == shipments.c.seller_order_id)
    .where(seller_orders.c.order_id == bindparam("order_id", type_=Uuid))
)
_CALLS = statement(
    text(
        """
        SELECT method, create_time FROM "order".idempotency_keys
        WHERE method IN ('/souk.order.v1.OrderService/PlaceOrder', '/souk.order.v1.OrderService/PayOrder',
                         '/souk.order.v1.OrderService/CancelOrder')
        AND caller = :caller AND key = ANY(:keys) ORDER BY create_time
        """
    ).bindparams(bindparam("keys", type_=ARRAY(Text)), bindparam("caller", type_=Text))
)


class Traces(NamedTuple):
    """The rows that an order left."""

    order: Record
    calls: Sequence[Record]
    attempts: Sequence[Record]
    saga: Record | None
    shipments: Sequence[Record]


async def read_traces(unit: ReadUnit, subject: str) -> Traces:
    """What an order, named by its id or its number, left. Raises NotFound ORDER_NOT_FOUND.

    Only who runs the market asks; nothing of it says who the buyer is.
    """
    order = await _find(unit, subject)
    if order is None:
        raise NotFound("ORDER_NOT_FOUND", "There is no such order.")
    attempts = await unit.fetch(_ATTEMPTS, order_id=order["id"])
    saga = await unit.fetch_one(_SAGA, order_id=order["id"])
    keys = {order["place_key"], *(row["key"] for row in attempts), *([saga["call_key"]] if saga else [])} - {None}
    calls = await unit.fetch(_CALLS, caller=str(order["user_id"]), keys=sorted(keys))
    return Traces(order, calls, attempts, saga, await unit.fetch(_SHIPMENTS, order_id=order["id"]))


async def _find(unit: ReadUnit, subject: str) -> Record | None:
    with suppress(ValueError):
        return await unit.fetch_one(_BY_NUMBER, number=parse_order_number(subject))
    with suppress(ValueError):
        return await unit.fetch_one(_BY_ID, order_id=UUID(subject))
    return None
