"""What sellers do with their parts of orders."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from mesh.database import UnitOfWork
from mesh.errors import FailedPrecondition, InvalidArgument
from mesh.ids import new_id
from mesh.principal import Principal
from services.order import events
from services.order.domain.order import Order
from services.order.domain.part import Part, only_part
from services.order.domain.saga import Goal, SagaState
from services.order.domain.status import OrderStatus
from services.order.repository import sagas
from services.order.repository.orders import Orders


class Sending:
    """Moves sellers' parts, each under the lock of its order."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def process(
        self, uow: UnitOfWork, seller_order_id: UUID, shop_id: UUID, principal: Principal
    ) -> tuple[Order, Part]:
        """The shop is at work on it."""
        order, part = await self._lock(uow, seller_order_id, shop_id, principal)
        await self._process(uow, order, part)
        return order, part

    async def ship(
        self,
        uow: UnitOfWork,
        seller_order_id: UUID,
        shop_id: UUID,
        principal: Principal,
        carrier: str,
        tracking_number: str,
        quantities: Mapping[UUID, int],
    ) -> tuple[Order, Part]:
        """The shop sent a parcel with `quantities`, or with all that is open where none are named."""
        order, part = await self._lock(uow, seller_order_id, shop_id, principal)
        await self._ship(uow, order, part, carrier, tracking_number, quantities)
        return order, part

    async def deliver(
        self, uow: UnitOfWork, seller_order_id: UUID, shop_id: UUID, principal: Principal
    ) -> tuple[Order, Part]:
        """All parcels arrived."""
        order, part = await self._lock(uow, seller_order_id, shop_id, principal)
        await self._deliver(uow, order, part)
        return order, part

    async def move(
        self,
        uow: UnitOfWork,
        order_id: UUID,
        shop_id: UUID | None,
        principal: Principal,
        status: OrderStatus,
        carrier: str,
        tracking_number: str,
    ) -> tuple[Order, Part]:
        """The same moves by the status that is to be reached."""
        if status is OrderStatus.SHIPPED and not carrier:
            text = "is required for SHIPPED"
            raise InvalidArgument("CARRIER_REQUIRED", f"carrier {text}.", fields={"carrier": text})
        order = await self._orders.lock_for_seller(uow, order_id, principal)
        part = only_part(order.parts, principal.tenants, shop_id)
        await _refuse_cancelling(uow, order)
        match status:
            case OrderStatus.PROCESSING:
                await self._process(uow, order, part)
            case OrderStatus.SHIPPED:
                await self._ship(uow, order, part, carrier, tracking_number, {})
            case OrderStatus.DELIVERED:
                await self._deliver(uow, order, part)
            case _:
                text = f"is {status}, not PROCESSING, SHIPPED or DELIVERED"
                raise InvalidArgument("UNSUPPORTED_STATUS", f"status {text}.", fields={"status": text})
        return order, part

    async def _lock(
        self, uow: UnitOfWork, seller_order_id: UUID, shop_id: UUID, principal: Principal
    ) -> tuple[Order, Part]:
        order, part = await self._orders.lock_part(uow, seller_order_id, shop_id, principal)
        await _refuse_cancelling(uow, order)
        return order, part

    async def _process(self, uow: UnitOfWork, order: Order, part: Part) -> None:
        present = order.version
        order.process(part, _now())
        await self._orders.save(uow, order, present)
        events.publish_processing(uow, order, part)

    async def _ship(
        self,
        uow: UnitOfWork,
        order: Order,
        part: Part,
        carrier: str,
        tracking_number: str,
        quantities: Mapping[UUID, int],
    ) -> None:
        present = order.version
        shipment = order.ship(part, new_id(), carrier, tracking_number, quantities, _now())
        await self._orders.save(uow, order, present)
        await self._orders.save_shipping(uow, part)
        events.publish_shipped(uow, order, part, shipment)

    async def _deliver(self, uow: UnitOfWork, order: Order, part: Part) -> None:
        present = order.version
        order.deliver(part, _now())
        await self._orders.save(uow, order, present)
        await self._orders.save_shipping(uow, part)
        events.publish_delivered(uow, order, part)


async def _refuse_cancelling(uow: UnitOfWork, order: Order) -> None:
    saga = await sagas.load_saga(uow, order.order_id)
    if saga.goal is Goal.CANCEL and saga.state is SagaState.RUNNING:
        raise FailedPrecondition(
            "INVALID_TRANSITION", "The order is being cancelled.", orderId=str(order.order_id), to=order.status
        )


def _now() -> datetime:
    return datetime.now(UTC)
