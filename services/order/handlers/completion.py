"""The one way by which an order is completed: the caller, events and the recovery all enter `complete`."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from mesh import crash
from mesh.database import Database
from mesh.errors import Code, FailedPrecondition, SoukError
from mesh.principal import Principal, acting_as
from services.order.domain.order import Order
from services.order.domain.saga import (
    PAYMENT_EXPIRED,
    Known,
    Saga,
    Step,
    StockAnswer,
    next_step,
)
from services.order.domain.status import AttemptState
from services.order.handlers.endings import Answer, Endings
from services.order.handlers.outside import Payments, Stock
from services.order.repository import sagas
from services.order.repository.orders import Orders
from services.order.repository.sagas import Lease, LeaseLost
from services.order.settings import OrderSettings

# What another try may heal; anything else is a fault of ours, and the recovery tries again much later.
_PASSING = frozenset(
    {Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED, Code.ABORTED, Code.CANCELLED, Code.INTERNAL}
)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_LONGEST_DELAY = 5.0


@dataclass(slots=True)
class Work:
    """One run of a saga under a lease, which was `started` and lasts `until` on the monotonic clock."""

    order: Order
    saga: Saga
    lease: Lease
    known: Known
    started: float
    until: float
    # The order's version in the database when it was read.
    stored_version: int

    @property
    def now(self) -> datetime:
        """The time by the clock of the database."""
        return self.lease.now + timedelta(seconds=time.monotonic() - self.started)


Act: TypeAlias = Callable[[Work], Awaitable[None]]


class Completion:
    """Drives sagas, each under a lease, until they rest."""

    def __init__(
        self,
        db: Database,
        orders: Orders,
        stock: Stock,
        payments: Payments,
        endings: Endings,
        settings: OrderSettings,
        principal: Principal,
    ) -> None:
        self._db = db
        self._orders = orders
        self._stock = stock
        self._payments = payments
        self._endings = endings
        self._settings = settings
        self._principal = principal
        self._acts: dict[Step, Act] = {
            Step.RESERVE: self._reserve,
            Step.PAY: self._pay,
            Step.GIVE_UP_PAYMENT: self._give_up_payment,
            Step.REFUND: self._refund,
            Step.RELEASE: self._release,
        }

    async def complete(self, order_id: UUID) -> Answer | None:
        """Bring an order as far as it goes now. None where another driver does it, or it must be tried again later."""
        with acting_as(self._principal):
            work = await self.take(order_id)
            return None if work is None else await self._drive(work)

    async def take(self, order_id: UUID) -> Work | None:
        """Become the driver of an order's saga, None where somebody else is."""
        started = time.monotonic()
        async with self._db.write() as uow:
            lease = await sagas.take_lease(uow, order_id, self._settings.lease_seconds)
            if lease is None:
                return None
            saga = await sagas.load_saga(uow, order_id)
            order = await self._orders.load(uow, order_id, self._principal)
        return self.work(order, saga, lease, started, payment_may_run=True)

    def work(self, order: Order, saga: Saga, lease: Lease, started: float, *, payment_may_run: bool) -> Work:
        """A run whose lease was taken at `started` on the monotonic clock."""
        until = started + self._settings.lease_seconds
        return Work(order, saga, lease, Known(payment_may_run), started, until, order.version)

    async def drive(self, work: Work) -> Answer | None:
        """Go on with a saga as this service, whoever began it."""
        with acting_as(self._principal):
            return await self._drive(work)

    async def _drive(self, work: Work) -> Answer | None:
        """Take step after step until the saga rests; a passing failure is tried again for half of the lease."""
        patience = time.monotonic() + self._settings.lease_seconds / 2
        pause = _FIRST_PAUSE
        while time.monotonic() < work.until:
            try:
                step = next_step(work.order, work.saga, work.known, work.now)
                if step is Step.NOTHING:
                    return None
                answer = await self._take_step(step, work)
                if answer is not None:
                    return answer
                if step is not Step.RETRY:
                    continue
                work.known.payment = None
            except LeaseLost:
                return None
            except SoukError as error:
                # Also where an event has moved the order since it was read: it is read again below.
                if error.code not in _PASSING:
                    raise
                work.known = Known(payment_may_run=True, payment=work.known.payment if work.known.is_captured else None)
            if time.monotonic() + pause >= patience:
                break
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            await self._reload(work)
        await self._postpone(work)
        return None

    async def _take_step(self, step: Step, work: Work) -> Answer | None:
        act = self._acts.get(step)
        if act is not None:
            await act(work)
            return None
        return await self._endings.commit(step, work.order, work.saga, work.lease, work.known)

    async def _reload(self, work: Work) -> None:
        """See again what is stored: a failed commit may have been none."""
        try:
            async with self._db.read() as unit:
                saga = await sagas.load_saga(unit, work.lease.order_id)
                if saga.fence == work.lease.fence:
                    work.saga = saga
                    work.order = await self._orders.load(unit, work.lease.order_id, self._principal)
                else:
                    work.until = 0.0
        except SoukError:
            return

    async def _postpone(self, work: Work) -> None:
        """Leave the rest to the recovery, soon at first and then more rarely."""
        saga = work.saga
        saga.attempt_count += 1
        delay = min(0.5 * 2 ** min(saga.attempt_count, 6), _LONGEST_DELAY)
        try:
            async with self._db.write() as uow:
                await sagas.save_saga(uow, saga, work.lease, due_in=delay)
        except SoukError:
            return  # the lease runs out by itself

    async def _reserve(self, work: Work) -> None:
        order, known = work.order, work.known
        crash.point("order.reserve.before_call")
        try:
            known.hold_expire_time = await self._stock.reserve(
                order, self._settings.hold_seconds, work.saga.supersedes_id
            )
        except FailedPrecondition as error:
            known.stock, known.shortage = StockAnswer.SHORT, error.violations
        else:
            known.stock = StockAnswer.HELD
        crash.point("order.reserve.after_call")

    async def _pay(self, work: Work) -> None:
        attempt = work.order.attempts[-1]
        work.known.payment_may_run = True
        crash.point("order.pay.before_call")
        work.known.payment = await self._payments.start(work.order, attempt)
        crash.point("order.pay.after_call")

    async def _give_up_payment(self, work: Work) -> None:
        crash.point("order.cancel_payment.before_call")
        work.known.payment = await self._payments.cancel(work.order, work.order.attempts[-1])
        crash.point("order.cancel_payment.after_call")

    async def _refund(self, work: Work) -> None:
        saga, attempt = work.saga, work.order.attempt
        assert saga.refund_id is not None  # noqa: S101  # narrows the type: every goal that refunds is stored with it
        # Money that came late may be of any attempt; the payment service finds it.
        payment_id = attempt.payment_id if attempt and attempt.state is not AttemptState.CANCELLED else None
        crash.point("order.refund.before_call")
        work.known.refund = await self._payments.refund(
            saga.refund_id, saga.order_id, payment_id, saga.cancel_reason or PAYMENT_EXPIRED
        )
        crash.point("order.refund.after_call")

    async def _release(self, work: Work) -> None:
        crash.point("order.release.before_call")
        await self._stock.release(work.order.order_id)
        work.known.released = True
        crash.point("order.release.after_call")
