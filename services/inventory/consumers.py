"""What inventory does when products are made and orders are paid, rejected or cancelled."""

import uuid
from collections.abc import Callable, Sequence

from souk.catalog.v1 import catalog_events_pb2
from souk.mesh.v1.envelope_pb2 import Envelope
from souk.order.v1 import order_events_pb2

from mesh.consumer import Consumer, Delivery
from mesh.database import UnitOfWork
from services.inventory.domain.stock import Place
from services.inventory.handlers.reservations import commit_paid_order, commit_paid_orders, restock_order
from services.inventory.handlers.stock import track_variants
from services.inventory.handlers.warehouse import Warehouse

Product = catalog_events_pb2.ProductCreated | catalog_events_pb2.ProductUpdated
ClosedOrder = order_events_pb2.OrderCancelled | order_events_pb2.OrderRejected


class Consumers:
    def __init__(self, warehouse: Callable[[UnitOfWork], Warehouse]) -> None:
        self._warehouse = warehouse

    def all(self) -> list[Consumer]:
        catalog, order = "souk.catalog.v1", "souk.order.v1"
        return [
            Consumer(
                name="inventory-track-variants",
                subjects=(f"{catalog}.product.created", f"{catalog}.product.updated"),
                handler=self.on_product,
            ),
            Consumer(
                name="inventory-commit-reservation",
                subjects=(f"{order}.order.paid",),
                handler=self.on_order_paid,
                handler_many=self.on_orders_paid,
            ),
            Consumer(
                name="inventory-release-reservation",
                subjects=(f"{order}.order.cancelled", f"{order}.order.rejected"),
                handler=self.on_order_closed,
            ),
        ]

    async def on_product(self, event: Product, _envelope: Envelope, uow: UnitOfWork) -> None:
        product_id, shop_id = uuid.UUID(event.product_id), uuid.UUID(event.shop_id)
        places = [
            Place(uuid.UUID(variant.variant_id), product_id, shop_id, variant.initial_stock)
            for variant in event.variants
        ]
        await track_variants(self._warehouse(uow), places)

    async def on_order_paid(self, event: order_events_pb2.OrderPaid, _envelope: Envelope, uow: UnitOfWork) -> None:
        await commit_paid_order(self._warehouse(uow), uuid.UUID(event.order_id))

    async def on_orders_paid(self, deliveries: Sequence[Delivery], uow: UnitOfWork) -> None:
        orders = {uuid.UUID(delivery.event.order_id): delivery.story for delivery in deliveries}
        await commit_paid_orders(self._warehouse(uow), orders)

    async def on_order_closed(self, event: ClosedOrder, _envelope: Envelope, uow: UnitOfWork) -> None:
        await restock_order(self._warehouse(uow), uuid.UUID(event.order_id))
