"""What orders do when payments move."""

from collections.abc import Callable, Sequence
from uuid import UUID

from souk.mesh.v1.envelope_pb2 import Envelope
from souk.payment.v1 import payment_events_pb2, payment_pb2

from mesh.consumer import Consumer, Delivery
from mesh.database import UnitOfWork
from services.order.domain.status import AttemptState
from services.order.handlers.tidings import Tidings

_SUBJECTS = "souk.payment.v1."


class Consumers:
    """The durables of order. `wake` lets the recovery look at once for what is due."""

    def __init__(self, tidings: Tidings, wake: Callable[[], None]) -> None:
        self._tidings = tidings
        self._wake = wake

    def all(self) -> tuple[Consumer, ...]:
        """Every durable."""
        return (
            Consumer(
                name="order-money-came",
                subjects=(f"{_SUBJECTS}payment.captured",),
                handler=self.on_payment_captured,
                handler_many=self.on_payments_captured,
            ),
            Consumer(
                name="order-payment-moved",
                subjects=(
                    f"{_SUBJECTS}payment.authorized",
                    f"{_SUBJECTS}payment.failed",
                    f"{_SUBJECTS}payment.requires_action",
                ),
                handler=self.on_payment_moved,
            ),
            Consumer(
                name="order-money-returned",
                subjects=(f"{_SUBJECTS}refund.succeeded", f"{_SUBJECTS}refund.failed"),
                handler=self.on_refund,
            ),
            Consumer(
                name="order-money-disputed",
                subjects=(f"{_SUBJECTS}dispute.opened", f"{_SUBJECTS}dispute.closed"),
                handler=self.on_dispute,
            ),
        )

    async def on_payment_captured(
        self, event: payment_events_pb2.PaymentCaptured, _: Envelope, uow: UnitOfWork
    ) -> None:
        """Money came: the order that waits for it is completed; one that is over gives it back."""
        if await self._tidings.money_came(uow, UUID(event.order_id), UUID(event.payment_id)):
            uow.after_commit(self._wake)

    async def on_payments_captured(self, deliveries: Sequence[Delivery], uow: UnitOfWork) -> None:
        """The same for several."""
        order_ids = sorted({UUID(delivery.event.order_id) for delivery in deliveries})
        woken, over = await self._tidings.money_came_for(uow, order_ids)
        for delivery in deliveries:
            order_id = UUID(delivery.event.order_id)
            if order_id in over:
                with delivery.story():
                    if await self._tidings.money_came(uow, order_id, UUID(delivery.event.payment_id)):
                        woken.add(order_id)
                    await uow.flush()
        if woken:
            uow.after_commit(self._wake)

    async def on_payment_moved(
        self,
        event: payment_events_pb2.PaymentAuthorized
        | payment_events_pb2.PaymentFailed
        | payment_events_pb2.PaymentRequiresAction,
        _: Envelope,
        uow: UnitOfWork,
    ) -> None:
        """A payment has gone on without money: who waits for it looks again."""
        if await self._tidings.payment_moved(uow, UUID(event.order_id)):
            uow.after_commit(self._wake)

    async def on_refund(
        self, event: payment_events_pb2.RefundSucceeded | payment_events_pb2.RefundFailed, _: Envelope, uow: UnitOfWork
    ) -> None:
        """Money went back, or could not."""
        await self._tidings.money_returned(
            uow, UUID(event.order_id), UUID(event.payment_id), event.total_refunded.amount
        )

    async def on_dispute(
        self, event: payment_events_pb2.DisputeOpened | payment_events_pb2.DisputeClosed, _: Envelope, uow: UnitOfWork
    ) -> None:
        """The buyer's bank took the money back, or has decided."""
        state = AttemptState.DISPUTED
        if isinstance(event, payment_events_pb2.DisputeClosed):
            state = AttemptState(payment_pb2.PaymentState.Value.Name(event.payment_state))
        await self._tidings.money_disputed(uow, UUID(event.order_id), UUID(event.payment_id), state)
