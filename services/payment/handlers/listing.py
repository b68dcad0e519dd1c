"""What buyers, sellers and staff may see of refunds."""

import uuid
from dataclasses import dataclass, replace

from mesh.database import Database
from mesh.errors import NotFound
from mesh.money import Money
from mesh.principal import Principal
from services.payment.domain.refund import Refund
from services.payment.repository import refunds


@dataclass(frozen=True, slots=True)
class RefundFilter:
    """Which refunds are asked for."""

    payment_id: uuid.UUID | None = None
    order_id: uuid.UUID | None = None
    shop_id: uuid.UUID | None = None


async def list_refunds(
    db: Database, principal: Principal, wanted: RefundFilter, before_id: uuid.UUID | None, most: int
) -> list[Refund]:
    """A shop's refunds for its members, everybody's for staff, else the caller's own; newest first."""
    if wanted.shop_id is not None and not (principal.is_admin or principal.can_act_for(wanted.shop_id)):
        raise NotFound("SHOP_NOT_FOUND", "There is no such shop.", shopId=str(wanted.shop_id))
    sees_all = principal.is_admin or wanted.shop_id is not None
    async with db.read() as unit:
        found = await refunds.list_newest(
            unit,
            of_user=None if sees_all else principal.user_id,
            of_payment=wanted.payment_id,
            of_order=wanted.order_id,
            of_shop=wanted.shop_id,
            before_id=before_id,
            most=most,
        )
    return found if wanted.shop_id is None else [_part_of(refund, wanted.shop_id) for refund in found]


def _part_of(refund: Refund, shop_id: uuid.UUID) -> Refund:
    """A refund as one shop sees it: its own lines and their sum."""
    lines = [line for line in refund.lines if line.shop_id == shop_id]
    amount = Money(refund.amount.currency, sum(line.shares.total for line in lines))
    return replace(refund, lines=lines, amount=amount)
