"""Paying an open order once more: after a refusal, or after the buyer has authenticated."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from mesh import crash, idempotency
from mesh.database import Database
from mesh.errors import Aborted, SoukError
from mesh.idempotency import CallKey, New
from mesh.principal import current_principal
from services.order.domain.order import Order
from services.order.domain.request import PaymentSource, check_sources
from services.order.domain.saga import Goal, PendingCall, SagaState
from services.order.domain.status import DEAD_ATTEMPTS
from services.order.handlers.completion import Work
from services.order.handlers.endings import call_key
from services.order.handlers.means import plan_payment
from services.order.handlers.outside import Payments
from services.order.handlers.refusal import refuse
from services.order.handlers.waiting import AnsweredMeanwhile, Waiting
from services.order.messages import order_message
from services.order.repository import sagas
from services.order.repository.orders import OrderGone, Orders
from services.order.settings import OrderSettings


class Paying:
    """Pays open orders."""

    def __init__(
        self, db: Database, orders: Orders, payments: Payments, waiting: Waiting, settings: OrderSettings
    ) -> None:
        self._db = db
        self._orders = orders
        self._payments = payments
        self._waiting = waiting
        self._settings = settings

    async def pay_order(self, order_id: UUID, sources: Sequence[PaymentSource], key: CallKey, until: float) -> bytes:
        """Pay an order of the caller's; returns the serialised order. Waits at most until `until`, monotonic."""
        async with self._db.read() as unit:
            stored = await idempotency.find(unit, key)
        if stored is not None:
            return stored.answer()
        try:
            work = await self._prepare(order_id, sources, key, until)
        except AnsweredMeanwhile:
            return await self._waiting.join(order_id, key, until)
        except SoukError as error:
            return await refuse(self._db, key, error)

        async def begin() -> Work:
            await self._r1(work, key)
            return work

        try:
            return await self._waiting.run(begin, order_id, key, until)
        except AnsweredMeanwhile:
            await self._waiting.give_back(work)
            return await self._waiting.join(order_id, key, until)
        except OrderGone:
            await self._waiting.give_back(work)
            raise

    async def _prepare(self, order_id: UUID, sources: Sequence[PaymentSource], key: CallKey, until: float) -> Work:
        """The order's saga under a lease, with the attempt that is to be made next."""
        check_sources(sources)
        async with self._db.read() as unit:
            order = await self._orders.load(unit, order_id, current_principal())
        _refuse_again(order, key)
        order.check_payable()
        work = await self._waiting.take(order_id, until)
        try:
            # The same call may have come twice: what the faster one pays with is not to be given up.
            _refuse_again(work.order, key)
            work.order.check_payable()
            await self._next_attempt(work, sources, key)
        except BaseException:
            await self._waiting.give_back(work)
            raise
        return work

    async def _next_attempt(self, work: Work, sources: Sequence[PaymentSource], key: CallKey) -> None:
        """Give up what is under way before something new is tried; without anything new take it up."""
        order = work.order
        if order.live_attempt is not None and not sources:
            return
        if order.live_attempt is not None:
            await self._give_up(work)
        if work.known.is_captured:
            return
        attempts = await plan_payment(self._payments, order.user_id, sources, order.total, key.key)
        if attempts:
            order.begin_attempts(attempts, datetime.now(UTC))
            work.known.payment_may_run = False

    async def _give_up(self, work: Work) -> None:
        report = await self._payments.cancel(work.order, work.order.attempts[-1])
        if report.state in DEAD_ATTEMPTS:
            work.order.learn(report.state, report.decline_reason, datetime.now(UTC))
            return
        work.known.payment = report
        if not work.known.is_captured:
            raise Aborted("CHECKOUT_IN_PROGRESS", "The last attempt has no outcome yet; ask again.", retry_after=1.0)

    async def _r1(self, work: Work, key: CallKey) -> None:
        """R1: the key and the new attempt. A call that still waited for this saga gets the order as it stands."""
        order, saga, waiting = work.order, work.saga, work.saga.call
        saga.goal, saga.state, saga.attempt_count = Goal.PAY, SagaState.RUNNING, 0
        saga.call = PendingCall(key.method, key.caller, key.key, key.request_hash)
        async with self._db.write() as uow:
            if not isinstance(await idempotency.claim(uow, key, self._settings.lease_seconds), New):
                raise AnsweredMeanwhile("ANSWERED_MEANWHILE")
            if order.version != work.stored_version:
                await self._orders.save(uow, order, work.stored_version)
            await sagas.save_saga(uow, saga, work.lease, keep=self._settings.lease_seconds)
            if waiting is not None:
                await idempotency.finish(uow, call_key(waiting), order_message(order))
            crash.point("order.r1.before_commit")
        crash.point("order.r1.after_commit")


def _refuse_again(order: Order, key: CallKey) -> None:
    if any(attempt.key == key.key for attempt in order.attempts):
        raise AnsweredMeanwhile("ANSWERED_MEANWHILE")
