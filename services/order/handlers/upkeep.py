"""What runs by itself: recovering checkouts, making sure of stock, completing delivered orders."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from mesh import crash
from mesh.database import Database
from mesh.errors import FailedPrecondition, NotFound, SoukError
from mesh.faults import report_fault
from mesh.ids import new_id
from mesh.principal import Principal
from services.order import events
from services.order.domain.saga import OUT_OF_STOCK_AFTER_PAYMENT, Goal, SagaState
from services.order.domain.status import FulfilmentState, OrderState
from services.order.handlers.completion import Completion
from services.order.handlers.outside import Stock
from services.order.repository import lookups, sagas
from services.order.repository.orders import Orders
from services.order.settings import OrderSettings

_AT_ONCE = 8
_BATCH = 64


class Upkeep:
    """The periodic work of orders."""

    def __init__(
        self,
        db: Database,
        orders: Orders,
        stock: Stock,
        completion: Completion,
        settings: OrderSettings,
        principal: Principal,
    ) -> None:
        self._db = db
        self._orders = orders
        self._stock = stock
        self._completion = completion
        self._settings = settings
        self._principal = principal

    async def recover(self) -> None:
        """Drive every checkout that is due and that nobody drives."""
        async with self._db.read() as unit:
            due = await sagas.list_due(unit, _BATCH)
        slots = asyncio.Semaphore(_AT_ONCE)
        await asyncio.gather(*(self._complete(order_id, slots) for order_id in due))

    async def _complete(self, order_id: UUID, slots: asyncio.Semaphore) -> None:
        async with slots:
            try:
                await self._completion.complete(order_id)
            except SoukError:
                return  # it is due again soon
            except Exception as error:  # noqa: BLE001  # one order that cannot go on must not stop the others
                report_fault(f"recovery of order {order_id}", error)

    async def make_sure_of_stock(self) -> None:
        """Commit the stock of paid orders whose event may not have done so, long before their holds are over."""
        async with self._db.read() as unit:
            due = await lookups.list_stock_due(unit)
        for order_id in due:
            try:
                await self._stock.commit(order_id)
            except (FailedPrecondition, NotFound):
                await self._give_back(order_id)
            except SoukError:
                return  # inventory is away: the next run begins here
            else:
                async with self._db.write() as uow:
                    await lookups.stock_sure(uow, [order_id])

    async def _give_back(self, order_id: UUID) -> None:
        """Paid, and the goods are gone: cancelled and refunded, unless the order was given up already."""
        async with self._db.write() as uow:
            order = await self._orders.lock(uow, order_id, self._principal)
            await lookups.stock_sure(uow, [order_id])
            sent = order.fulfilment not in {FulfilmentState.UNFULFILLED, FulfilmentState.PROCESSING}
            if order.state is not OrderState.CONFIRMED or sent:
                return
            lease = await sagas.take_lease(uow, order_id, self._settings.lease_seconds)
            if lease is None:
                lookups.set_stock_due(uow, order_id, self._settings.lease_seconds)
                return
            saga = await sagas.load_saga(uow, order_id)
            saga.goal, saga.state = Goal.CANCEL, SagaState.RUNNING
            saga.cancel_reason = OUT_OF_STOCK_AFTER_PAYMENT
            saga.refund_id = saga.refund_id or new_id()
            await sagas.save_saga(uow, saga, lease)
            crash.point("order.stock_gone.before_commit")
        crash.point("order.stock_gone.after_commit")
        await self._completion.complete(order_id)

    async def complete_delivered(self) -> None:
        """Complete orders whose time to be sent back is over."""
        window = timedelta(days=self._settings.return_window_days)
        async with self._db.read() as unit:
            delivered = await lookups.list_delivered(unit, window)
        for order_id in delivered:
            async with self._db.write() as uow:
                order = await self._orders.lock(uow, order_id, self._principal)
                if order.state is not OrderState.CONFIRMED or order.fulfilment is not FulfilmentState.DELIVERED:
                    continue
                present = order.version
                order.complete(datetime.now(UTC))
                await self._orders.save(uow, order, present)
                events.publish_completed(uow, order)
