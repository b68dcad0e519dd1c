"""Disputes."""

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, UnitOfWork
from mesh.money import Money
from mesh.statement import statement
from services.payment.domain.dispute import Dispute, DisputeState
from services.payment.tables import disputes

_FIND = statement(
    select(
        disputes.c.id,
        disputes.c.payment_id,
        disputes.c.order_id,
        disputes.c.amount,
        disputes.c.currency,
        disputes.c.reason,
        disputes.c.provider_reference,
        disputes.c.state,
    ).where(disputes.c.provider_reference == bindparam("reference"))
)
_INSERT = statement(
    insert(disputes).values(
        id=bindparam("id"),
        payment_id=bindparam("payment_id"),
        order_id=bindparam("order_id"),
        amount=bindparam("amount"),
        currency=bindparam("currency"),
        reason=bindparam("reason"),
        state=DisputeState.OPEN.value,
        provider_reference=bindparam("reference"),
    )
)
_SAVE = statement(
    update(disputes)
    .where(disputes.c.id == bindparam("dispute_id"))
    .values(state=bindparam("new_state"), update_time=func.now())
)


async def find(unit: ReadUnit, reference: str) -> Dispute | None:
    """The dispute that the provider knows by this id."""
    row = await unit.fetch_one(_FIND, reference=reference)
    if row is None:
        return None
    amount = Money(row["currency"], row["amount"])
    return Dispute(
        row["id"],
        row["payment_id"],
        row["order_id"],
        amount,
        row["reason"],
        row["provider_reference"],
        DisputeState(row["state"]),
    )


async def insert_new(uow: UnitOfWork, dispute: Dispute) -> None:
    """Write an open dispute. The payment's row is locked."""
    await uow.execute(
        _INSERT,
        id=dispute.id,
        payment_id=dispute.payment_id,
        order_id=dispute.order_id,
        amount=dispute.amount.amount,
        currency=dispute.amount.currency,
        reason=dispute.reason,
        reference=dispute.reference,
    )


async def save(uow: UnitOfWork, dispute: Dispute) -> None:
    await uow.execute(_SAVE, dispute_id=dispute.id, new_state=dispute.state.value)
