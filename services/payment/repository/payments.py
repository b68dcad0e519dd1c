"""Payments and their lines."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Interval, bindparam, case, cast, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import NotFound
from mesh.money import Money
from mesh.principal import Principal
from mesh.statement import statement
from services.payment.domain.lines import PaymentLine, Shares
from services.payment.domain.payment import WALLET, Payment, PaymentState
from services.payment.tables import payment_lines, payments

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
_INSERT = statement(
    insert(payments)
    .values(
        id=bindparam("id"),
        order_id=bindparam("order_id"),
        user_id=bindparam("user_id"),
        provider=bindparam("provider"),
        amount=bindparam("amount"),
        currency=bindparam("currency"),
        state=bindparam("state"),
        chargeable=bindparam("chargeable"),
        companion_id=bindparam("companion_id"),
        check_time=func.now() + cast(bindparam("check_after"), Interval),
    )
    .on_conflict_do_nothing()
    .returning(payments.c.create_time)
)
_INSERT_LINE = statement(
    insert(payment_lines).values(
        payment_id=bindparam("payment_id"),
        line_id=bindparam("line_id"),
        shop_id=bindparam("shop_id"),
        quantity=bindparam("quantity"),
        seller_amount=bindparam("seller_amount"),
        commission_amount=bindparam("commission_amount"),
        tax_amount=bindparam("tax_amount"),
        shipping_amount=bindparam("shipping_amount"),
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
_LINES = statement(
    select(
        payment_lines.c.line_id,
        payment_lines.c.shop_id,
        payment_lines.c.quantity,
        payment_lines.c.seller_amount,
        payment_lines.c.commission_amount,
        payment_lines.c.tax_amount,
        payment_lines.c.shipping_amount,
        payment_lines.c.refunded_quantity,
        payment_lines.c.refunded_seller_amount,
        payment_lines.c.refunded_commission_amount,
        payment_lines.c.refunded_tax_amount,
        payment_lines.c.refunded_shipping_amount,
    )
    .where(payment_lines.c.payment_id == bindparam("payment_id"))
    .order_by(payment_lines.c.line_id)
)
_MOVE_LINE = statement(
    update(payment_lines)
    .where(
        payment_lines.c.payment_id == bindparam("the_payment_id"), payment_lines.c.line_id == bindparam("the_line_id")
    )
    .values(
        refunded_quantity=payment_lines.c.refunded_quantity + bindparam("more_quantity"),
        refunded_seller_amount=payment_lines.c.refunded_seller_amount + bindparam("more_seller"),
        refunded_commission_amount=payment_lines.c.refunded_commission_amount + bindparam("more_commission"),
        refunded_tax_amount=payment_lines.c.refunded_tax_amount + bindparam("more_tax"),
        refunded_shipping_amount=payment_lines.c.refunded_shipping_amount + bindparam("more_shipping"),
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


async def insert_new(uow: UnitOfWork, payment: Payment, lines: Iterable[PaymentLine], check_after: timedelta) -> bool:
    """Write a payment with its lines; false where its id is there already."""
    written = await uow.fetch_one(
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
    )
    if written is None:
        return False
    await uow.execute_many(_INSERT_LINE, [_line_values(payment.id, line) for line in lines])
    return True


def _line_values(payment_id: uuid.UUID, line: PaymentLine) -> dict[str, object]:
    return {
        "payment_id": payment_id,
        "line_id": line.line_id,
        "shop_id": line.shop_id,
        "quantity": line.quantity,
        "seller_amount": line.paid.seller,
        "commission_amount": line.paid.commission,
        "tax_amount": line.paid.tax,
        "shipping_amount": line.paid.shipping,
    }


async def save(uow: UnitOfWork, payment: Payment) -> None:
    """Write what moves of a payment. Its row is locked."""
    await uow.execute(
        _SAVE,
        payment_id=payment.id,
        new_state=payment.state.value,
        captured=payment.captured,
        refunded=payment.refunded,
        refunding=payment.refunding,
        new_decline_reason=payment.decline_reason,
        new_chargeable=payment.chargeable,
    )


async def set_reference(uow: UnitOfWork, payment_id: uuid.UUID, reference: str) -> bool:
    """Keep the provider's id; false where the payment has one or is over."""
    return bool(await uow.execute(_SET_REFERENCE, payment_id=payment_id, reference=reference))


async def next_attempt(uow: UnitOfWork, payment: Payment) -> None:
    """Have the next call to the provider use another key."""
    await uow.execute(_NEXT_ATTEMPT, payment_id=payment.id, spent_attempt=payment.attempt)


async def postpone(uow: UnitOfWork, payment_id: uuid.UUID) -> None:
    """Look at a payment again later, each time twice as late, at most five minutes."""
    await uow.execute(_POSTPONE, payment_id=payment_id)


async def lines_of(unit: ReadUnit, payment_id: uuid.UUID) -> list[PaymentLine]:
    """A payment's lines, by id."""
    return [_line(row) for row in await unit.fetch(_LINES, payment_id=payment_id)]


def _line(row: Record) -> PaymentLine:
    refunded = Shares(
        row["refunded_seller_amount"],
        row["refunded_commission_amount"],
        row["refunded_tax_amount"],
        row["refunded_shipping_amount"],
    )
    paid = Shares(row["seller_amount"], row["commission_amount"], row["tax_amount"], row["shipping_amount"])
    return PaymentLine(row["line_id"], row["shop_id"], row["quantity"], paid, refunded, row["refunded_quantity"])


async def move_lines(
    uow: UnitOfWork, payment_id: uuid.UUID, moves: Iterable[tuple[uuid.UUID, int, Shares]], sign: int
) -> None:
    """Add to, or with `sign` -1 take from, what refunds took of lines: line id, units and shares."""
    rows = [
        {
            "the_payment_id": payment_id,
            "the_line_id": line_id,
            "more_quantity": sign * quantity,
            "more_seller": sign * shares.seller,
            "more_commission": sign * shares.commission,
            "more_tax": sign * shares.tax,
            "more_shipping": sign * shares.shipping,
        }
        for line_id, quantity, shares in moves
    ]
    await uow.execute_many(_MOVE_LINE, rows)
