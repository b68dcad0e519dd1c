"""Webhooks as the provider sent them, and what became of them."""

import uuid
from datetime import timedelta

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.ids import new_id
from mesh.statement import statement
from services.payment.domain.webhook import Webhook
from services.payment.tables import webhook_events

_INSERT = statement(
    insert(webhook_events)
    .values(
        id=bindparam("id"),
        provider=bindparam("provider"),
        provider_event_id=bindparam("provider_event_id"),
        type=bindparam("type"),
        object_reference=bindparam("object_reference"),
        state=bindparam("state"),
        payload=bindparam("payload"),
    )
    .on_conflict_do_nothing()
)
_DUE = statement(
    select(
        webhook_events.c.id,
        webhook_events.c.provider,
        webhook_events.c.type,
        webhook_events.c.object_reference,
        webhook_events.c.check_count,
    )
    .where(webhook_events.c.state == "RECEIVED", webhook_events.c.check_time <= func.now())
    .order_by(webhook_events.c.check_time, webhook_events.c.id)
    .limit(bindparam("most"))
)
_FINISH = statement(
    update(webhook_events).where(webhook_events.c.id == bindparam("event_id")).values(state=bindparam("new_state"))
)
_POSTPONE = statement(
    update(webhook_events)
    .where(webhook_events.c.id == bindparam("event_id"))
    .values(
        check_time=func.now()
        + func.least(func.power(2, webhook_events.c.check_count) * timedelta(seconds=1), timedelta(minutes=5)),
        check_count=webhook_events.c.check_count + 1,
    )
)

_FORGET = statement(delete(webhook_events).where(webhook_events.c.receive_time < func.now() - timedelta(days=30)))


async def insert_new(uow: UnitOfWork, webhook: Webhook) -> bool:
    """Keep a webhook; false where the event is there already."""
    written = await uow.execute(
        _INSERT,
        id=new_id(),
        provider=webhook.provider,
        provider_event_id=webhook.event_id,
        type=webhook.type,
        object_reference=webhook.object_reference,
        state="RECEIVED" if webhook.matters else "IGNORED",
        payload=webhook.payload,
    )
    return bool(written)


async def due(unit: ReadUnit, most: int) -> list[Record]:
    """Webhooks that are still to be applied, oldest first."""
    return await unit.fetch(_DUE, most=most)


async def finish(uow: UnitOfWork, event_id: uuid.UUID, *, applied: bool) -> None:
    await uow.execute(_FINISH, event_id=event_id, new_state="APPLIED" if applied else "IGNORED")


async def postpone(uow: UnitOfWork, event_id: uuid.UUID) -> None:
    """Try again later, each time twice as late, at most five minutes."""
    await uow.execute(_POSTPONE, event_id=event_id)


async def forget_old(uow: UnitOfWork) -> None:
    """Delete what came more than 30 days ago: by then no provider sends it again."""
    await uow.execute(_FORGET)
