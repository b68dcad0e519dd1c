"""Going on where a process stopped: the provider's object says how far things went."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from mesh.database import Database
from mesh.errors import SoukError
from services.payment.domain.payment import Payment
from services.payment.domain.provider import OutcomeUnknown
from services.payment.domain.refund import Refund
from services.payment.handlers.refunding import Refunding
from services.payment.handlers.taking import Taking
from services.payment.repository import payments, refunds

_log = logging.getLogger(__name__)
_BATCH = 50
_SIDE_BY_SIDE = 8


class Recovery:
    """Looks at payments and refunds whose outcome is still to come. It never begins a charge: order's recovery does."""

    def __init__(self, db: Database, taking: Taking, refunding: Refunding, give_up_after: timedelta) -> None:
        """What the buyer has not completed after `give_up_after` is cancelled."""
        self._db = db
        self._taking = taking
        self._refunding = refunding
        self._give_up_after = give_up_after
        self._room = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def run(self) -> None:
        """Look at what is due, once."""
        async with self._db.read() as unit:
            open_payments = await payments.due(unit, _BATCH)
            open_refunds = await refunds.due(unit, _BATCH)
        await asyncio.gather(
            *(self._look_at_payment(payment) for payment in open_payments),
            *(self._look_at_refund(refund) for refund in open_refunds),
        )

    async def _look_at_payment(self, payment: Payment) -> None:
        async with self._room:
            async with self._db.write() as uow:
                await payments.postpone(uow, payment.id)
            try:
                if not payment.is_open or self._is_too_old(payment):
                    await self._taking.cancel(payment.id)
                else:
                    await self._taking.status(payment.id)
            except (OutcomeUnknown, SoukError) as error:
                _log.info("payment %s waits: %s", payment.id, error)

    def _is_too_old(self, payment: Payment) -> bool:
        return datetime.now(UTC) - payment.create_time > self._give_up_after

    async def _look_at_refund(self, refund: Refund) -> None:
        async with self._room:
            async with self._db.write() as uow:
                await refunds.postpone(uow, refund.id)
                payment = await payments.load(uow, refund.payment_id)
            try:
                await self._refunding.pursue(refund, payment)
            except (OutcomeUnknown, SoukError) as error:
                _log.info("refund %s waits: %s", refund.id, error)
