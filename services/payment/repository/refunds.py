"""Refunds and their lines."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Uuid, bindparam, cast, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import NotFound
from mesh.money import Money
from mesh.statement import any_of, statement
from services.payment.domain.lines import Shares
from services.payment.domain.refund import Refund, RefundLine, RefundState
from services.payment.tables import refund_lines, refunds

_COLUMNS = (
    refunds.c.id,
    refunds.c.payment_id,
    refunds.c.order_id,
    refunds.c.user_id,
    refunds.c.amount,
    refunds.c.currency,
    refunds.c.reason,
    refunds.c.state,
    refunds.c.failure_reason,
    refunds.c.provider_reference,
    refunds.c.attempt,
    refunds.c.part_of_id,
    refunds.c.create_time,
)
_BY_ID = refunds.c.id == bindparam("refund_id")
_FIND = statement(select(*_COLUMNS).where(_BY_ID))
_FIND_REQUEST = statement(select(*_COLUMNS).where(refunds.c.request_key == bindparam("request_key")))
_PARTS = statement(select(*_COLUMNS).where(refunds.c.part_of_id == bindparam("refund_id")).order_by(refunds.c.id))
_FIND_REFERENCE = statement(select(*_COLUMNS).where(refunds.c.provider_reference == bindparam("reference")))
_DUE = statement(
    select(*_COLUMNS)
    .where(refunds.c.state == RefundState.PENDING.value, refunds.c.check_time <= func.now())
    .order_by(refunds.c.check_time)
    .limit(bindparam("most"))
)
_INSERT = statement(
    insert(refunds).values(
        id=bindparam("id"),
        payment_id=bindparam("payment_id"),
        order_id=bindparam("order_id"),
        user_id=bindparam("user_id"),
        amount=bindparam("amount"),
        currency=bindparam("currency"),
        reason=bindparam("reason"),
        state=RefundState.PENDING.value,
        part_of_id=bindparam("part_of_id"),
        request_key=bindparam("request_key"),
        check_time=func.now() + timedelta(seconds=15),
    )
)
_INSERT_LINE = statement(
    insert(refund_lines).values(
        refund_id=bindparam("refund_id"),
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
    update(refunds)
    .where(_BY_ID)
    .values(
        state=bindparam("new_state"),
        failure_reason=bindparam("new_failure_reason"),
        provider_reference=func.coalesce(refunds.c.provider_reference, bindparam("reference")),
        update_time=func.now(),
    )
)
_NEXT_ATTEMPT = statement(
    update(refunds)
    .where(_BY_ID, refunds.c.attempt == bindparam("spent_attempt"))
    .values(attempt=refunds.c.attempt + 1, update_time=func.now())
)
_POSTPONE = statement(
    update(refunds)
    .where(_BY_ID)
    .values(
        check_time=func.now()
        + func.least(func.power(2, refunds.c.check_count) * timedelta(seconds=5), timedelta(minutes=5)),
        check_count=func.least(refunds.c.check_count + 1, 20),
    )
)
_LINES = statement(
    select(
        refund_lines.c.refund_id,
        refund_lines.c.line_id,
        refund_lines.c.shop_id,
        refund_lines.c.quantity,
        refund_lines.c.seller_amount,
        refund_lines.c.commission_amount,
        refund_lines.c.tax_amount,
        refund_lines.c.shipping_amount,
    )
    .where(refund_lines.c.refund_id == any_of("refund_ids", Uuid))
    .order_by(refund_lines.c.refund_id, refund_lines.c.line_id)
)


def _filter(name: str, column: Column[Any]) -> ColumnElement[bool]:
    parameter = cast(bindparam(name), Uuid)
    return or_(parameter.is_(None), column == parameter)


_LIST = statement(
    select(*_COLUMNS)
    .where(
        _filter("of_user", refunds.c.user_id),
        _filter("of_payment", refunds.c.payment_id),
        _filter("of_order", refunds.c.order_id),
        or_(cast(bindparam("before_id"), Uuid).is_(None), refunds.c.id < cast(bindparam("before_id"), Uuid)),
        or_(
            cast(bindparam("of_shop"), Uuid).is_(None),
            exists().where(
                refund_lines.c.refund_id == refunds.c.id, refund_lines.c.shop_id == cast(bindparam("of_shop"), Uuid)
            ),
        ),
    )
    .order_by(refunds.c.id.desc())
    .limit(bindparam("most"))
)


def _refund(row: Record, lines: list[RefundLine]) -> Refund:
    return Refund(
        id=row["id"],
        payment_id=row["payment_id"],
        order_id=row["order_id"],
        user_id=row["user_id"],
        amount=Money(row["currency"], row["amount"]),
        reason=row["reason"],
        lines=lines,
        create_time=row["create_time"],
        state=RefundState(row["state"]),
        failure_reason=row["failure_reason"],
        reference=row["provider_reference"],
        attempt=row["attempt"],
        part_of_id=row["part_of_id"],
    )


async def _with_lines(unit: ReadUnit, rows: Sequence[Record]) -> list[Refund]:
    lines: defaultdict[uuid.UUID, list[RefundLine]] = defaultdict(list)
    for line in await unit.fetch(_LINES, refund_ids=[row["id"] for row in rows]) if rows else ():
        shares = Shares(line["seller_amount"], line["commission_amount"], line["tax_amount"], line["shipping_amount"])
        lines[line["refund_id"]].append(RefundLine(line["line_id"], line["shop_id"], line["quantity"], shares))
    return [_refund(row, lines[row["id"]]) for row in rows]


async def _one(unit: ReadUnit, row: Record | None) -> Refund | None:
    return None if row is None else (await _with_lines(unit, [row]))[0]


async def find(unit: ReadUnit, refund_id: uuid.UUID) -> Refund | None:
    return await _one(unit, await unit.fetch_one(_FIND, refund_id=refund_id))


async def load(unit: ReadUnit, refund_id: uuid.UUID) -> Refund:
    """A refund, for the service's own work. Raises NotFound."""
    refund = await find(unit, refund_id)
    if refund is None:
        raise NotFound("REFUND_NOT_FOUND", "There is no such refund.", refundId=str(refund_id))
    return refund


async def parts_of(unit: ReadUnit, refund_id: uuid.UUID) -> list[Refund]:
    """What was given back together with a refund."""
    return await _with_lines(unit, await unit.fetch(_PARTS, refund_id=refund_id))


async def find_by_request(unit: ReadUnit, request_key: str) -> Refund | None:
    """The refund that a caller's Idempotency-Key asked for."""
    return await _one(unit, await unit.fetch_one(_FIND_REQUEST, request_key=request_key))


async def find_by_reference(unit: ReadUnit, reference: str) -> Refund | None:
    return await _one(unit, await unit.fetch_one(_FIND_REFERENCE, reference=reference))


async def due(unit: ReadUnit, most: int) -> list[Refund]:
    """Refunds on their way that are to be looked at."""
    return await _with_lines(unit, await unit.fetch(_DUE, most=most))


async def list_newest(
    unit: ReadUnit,
    *,
    of_user: uuid.UUID | None,
    of_payment: uuid.UUID | None,
    of_order: uuid.UUID | None,
    of_shop: uuid.UUID | None,
    before_id: uuid.UUID | None,
    most: int,
) -> list[Refund]:
    """Refunds that match every filter which is given, newest first."""
    rows = await unit.fetch(
        _LIST,
        of_user=of_user,
        of_payment=of_payment,
        of_order=of_order,
        of_shop=of_shop,
        before_id=before_id,
        most=most,
    )
    return await _with_lines(unit, rows)


async def insert_new(uow: UnitOfWork, refund: Refund, request_key: str | None) -> None:
    """Write a refund with its lines. The payment's row is locked."""
    await uow.execute(
        _INSERT,
        id=refund.id,
        payment_id=refund.payment_id,
        order_id=refund.order_id,
        user_id=refund.user_id,
        amount=refund.amount.amount,
        currency=refund.amount.currency,
        reason=refund.reason,
        part_of_id=refund.part_of_id,
        request_key=request_key,
    )
    await uow.execute_many(_INSERT_LINE, [_line_values(refund.id, line) for line in refund.lines])


def _line_values(refund_id: uuid.UUID, line: RefundLine) -> dict[str, object]:
    return {
        "refund_id": refund_id,
        "line_id": line.line_id,
        "shop_id": line.shop_id,
        "quantity": line.quantity,
        "seller_amount": line.shares.seller,
        "commission_amount": line.shares.commission,
        "tax_amount": line.shares.tax,
        "shipping_amount": line.shares.shipping,
    }


async def save(uow: UnitOfWork, refund: Refund) -> None:
    """Write what moves of a refund. The payment's row is locked."""
    await uow.execute(
        _SAVE,
        refund_id=refund.id,
        new_state=refund.state.value,
        new_failure_reason=refund.failure_reason,
        reference=refund.reference,
    )


async def next_attempt(uow: UnitOfWork, refund: Refund) -> None:
    """Have the next call to the provider use another key."""
    await uow.execute(_NEXT_ATTEMPT, refund_id=refund.id, spent_attempt=refund.attempt)


async def postpone(uow: UnitOfWork, refund_id: uuid.UUID) -> None:
    """Look at a refund again later, each time twice as late, at most five minutes."""
    await uow.execute(_POSTPONE, refund_id=refund_id)
