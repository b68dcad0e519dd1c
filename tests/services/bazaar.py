"""The catalogue with the services that it follows, on real stores."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from souk.catalog.v1 import catalog_service_pb2 as pb2
from souk.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from souk.catalog.v1.product_pb2 import VariantInput
from souk.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from souk.money.v1.money_pb2 import Money
from souk.seller.v1 import seller_service_pb2
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from mesh.principal import ANONYMOUS, Principal, acting_as
from mesh.service import Parts, Service
from tests.services.market import Market, running_market
from tests.stores import Stores


@dataclass
class Bazaar:
    """A market with one verified shop in euros, and calls of its seller."""

    market: Market
    seller: Principal
    shop_id: str

    @property
    def catalog(self) -> Any:
        return self.market.stub(CatalogServiceStub)

    @property
    def inventory(self) -> Any:
        return self.market.stub(InventoryServiceStub)

    async def create(self, title: str = "Oak bowl", **fields: Any) -> Any:
        """A product; by default one variant at 25.99 with 5 in stock."""
        fields.setdefault("variants", [variant()])
        with acting_as(self.seller):
            return await self.catalog.CreateProduct(
                pb2.CreateProductRequest(shop_id=self.shop_id, title=title, **fields)
            )

    async def get(self, product_id: str, principal: Principal = ANONYMOUS) -> Any:
        with acting_as(principal):
            return await self.catalog.GetProduct(pb2.GetProductRequest(product_id=product_id))

    async def list(self, **filters: Any) -> Any:
        with acting_as(ANONYMOUS):
            return await self.catalog.ListProducts(pb2.ListProductsRequest(**filters))

    async def move_shop(self, suspend: bool) -> None:  # noqa: FBT001  # a test's own switch
        stub = self.market.stub(SellerServiceStub)
        with acting_as(Principal(subject=str(uuid.uuid4()), roles=frozenset({"ADMIN"}))):
            if suspend:
                await stub.SuspendShop(seller_service_pb2.SuspendShopRequest(shop_id=self.shop_id, reason="test"))
            else:
                await stub.VerifyShop(seller_service_pb2.VerifyShopRequest(shop_id=self.shop_id))


def variant(sku: str = "BOWL-1", amount: int = 2599, currency: str = "EUR", stock: int = 5, **options: str) -> Any:
    return VariantInput(sku=sku, price=Money(currency=currency, amount=amount), stock=stock, options=options)


async def eventually(check: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    """Wait until something that comes with an event is so."""
    async with asyncio.timeout(seconds):
        while not await check():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running_bazaar(stores: Stores, home: Path) -> AsyncIterator[Bazaar]:
    urls = {"SOUK_NATS_URL": stores.nats_url, "SOUK_REDIS_URL": stores.redis_url}
    services = ["seller", "catalog", "inventory"]
    # Nobody orders here, and the log of a service without tables is empty.
    orders = Service("order", None, lambda _: Parts(servicers=()))
    settings = {"SOUK_AUTO_VERIFY_SHOPS": "true", **urls}
    async with running_market(stores, home, services, beside=[orders], **settings) as market:
        maker = Principal(subject=str(uuid.uuid4()), roles=frozenset({"CUSTOMER"}))
        with acting_as(maker):
            shop = await market.stub(SellerServiceStub).CreateShop(
                seller_service_pb2.CreateShopRequest(name="Wood & Co", country="DE", currency="EUR")
            )
        seller = Principal(
            subject=maker.subject, roles=frozenset({"CUSTOMER", "SELLER"}), tenants=frozenset({shop.shop_id})
        )
        yield Bazaar(market, seller, shop.shop_id)
