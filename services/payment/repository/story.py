"""What an order left in the tables, for its story."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ARRAY, Text, Uuid, bindparam, func, select

from mesh.database import ReadUnit, Record
from mesh.statement import statement
from services.payment.repository import ledger
from services.payment.tables import payments, refunds, webhook_events

# A story of more postings than this is cut off at its end.
_MOST_POSTINGS = 1000
_order_id = bindparam("order_id", type_=Uuid)
_PAYMENTS = statement(
    select(
        payments.c.id,
        payments.c.provider,
        payments.c.amount,
        payments.c.currency,
        payments.c.state,
        payments.c.captured_amount,
        payments.c.refunded_amount,
        payments.c.decline_reason,
        payments.c.provider_reference,
        payments.c.attempt,
        payments.c.companion_id,
        payments.c.create_time,
        payments.c.update_time,
    )
    .where(payments.c.order_id == _order_id)
    .order_by(payments.c.id)
)
_REFUNDS = statement(
    select(
        refunds.c.id,
        refunds.c.amount,
        refunds.c.currency,
        refunds.c.state,
        refunds.c.failure_reason,
        refunds.c.provider_reference,
        refunds.c.create_time,
        refunds.c.update_time,
        payments.c.provider,
    )
    .join(payments, payments.c.id == refunds.c.payment_id)
    .where(refunds.c.order_id == _order_id)
    .order_by(refunds.c.id)
)
_WEBHOOKS = statement(
    select(
        webhook_events.c.provider_event_id,
        webhook_events.c.type,
        webhook_events.c.object_reference,
        webhook_events.c.state,
        webhook_events.c.receive_time,
    )
    .where(
        webhook_events.c.object_reference == func.any(bindparam("references", type_=ARRAY(Text))),
        webhook_events.c.receive_time >= bindparam("since"),
    )
    .order_by(webhook_events.c.receive_time)
)


class Traces(NamedTuple):
    """The rows that an order left."""

    payments: Sequence[Record]
    refunds: Sequence[Record]
    webhooks: Sequence[Record]
    postings: Sequence[Record]


async def read_traces(unit: ReadUnit, order_id: uuid.UUID) -> Traces:
    """What an order left; nothing of it says who the buyer is."""
    paid = await unit.fetch(_PAYMENTS, order_id=order_id)
    given_back = await unit.fetch(_REFUNDS, order_id=order_id)
    references = [row["provider_reference"] for row in (*paid, *given_back) if row["provider_reference"]]
    heard: Sequence[Record] = []
    if references:
        heard = await unit.fetch(_WEBHOOKS, references=references, since=min(row["create_time"] for row in paid))
    return Traces(paid, given_back, heard, await ledger.list_oldest(unit, order_id, 0, _MOST_POSTINGS))
