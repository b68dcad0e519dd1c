"""Payments and their lines."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

from sqlalchemy import Uuid, bindparam, case, func, or_, select, text, update

from mesh.database import Database, ReadUnit, Record, UnitOfWork
from mesh.errors import NotFound
from mesh.money import Money
from mesh.principal import Principal
from mesh.statement import any_of, statement
from services.payment.domain.lines import PaymentLine
from services.payment.domain.payment import WALLET, Payment, PaymentState
from services.payment.tables import payments

# Runs a statement, in a transaction at hand or as one of its own.
Run: TypeAlias = Callable[..., Awaitable[list[Record]]]
_COLUMNS = (
    payments.c.id,
    payments.c.order_id,
    payments.c.user_id,
    payments.c.provider,
    payments.c.amount,
    payments.c.currency,
    payments.c.state,
    payments.c.captured_amount,
    payments.c.refunded_amount,
    payments.c.refunding_amount,
    payments.c.decline_reason,
    payments.c.provider_reference,
    payments.c.attempt,
    payments.c.chargeable,
    payments.c.companion_id,
    payments.c.create_time,
)
_BY_ID = payments.c.id == bindparam("payment_id")
_FIND = statement(select(*_COLUMNS).where(_BY_ID))
_FIND_MANY = statement(select(*_COLUMNS).where(payments.c.id == any_of("payment_ids", Uuid)))
_FIND_OWN = statement(select(*_COLUMNS).where(_BY_ID, payments.c.user_id == bindparam("owner_id")))
_LOCK = statement(select(*_COLUMNS).where(_BY_ID).with_for_update())
# The card before the wallet: whoever locks both locks them in this order.
_in_order = (case((payments.c.provider == WALLET, 1), else_=0), payments.c.id)
_LOCK_SALE = statement(
    select(*_COLUMNS)
    .where(or_(_BY_ID, payments.c.companion_id == bindparam("payment_id")))
    .order_by(*_in_order)
    .with_for_update()
)
_LOCK_TAKEN = statement(
    select(*_COLUMNS)
    .where(payments.c.order_id == bindparam("order_id"), payments.c.captured_amount > 0)
    .order_by(*_in_order)
    .with_for_update()
)
_FIND_REFERENCE = statement(
    select(*_COLUMNS).where(
        payments.c.provider == bindparam("payment_provider"), payments.c.provider_reference == bindparam("reference")
    )
)
# Under way for so long that whoever began it has given it up.
_DUE = statement(
    select(*_COLUMNS)
    .where(payments.c.chargeable, payments.c.check_time <= func.now())
    .order_by(payments.c.check_time)
    .limit(bindparam("most"))
)
# A payment with its lines; nothing where its id is there already.
_INSERT = statement(
    text(
        """
        WITH payment AS (
            INSERT INTO payment.payments (id, order_id, user_id, provider, amount, currency, state, chargeable,
                                          companion_id, check_time)
            VALUES (:id, :order_id, :user_id, :provider, :amount, :currency, :state, :chargeable, :companion_id,
                    now() + cast(:check_after AS interval))
            ON CONFLICT DO NOTHING RETURNING id
        ), lines AS (
            INSERT INTO payment.payment_lines (payment_id, line_id, shop_id, quantity, seller_amount,
                                               commission_amount, tax_amount, shipping_amount)
            SELECT payment.id, line.* FROM payment, unnest(
                cast(:line_ids AS uuid[]), cast(:shop_ids AS uuid[]), cast(:quantities AS bigint[]),
                cast(:sellers AS bigint[]), cast(:commissions AS bigint[]), cast(:taxes AS bigint[]),
                cast(:shippings AS bigint[])) AS line
        )
        SELECT id FROM payment
        """
    )
)
_SAVE = statement(
    update(payments)
    .where(_BY_ID)
    .values(
        state=bindparam("new_state"),
        captured_amount=bindparam("captured"),
        refunded_amount=bindparam("refunded"),
        refunding_amount=bindparam("refunding"),
        decline_reason=bindparam("new_decline_reason"),
        chargeable=bindparam("new_chargeable"),
        update_time=func.now(),
    )
)
_SET_REFERENCE = statement(
    update(payments)
    .where(_BY_ID, payments.c.provider_reference.is_(None), payments.c.state == PaymentState.PENDING.value)
    .values(provider_reference=bindparam("reference"), update_time=func.now())
)
_NEXT_ATTEMPT = statement(
    update(payments)
    .where(_BY_ID, payments.c.attempt == bindparam("spent_attempt"))
    .values(attempt=payments.c.attempt + 1, update_time=func.now())
)
_POSTPONE = statement(
    update(payments)
    .where(_BY_ID)
    .values(
        check_time=func.now()
        + func.least(func.power(2, payments.c.check_count) * timedelta(seconds=5), timedelta(minutes=5)),
        check_count=func.least(payments.c.check_count + 1, 20),
    )
)


def _payment(row: Record) -> Payment:
    return Payment(
        id=row["id"],
        order_id=row["order_id"],
        user_id=row["user_id"],
        provider=row["provider"],
        amount=Money(row["currency"], row["amount"]),
        create_time=row["create_time"],
        state=PaymentState(row["state"]),
        captured=row["captured_amount"],
        refunded=row["refunded_amount"],
        refunding=row["refunding_amount"],
        decline_reason=row["decline_reason"],
        reference=row["provider_reference"],
        attempt=row["attempt"],
        chargeable=row["chargeable"],
        companion_id=row["companion_id"],
    )


def not_found(payment_id: uuid.UUID) -> NotFound:
    """The error for one that is not there, or another's."""
    return NotFound("PAYMENT_NOT_FOUND", "There is no such payment.", paymentId=str(payment_id))


def _found(row: Record | None, payment_id: uuid.UUID) -> Payment:
    if row is None:
        raise not_found(payment_id)
    return _payment(row)


async def find(unit: ReadUnit, payment_id: uuid.UUID) -> Payment | None:
    """A payment, for the service's own work."""
    row = await unit.fetch_one(_FIND, payment_id=payment_id)
    return None if row is None else _payment(row)


async def find_many(unit: ReadUnit, payment_ids: Sequence[uuid.UUID]) -> list[Payment]:
    """Those of the payments that there are, for services."""
    return [_payment(row) for row in await unit.fetch(_FIND_MANY, payment_ids=payment_ids)]


async def load(unit: ReadUnit, payment_id: uuid.UUID) -> Payment:
    """A payment, for the service's own work. Raises NotFound."""
    return _found(await unit.fetch_one(_FIND, payment_id=payment_id), payment_id)


async def load_own(unit: ReadUnit, payment_id: uuid.UUID, principal: Principal) -> Payment:
    """A payment for its buyer or staff. Raises NotFound for everybody else."""
    if principal.is_admin:
        return await load(unit, payment_id)
    row = await unit.fetch_one(_FIND_OWN, payment_id=payment_id, owner_id=principal.user_id)
    return _found(row, payment_id)


async def lock(uow: UnitOfWork, payment_id: uuid.UUID) -> Payment:
    """A payment whose row nobody else moves before the commit. Raises NotFound."""
    return _found(await uow.fetch_one(_LOCK, payment_id=payment_id), payment_id)


async def find_by_reference(unit: ReadUnit, provider: str, reference: str) -> Payment | None:
    row = await unit.fetch_one(_FIND_REFERENCE, payment_provider=provider, reference=reference)
    return None if row is None else _payment(row)


async def lock_sale(uow: UnitOfWork, payment_id: uuid.UUID) -> list[Payment]:
    """A payment and the one that it paid together with, the card's first, locked. Raises NotFound."""
    rows = await uow.fetch(_LOCK_SALE, payment_id=payment_id)
    return [_payment(row) for row in rows] or [_found(None, payment_id)]


async def lock_taken(uow: UnitOfWork, order_id: uuid.UUID) -> list[Payment]:
    """What was taken for an order, cards first, locked."""
    return [_payment(row) for row in await uow.fetch(_LOCK_TAKEN, order_id=order_id)]


async def due(unit: ReadUnit, most: int) -> list[Payment]:
    """Payments that the provider could still take money for and that are to be looked at."""
    return [_payment(row) for row in await unit.fetch(_DUE, most=most)]


async def insert_new(run: Run, payment: Payment, lines: Sequence[PaymentLine], check_after: timedelta) -> bool:
    """Write a payment with its lines; false where its id is there already."""
    written = await run(
        _INSERT,
        id=payment.id,
        order_id=payment.order_id,
        user_id=payment.user_id,
        provider=payment.provider,
        amount=payment.amount.amount,
        currency=payment.amount.currency,
        state=payment.state.value,
        chargeable=payment.chargeable,
        companion_id=payment.companion_id,
        check_after=check_after,
        line_ids=[line.line_id for line in lines],
        shop_ids=[line.shop_id for line in lines],
        quantities=[line.quantity for line in lines],
        sellers=[line.paid.seller for line in lines],
        commissions=[line.paid.commission for line in lines],
        taxes=[line.paid.tax for line in lines],
        shippings=[line.paid.shipping for line in lines],
    )
    return bool(written)


async def save(uow: UnitOfWork, payment: Payment) -> None:
    """Write what moves of a payment. Its row is locked."""
    await uow.execute(_SAVE, **_moving(payment))


def save_at_commit(uow: UnitOfWork, payment: Payment) -> None:
    """The same with the commit; the payment is saved once in it."""
    uow.defer(_SAVE, **_moving(payment))


def _moving(payment: Payment) -> dict[str, object]:
    return {
        "payment_id": payment.id,
        "new_state": payment.state.value,
        "captured": payment.captured,
        "refunded": payment.refunded,
        "refunding": payment.refunding,
        "new_decline_reason": payment.decline_reason,
        "new_chargeable": payment.chargeable,
    }


async def set_reference(db: Database, payment_id: uuid.UUID, reference: str) -> bool:
    """Keep the provider's id, in a commit of its own; false where the payment has one or is over."""
    return bool(await db.run(_SET_REFERENCE, payment_id=payment_id, reference=reference))


async def next_attempt(uow: UnitOfWork, payment: Payment) -> None:
    """Have the next call to the provider use another key."""
    await uow.execute(_NEXT_ATTEMPT, payment_id=payment.id, spent_attempt=payment.attempt)


async def postpone(uow: UnitOfWork, payment_id: uuid.UUID) -> None:
    """Look at a payment again later, each time twice as late, at most five minutes."""
    await uow.execute(_POSTPONE, payment_id=payment_id)
