"""What the payment service's events mean for orders. They only wake sagas; what is so is asked of the source."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from mesh.database import UnitOfWork
from mesh.errors import NotFound
from mesh.ids import new_id
from mesh.principal import current_principal
from services.order.domain.attempt import Standing
from services.order.domain.order import Order
from services.order.domain.saga import Goal, SagaState
from services.order.domain.status import AttemptState, OrderState
from services.order.repository import lookups, sagas
from services.order.repository.orders import Orders

_OVER = frozenset({OrderState.CANCELLED, OrderState.REJECTED})


class Tidings:
    """Takes up what happened to payments."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def payment_moved(self, uow: UnitOfWork, order_id: UUID) -> bool:
        """A payment has gone on: an order that waits for it goes on too. Says whether there is something to drive."""
        return await sagas.wake_saga(uow, order_id, SagaState.WAITING, Goal.PAY)

    async def money_came(self, uow: UnitOfWork, order_id: UUID, payment_id: UUID) -> bool:
        """The same for a capture; money of an order that is over already is given back."""
        if await self.payment_moved(uow, order_id):
            return True
        if await lookups.find_state(uow, order_id) not in _OVER:
            return False
        # What is over stays over, so the order need not be seen again under its lock.
        order = await self._orders.lock(uow, order_id, current_principal())
        present = order.version
        if not order.money_came_late(payment_id, datetime.now(UTC)):
            return False
        await self._orders.save(uow, order, present)
        return await sagas.wake_saga(uow, order_id, SagaState.DONE, Goal.REFUND, new_id())

    async def money_came_for(self, uow: UnitOfWork, order_ids: list[UUID]) -> tuple[set[UUID], set[UUID]]:
        """For several captures at once: the orders that go on, and those that are over, which `money_came` is for."""
        woken = await sagas.wake_sagas(uow, order_ids, SagaState.WAITING, Goal.PAY)
        return woken, await lookups.find_over(uow, order_ids)

    async def money_returned(self, uow: UnitOfWork, order_id: UUID, payment_id: UUID, refunded_amount: int) -> None:
        """So much of a payment was given back in all."""
        order = await self._lock(uow, order_id)
        if order is None:
            return
        present = order.version
        if order.money_returned(payment_id, refunded_amount, datetime.now(UTC)):
            await self._orders.save(uow, order, present)

    async def money_disputed(self, uow: UnitOfWork, order_id: UUID, payment_id: UUID, state: AttemptState) -> None:
        """The buyer's bank took the money back, or has decided about it."""
        order = await self._lock(uow, order_id)
        if order is None:
            return
        present = order.version
        if order.money_disputed(payment_id, state, datetime.now(UTC)):
            await self._orders.save(uow, order, present)

    async def money_stands(self, uow: UnitOfWork, order_id: UUID, version: int, standings: Sequence[Standing]) -> None:
        """Take up where payments stand with their owner, who was asked after the order was at `version`.

        An order that has moved since is left alone: what moved it may be newer than what the owner said.
        """
        order = await self._lock(uow, order_id)
        if order is None or order.version != version:
            return
        now = datetime.now(UTC)
        late = [each for each in standings if _came_late(order, each) and order.money_came_late(each.payment_id, now)]
        news = [each for each in standings if order.money_stands(each, now)]
        if late or news:
            await self._orders.save(uow, order, version)
        if late:
            await sagas.wake_saga(uow, order_id, SagaState.DONE, Goal.REFUND, new_id())

    async def _lock(self, uow: UnitOfWork, order_id: UUID) -> Order | None:
        try:
            return await self._orders.lock(uow, order_id, current_principal())
        except NotFound:
            return None


def _came_late(order: Order, standing: Standing) -> bool:
    """Whether a payment of an order that is over was taken, and none of it given back."""
    return order.state in _OVER and standing.state is AttemptState.CAPTURED
