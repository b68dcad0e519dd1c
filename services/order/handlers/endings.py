"""The commits of a saga: each under its fence, with the answer to the call that waits and the event that tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from mesh import crash, idempotency
from mesh.database import Database, UnitOfWork
from mesh.errors import FailedPrecondition, SoukError
from mesh.idempotency import CallKey
from mesh.ids import new_id
from services.order import events
from services.order.domain.order import Order
from services.order.domain.saga import (
    OUT_OF_STOCK,
    OUT_OF_STOCK_AFTER_PAYMENT,
    PAYMENT_EXPIRED,
    Goal,
    Known,
    PendingCall,
    RefundAnswer,
    Saga,
    SagaState,
    Step,
)
from services.order.domain.status import AttemptState
from services.order.messages import order_message
from services.order.repository import lookups, sagas
from services.order.repository.orders import Orders
from services.order.repository.sagas import Lease
from services.order.settings import OrderSettings


@dataclass(frozen=True, slots=True)
class Answer:
    """How a saga came to rest: what its caller is told."""

    response: bytes | None
    error: SoukError | None = None

    def tell(self) -> bytes:
        """The serialised order. Raises the error that the caller is told instead."""
        if self.error is not None:
            raise self.error
        return self.response or b""


def call_key(call: PendingCall) -> CallKey:
    """The key under which the waiting call's answer is stored."""
    return CallKey(call.method, call.caller, call.key, call.request_hash)


def cancelled_error(order_id: UUID) -> FailedPrecondition:
    """What a call is told whose order was given up before it had an answer."""
    return FailedPrecondition("ORDER_CANCELLED", "The order was given up before it was paid.", orderId=str(order_id))


class Endings:
    """Writes what a step has decided."""

    def __init__(self, db: Database, orders: Orders, settings: OrderSettings) -> None:
        self._db = db
        self._orders = orders
        self._settings = settings

    async def commit(self, step: Step, order: Order, saga: Saga, lease: Lease, known: Known) -> Answer | None:
        """Write one ending; None where the saga goes on. Raises LeaseLost where another driver has taken over."""
        ending = _Ending(self._db, self._orders, self._settings, order, saga, lease, known)
        write = {
            Step.CONFIRM: ending.confirm,
            Step.WAIT: ending.wait,
            Step.REJECT: ending.reject,
            Step.TURN: ending.turn,
            Step.CANCEL: ending.cancel,
            Step.SETTLE: ending.settle,
        }.get(step)
        return None if write is None else await write()


@dataclass(slots=True)
class _Ending:
    db: Database
    orders: Orders
    settings: OrderSettings
    order: Order
    saga: Saga
    lease: Lease
    known: Known

    async def confirm(self) -> Answer:
        """O2: paid and ordered."""
        order, present = self.order, self.order.version
        order.hold_expire_time = self.known.hold_expire_time or order.hold_expire_time
        order.confirm(_now())
        self.saga.state = SagaState.DONE
        async with self.db.write() as uow:
            await self.orders.save(uow, order, present)
            # Two thirds of the hold are left to the event that commits the stock.
            lookups.set_stock_due(uow, order.order_id, self.settings.hold_seconds * 2 / 3)
            events.publish_paid(uow, order)
            answer = await self._rest(uow)
            crash.point("order.o2_paid.before_commit")
        crash.point("order.o2_paid.after_commit")
        return answer

    async def wait(self) -> Answer:
        """O2: refused, or to be authenticated: the buyer's turn, for as long as the goods are held."""
        order, payment, present = self.order, self.known.payment, self.order.version
        order.hold_expire_time = self.known.hold_expire_time or order.hold_expire_time
        secrets = {}
        if payment is not None:
            order.learn(payment.state, payment.decline_reason, _now())
            if payment.client_secret:
                secrets[payment.payment_id] = payment.client_secret
        self.saga.state = SagaState.WAITING
        async with self.db.write() as uow:
            if payment is not None:
                await self.orders.save(uow, order, present)
            answer = await self._rest(uow, due=order.hold_expire_time, secrets=secrets)
            crash.point("order.o2_waiting.before_commit")
        crash.point("order.o2_waiting.after_commit")
        return answer

    async def reject(self) -> Answer:
        """O2: sold out, and nothing was taken."""
        order, present = self.order, self.order.version
        order.reject(OUT_OF_STOCK, _now())
        self.saga.state = SagaState.DONE
        error = FailedPrecondition(
            "OUT_OF_STOCK",
            "Something in the order is sold out; nothing was charged.",
            violations=self.known.shortage,
            orderId=str(order.order_id),
        )
        async with self.db.write() as uow:
            await self.orders.save(uow, order, present)
            events.publish_rejected(uow, order)
            answer = await self._rest(uow, error=error)
            crash.point("order.o2_rejected.before_commit")
        crash.point("order.o2_rejected.after_commit")
        return answer

    async def turn(self) -> Answer | None:
        """Paid, but sold out by now: from here on it is cancelled and refunded."""
        order, saga, present = self.order, self.saga, self.order.version
        order.learn(AttemptState.CAPTURED, "", _now())
        saga.goal, saga.state = Goal.CANCEL, SagaState.RUNNING
        saga.cancel_reason = OUT_OF_STOCK_AFTER_PAYMENT
        saga.refund_id = saga.refund_id or new_id()
        async with self.db.write() as uow:
            await self.orders.save(uow, order, present)
            await sagas.save_saga(uow, saga, self.lease, keep=self.settings.lease_seconds)
            crash.point("order.turn.before_commit")
        crash.point("order.turn.after_commit")
        return None

    async def cancel(self) -> Answer:
        """C2: given up, and everything undone."""
        order, present, now = self.order, self.order.version, _now()
        if self.known.is_captured and not order.attempts[-1].is_taken:
            order.learn(AttemptState.CAPTURED, "", now)
        order.cancel(self.saga.cancel_reason or PAYMENT_EXPIRED, now)
        if self.known.refund is RefundAnswer.DONE:
            order.all_returned(now)
        self.saga.state = SagaState.DONE
        async with self.db.write() as uow:
            await self.orders.save(uow, order, present)
            events.publish_cancelled(uow, order)
            answer = await self._rest(uow)
            crash.point("order.c2.before_commit")
        crash.point("order.c2.after_commit")
        return answer

    async def settle(self) -> Answer:
        """What came too late is given back."""
        order, present = self.order, self.order.version
        if self.known.refund is RefundAnswer.DONE:
            order.all_returned(_now())
        self.saga.state = SagaState.DONE
        async with self.db.write() as uow:
            if self.known.refund is RefundAnswer.DONE:
                await self.orders.save(uow, order, present)
            answer = await self._rest(uow)
            crash.point("order.settle.before_commit")
        crash.point("order.settle.after_commit")
        return answer

    async def _rest(
        self,
        uow: UnitOfWork,
        *,
        error: SoukError | None = None,
        due: datetime | None = None,
        secrets: Mapping[UUID, str] | None = None,
    ) -> Answer:
        """Write the saga at rest, and the answer for the call that waits."""
        saga, call = self.saga, self.saga.call
        saga.call, saga.attempt_count = None, 0
        # Where nobody knows of a hold, it has ended at the latest after its whole time from now on.
        await sagas.save_saga(uow, saga, self.lease, due=due, due_in=self.settings.hold_seconds)
        response = None if error else order_message(self.order, secrets).SerializeToString()
        if call is not None:
            await idempotency.finish(uow, call_key(call), error or response or b"")
        return Answer(response, error)


def _now() -> datetime:
    return datetime.now(UTC)
