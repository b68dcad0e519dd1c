"""How the catalogue follows shops and stock."""

import uuid
from collections.abc import Sequence

from souk.inventory.v1.inventory_events_pb2 import StockChanged
from souk.mesh.v1.envelope_pb2 import Envelope
from souk.seller.v1 import seller_events_pb2, shop_pb2

from mesh.consumer import Consumer, Delivery
from mesh.database import UnitOfWork
from services.catalog.clients.pages import Pages
from services.catalog.domain.shop import Shop
from services.catalog.repository.availability import apply_availability, apply_stock, apply_stocks
from services.catalog.repository.shops import product_ids_of, save_shop

ShopEvent = (
    seller_events_pb2.ShopApplied
    | seller_events_pb2.ShopVerified
    | seller_events_pb2.ShopSuspended
    | seller_events_pb2.ShopUpdated
)
_INT32_MAX = 2**31 - 1


class Consumers:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def all(self) -> list[Consumer]:
        seller = "souk.seller.v1.shop"
        return [
            Consumer(
                name="catalog-follow-shops",
                subjects=(f"{seller}.applied", f"{seller}.verified", f"{seller}.suspended", f"{seller}.updated"),
                handler=self.on_shop,
            ),
            Consumer(
                name="catalog-follow-stock",
                subjects=("souk.inventory.v1.stock.changed",),
                handler=self.on_stock_changed,
                handler_many=self.on_stocks_changed,
            ),
        ]

    async def on_shop(self, event: ShopEvent, _envelope: Envelope, uow: UnitOfWork) -> None:
        shop_id = uuid.UUID(event.shop_id)
        state = shop_pb2.ShopState.Value.Name(event.state)
        if await save_shop(uow, Shop(shop_id, event.name, state, event.currency, event.version)):
            shown = await product_ids_of(uow, shop_id)
            uow.after_commit(lambda: self._pages.forget(shown))

    async def on_stock_changed(self, event: StockChanged, _envelope: Envelope, uow: UnitOfWork) -> None:
        product_id = await apply_stock(uow, uuid.UUID(event.variant_id), _count(event), event.version)
        if product_id is not None:
            turned = await apply_availability(uow, [product_id])
            uow.after_commit(lambda: self._pages.forget([product_id], lists=bool(turned)))

    async def on_stocks_changed(self, deliveries: Sequence[Delivery], uow: UnitOfWork) -> None:
        told: dict[uuid.UUID, tuple[int, int]] = {}
        # In the order of versions, so that of several events of one variant the last one counts.
        for event in sorted((delivery.event for delivery in deliveries), key=lambda event: event.version):
            told[uuid.UUID(event.variant_id)] = (_count(event), event.version)
        product_ids = sorted(await apply_stocks(uow, told))
        if product_ids:
            turned = await apply_availability(uow, product_ids)
            uow.after_commit(lambda: self._pages.forget(product_ids, lists=bool(turned)))


def _count(event: StockChanged) -> int:
    return min(max(event.available, 0), _INT32_MAX)
