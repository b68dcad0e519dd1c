"""The money of orders, made anew from payment."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from mesh.database import Database, UnitOfWork
from mesh.page import decode_id, next_page
from mesh.projection import Page, Projection
from services.order.clients import PaymentClient
from services.order.domain.attempt import Standing
from services.order.domain.status import TAKEN_ATTEMPTS
from services.order.handlers.tidings import Tidings
from services.order.repository.lookups import StoredAttempt, page_of_attempts

_NOBODY = UUID(int=0)
_ATTEMPTS = 200


class Behind(NamedTuple):
    """An order whose money stands elsewhere than its copy says, and its version before the owner was asked."""

    order_id: UUID
    version: int
    standings: list[Standing]


class Projections:
    """Orders that wait for money are left out: their checkout asks payment itself."""

    def __init__(self, db: Database, payments: PaymentClient, tidings: Tidings) -> None:
        self._db = db
        self._payments = payments
        self._tidings = tidings

    def all(self) -> tuple[Projection, ...]:
        """Every copy."""
        return (Projection("payments", self.read, self.apply),)

    async def read(self, token: str) -> Page:
        """Payments have no version, so the order's own is read first: it tells whether an event came since."""
        async with self._db.read() as unit:
            found = await page_of_attempts(unit, decode_id(token) or _NOBODY, _ATTEMPTS + 1)
        page = found[:_ATTEMPTS]
        known = await self._payments.standings([each.payment_id for each in page]) if page else {}
        behind: dict[UUID, Behind] = {}
        for attempt in page:
            standing = known.get(attempt.payment_id)
            if standing is not None and _differs(attempt, standing):
                order = behind.setdefault(attempt.order_id, Behind(attempt.order_id, attempt.order_version, []))
                order.standings.append(standing)
        return Page(len(page), list(behind.values()), next_page([each.payment_id for each in found], _ATTEMPTS))

    async def apply(self, behind: Sequence[Behind], uow: UnitOfWork) -> None:
        """Take up what payment says of orders that have not moved since."""
        for order in behind:
            await self._tidings.money_stands(uow, *order)


def _differs(attempt: StoredAttempt, standing: Standing) -> bool:
    """Where no money was taken on either side, how an attempt ended is the checkout's own matter."""
    if not TAKEN_ATTEMPTS & {attempt.state, standing.state}:
        return False
    return (attempt.state, attempt.refunded) != (standing.state, standing.refunded)
