"""What payments were for, line by line, and what refunds took of it."""

import uuid
from collections.abc import Iterable

from sqlalchemy import bindparam, select, update

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.statement import statement
from services.payment.domain.lines import PaymentLine, Shares
from services.payment.tables import payment_lines

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
