"""How the catalogue follows shops and stock."""

import uuid
from collections.abc import Mapping, Sequence

from souk.inventory.v1.inventory_events_pb2 import StockChanged
from souk.mesh.v1.envelope_pb2 import Envelope
from souk.seller.v1 import seller_events_pb2, shop_pb2

from mesh.consumer import Consumer, Delivery
from mesh.database import UnitOfWork
from services.catalog.clients.pages import Pages
from services.catalog.domain.shop import Shop
from services.catalog.repository.availability import apply_availability, apply_stock, apply_stocks, storable
from services.catalog.repository.shops import product_ids_of, save_shop

ShopEvent = (
    seller_events_pb2.ShopApplied
    | seller_events_pb2.ShopVerified
    | seller_events_pb2.ShopSuspended
    | seller_events_pb2.ShopUpdated
)


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
        await self.follow_shop(uow, Shop(shop_id, event.name, state, event.currency, event.version))

    async def follow_shop(self, uow: UnitOfWork, shop: Shop) -> None:
        """Take up a shop where it is newer than the copy."""
        if await save_shop(uow, shop):
            shown = await product_ids_of(uow, shop.shop_id)
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
        await self.follow_stocks(uow, told)

    async def follow_stocks(self, uow: UnitOfWork, told: Mapping[uuid.UUID, tuple[int, int]]) -> None:
        """Take up how many there are of each variant, with the version of that, where it is newer than the copy."""
        product_ids = sorted(await apply_stocks(uow, told))
        if product_ids:
            turned = await apply_availability(uow, product_ids)
            uow.after_commit(lambda: self._pages.forget(product_ids, lists=bool(turned)))


def _count(event: StockChanged) -> int:
    return storable(event.available)
