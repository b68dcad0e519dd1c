"""Giving an order up before anything was sent."""

import time
from uuid import UUID

from mesh import crash, idempotency
from mesh.database import Database, UnitOfWork
from mesh.errors import SoukError
from mesh.idempotency import CallKey, New
from mesh.ids import new_id
from mesh.principal import Principal
from services.order.domain.order import Order
from services.order.domain.saga import Goal, PendingCall, SagaState
from services.order.domain.status import OrderState
from services.order.handlers.completion import Completion, Work
from services.order.handlers.endings import call_key, cancelled_error
from services.order.handlers.refusal import refuse
from services.order.handlers.waiting import AnsweredMeanwhile, Waiting, wait_for_lease
from services.order.repository import sagas
from services.order.repository.orders import Orders
from services.order.settings import OrderSettings


class Cancelling:
    """Cancels orders."""

    def __init__(
        self, db: Database, orders: Orders, completion: Completion, waiting: Waiting, settings: OrderSettings
    ) -> None:
        self._db = db
        self._orders = orders
        self._completion = completion
        self._waiting = waiting
        self._settings = settings

    async def cancel_order(self, order_id: UUID, principal: Principal, key: CallKey | None, until: float) -> bytes:
        """Cancel an order that the caller may see; returns the serialised order. A key is honoured where it comes."""
        if key is not None:
            async with self._db.read() as unit:
                stored = await idempotency.find(unit, key)
            if stored is not None:
                return stored.answer()
        try:
            return await self._cancel(order_id, principal, key, until)
        except AnsweredMeanwhile:
            assert key is not None  # noqa: S101  # narrows the type: without a key nobody can have answered
            return await self._waiting.join(order_id, key, until)
        except SoukError as error:
            if key is None:
                raise
            return await refuse(self._db, key, error)

    async def _cancel(self, order_id: UUID, principal: Principal, key: CallKey | None, until: float) -> bytes:
        async with self._db.read() as unit:
            order = await self._orders.load(unit, order_id, principal)
        if order.state is OrderState.CANCELLED and not order.unreturned:
            return await self._waiting.as_it_stands(order_id)
        if order.state is not OrderState.CANCELLED:
            order.check_cancellable()

        async def begin() -> Work:
            while (work := await self._c1(order_id, principal, key)) is None:
                await wait_for_lease(order_id, until)
            return work

        return await self._waiting.run(begin, order_id, key, until)

    async def _c1(self, order_id: UUID, principal: Principal, key: CallKey | None) -> Work | None:
        """C1: from here on nothing is sent, and the saga goes toward "neither". None where somebody else drives it."""
        started = time.monotonic()
        async with self._db.write() as uow:
            # The same lock as the sellers' moves take: either the parcel is sent or the order is cancelled.
            order = await self._orders.lock(uow, order_id, principal)
            again = order.state is OrderState.CANCELLED
            if not again:
                order.check_cancellable()
            lease = await sagas.take_lease(uow, order_id, self._settings.lease_seconds)
            if lease is None:
                return None
            saga = await sagas.load_saga(uow, order_id)
            if saga.call is not None:
                await idempotency.finish(uow, call_key(saga.call), cancelled_error(order_id))
            saga.call = await self._claim(uow, key)
            saga.goal, saga.state, saga.attempt_count = Goal.REFUND if again else Goal.CANCEL, SagaState.RUNNING, 0
            saga.cancel_reason = "BUYER" if str(order.user_id) == principal.subject else "STAFF"
            # A refund that failed is over: giving back what is left takes another.
            saga.refund_id = new_id() if again else saga.refund_id or new_id()
            await sagas.save_saga(uow, saga, lease, keep=self._settings.lease_seconds)
            _audit(uow, order, saga.cancel_reason)
            crash.point("order.c1.before_commit")
        crash.point("order.c1.after_commit")
        return self._completion.work(order, saga, lease, started, payment_may_run=True)

    async def _claim(self, uow: UnitOfWork, key: CallKey | None) -> PendingCall | None:
        if key is None:
            return None
        if not isinstance(await idempotency.claim(uow, key, self._settings.lease_seconds), New):
            raise AnsweredMeanwhile("ANSWERED_MEANWHILE")
        return PendingCall(key.method, key.caller, key.key, key.request_hash)


def _audit(uow: UnitOfWork, order: Order, reason: str) -> None:
    uow.audit(order.order_id, {"status": order.status}, {"status": "CANCELLED", "reason": reason})
