"""Webhooks as the provider sent them, and what became of them."""

import uuid
from datetime import timedelta

from sqlalchemy import bindparam, delete, func, select, text, update

from mesh.database import Database, ReadUnit, Record, UnitOfWork
from mesh.ids import new_id
from mesh.statement import statement
from services.payment.domain.webhook import ABOUT_PAYMENTS, Webhook, is_about_payment
from services.payment.tables import webhook_events

_ABOUT_SETTLED = """EXISTS (
            SELECT FROM payment.payments AS payment
            WHERE payment.provider = {0}provider AND payment.provider_reference = {0}object_reference
            AND NOT payment.chargeable
        )"""
# What is about a payment whose outcome is known already adds nothing: it is applied as it comes.
_INSERT = statement(
    text(
        f"""
        INSERT INTO payment.webhook_events (id, provider, provider_event_id, type, object_reference, state, payload)
        SELECT :id, :provider, :provider_event_id, :type, :object_reference,
            CASE WHEN NOT :matters THEN 'IGNORED'
            WHEN :is_about_payment AND {_ABOUT_SETTLED.format(":")} THEN 'APPLIED' ELSE 'RECEIVED' END, :payload
        ON CONFLICT DO NOTHING RETURNING state
        """  # our own text
    )
)
_FINISH_SETTLED = statement(
    text(
        f"""
        UPDATE payment.webhook_events AS event SET state = 'APPLIED'
        WHERE state = 'RECEIVED' AND check_time <= now() AND starts_with(type, :about_payments)
        AND {_ABOUT_SETTLED.format("event.")}
        """  # noqa: S608  # our own text
    )
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


async def insert_new(db: Database, webhook: Webhook) -> bool:
    """Keep a webhook, in a commit of its own; says whether there is something to apply."""
    rows = await db.run_returning(
        _INSERT,
        id=new_id(),
        provider=webhook.provider,
        provider_event_id=webhook.event_id,
        type=webhook.type,
        object_reference=webhook.object_reference,
        matters=webhook.matters,
        is_about_payment=is_about_payment(webhook.type),
        payload=webhook.payload,
    )
    return [row["state"] for row in rows] == ["RECEIVED"]


async def finish_settled(db: Database) -> None:
    """Be done with what is about payments whose outcome is known."""
    await db.run(_FINISH_SETTLED, about_payments=ABOUT_PAYMENTS)


async def due(unit: ReadUnit, most: int) -> list[Record]:
    """Webhooks that are still to be applied, oldest first."""
    return await unit.fetch(_DUE, most=most)


async def finish(db: Database, event_id: uuid.UUID, *, applied: bool) -> None:
    await db.run(_FINISH, event_id=event_id, new_state="APPLIED" if applied else "IGNORED")


async def postpone(db: Database, event_id: uuid.UUID) -> None:
    """Try again later, each time twice as late, at most five minutes."""
    await db.run(_POSTPONE, event_id=event_id)


async def forget_old(uow: UnitOfWork) -> None:
    """Delete what came more than 30 days ago: by then no provider sends it again."""
    await uow.execute(_FORGET)
