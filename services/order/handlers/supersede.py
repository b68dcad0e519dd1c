"""One open order for each cart: a new one takes the place of the one before."""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from mesh.database import Database
from mesh.errors import Aborted
from services.order.domain.status import DEAD_ATTEMPTS, OrderState
from services.order.handlers.completion import Work
from services.order.handlers.outside import Payments
from services.order.handlers.refusal import already_paid
from services.order.handlers.waiting import Waiting
from services.order.repository import lookups
from services.order.repository.orders import PlacedMeanwhile


class Supersede:
    """Makes sure that no money can come of an earlier order."""

    def __init__(self, db: Database, payments: Payments, waiting: Waiting) -> None:
        self._db = db
        self._payments = payments
        self._waiting = waiting

    async def clear_way(self, cart_id: UUID, place_key: str, until: float) -> Work | None:
        """The cart's open order, leased and without a live payment, for the new one to end it; None without one.

        Raises ORDER_ALREADY_PAID where its payment turns out to have taken the money: then that order is completed;
        PlacedMeanwhile where it is the order that is to be placed.
        """
        async with self._db.read() as unit:
            open_id = await lookups.find_open_of_cart(unit, cart_id)
        if open_id is None:
            return None
        work = await self._waiting.take(open_id, until)
        if work.order.state is not OrderState.OPEN:
            await self._waiting.give_back(work)
            return None
        if work.order.place_key == place_key:
            # The same submit came twice, and the other one was faster: what it pays with is not to be given up.
            await self._waiting.give_back(work)
            raise PlacedMeanwhile("PLACED_MEANWHILE")
        try:
            captured = await self._give_up_payment(work)
        except BaseException:
            await self._waiting.give_back(work)
            raise
        if captured:
            await self._waiting.run(_already(work), open_id, None, until)
            raise already_paid(open_id)
        return work

    async def _give_up_payment(self, work: Work) -> bool:
        attempt = work.order.live_attempt
        if attempt is None:
            return False
        report = await self._payments.cancel(work.order, attempt)
        if report.state in DEAD_ATTEMPTS:
            return False
        work.known.payment = report
        if not work.known.is_captured:
            raise Aborted("CHECKOUT_IN_PROGRESS", "The earlier order is being paid at this moment.", retry_after=1.0)
        return True


def _already(work: Work) -> Callable[[], Coroutine[Any, Any, Work]]:
    async def begin() -> Work:
        return work

    return begin
