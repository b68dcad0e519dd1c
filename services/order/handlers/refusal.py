"""Refusals: stored with their key, so that a failure never turns into a success."""

from uuid import UUID

from mesh import crash, idempotency
from mesh.database import Database
from mesh.errors import FailedPrecondition, SoukError
from mesh.idempotency import CallKey, New, Stored

# A refusal is stored by the transaction that claims its key, so the lease never matters.
_LEASE = 1.0


async def refuse(db: Database, key: CallKey, error: SoukError) -> bytes:
    """Store a lasting refusal in a commit of its own, and raise it: the next try takes a new key."""
    if not error.permanent:
        raise error
    async with db.write() as uow:
        claimed = await idempotency.claim(uow, key, _LEASE)
        if isinstance(claimed, Stored):
            return claimed.answer()
        if isinstance(claimed, New):
            await idempotency.finish(uow, key, error)
        crash.point("order.refusal.before_commit")
    crash.point("order.refusal.after_commit")
    raise error


def already_paid(order_id: UUID) -> FailedPrecondition:
    """What is told where the cart has been bought already."""
    return FailedPrecondition(
        "ORDER_ALREADY_PAID", "This cart was bought already; see the order.", orderId=str(order_id)
    )
