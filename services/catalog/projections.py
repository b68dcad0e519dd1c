"""The copies of shops and stock, made anew from seller and inventory."""

from collections.abc import Sequence
from uuid import UUID

from mesh.database import Database, UnitOfWork
from mesh.page import decode_id, next_page
from mesh.projection import Page, Projection
from services.catalog.clients.inventory import InventoryClient
from services.catalog.clients.seller import SellerClient
from services.catalog.consumers import Consumers
from services.catalog.domain.shop import Shop
from services.catalog.repository.availability import page_of_availability, storable
from services.catalog.repository.shops import shop_versions

_NOBODY = UUID(int=0)
_VARIANTS = 500
# A variant with how many there are and the version of that.
Told = tuple[UUID, tuple[int, int]]


class Projections:
    def __init__(self, db: Database, seller: SellerClient, inventory: InventoryClient, consumers: Consumers) -> None:
        self._db = db
        self._seller = seller
        self._inventory = inventory
        self._consumers = consumers

    def all(self) -> list[Projection]:
        return [
            Projection("shops", self.read_shops, self.apply_shops),
            Projection("stock", self.read_stock, self.apply_stock),
        ]

    async def read_shops(self, token: str) -> Page:
        sources, next_token = await self._seller.page_of_shops(token)
        shops = [source.shop for source in sources]
        async with self._db.read() as unit:
            known = await shop_versions(unit, [shop.shop_id for shop in shops])
        behind = [shop for shop in shops if known.get(shop.shop_id, -1) < shop.version]
        return Page(len(shops), behind, next_token)

    async def apply_shops(self, behind: Sequence[Shop], uow: UnitOfWork) -> None:
        for shop in behind:
            await self._consumers.follow_shop(uow, shop)

    async def read_stock(self, token: str) -> Page:
        async with self._db.read() as unit:
            found = await page_of_availability(unit, decode_id(token) or _NOBODY, _VARIANTS + 1)
        rows = found[:_VARIANTS]
        known = await self._inventory.availability([row["id"] for row in rows]) if rows else {}
        behind: list[Told] = []
        for row in rows:
            source = known.get(row["id"])
            if source is not None and row["stock_version"] < source.version:
                # As its event said it: holds that have run out count until they are given back, which is told.
                available = storable(source.available - source.expired_count)
                behind.append((row["id"], (available, source.version)))
        return Page(len(rows), behind, next_page([row["id"] for row in found], _VARIANTS))

    async def apply_stock(self, behind: Sequence[Told], uow: UnitOfWork) -> None:
        await self._consumers.follow_stocks(uow, dict(behind))
