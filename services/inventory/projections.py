"""Whose variants are, made anew from catalog."""

from collections.abc import Callable, Sequence

from mesh.database import Database, UnitOfWork
from mesh.projection import Page, Projection
from services.inventory.clients import CatalogClient
from services.inventory.domain.stock import Place
from services.inventory.handlers.stock import track_variants
from services.inventory.handlers.warehouse import Warehouse
from services.inventory.repository.stock import read_owners


class Projections:
    def __init__(self, db: Database, catalog: CatalogClient, warehouse: Callable[[UnitOfWork], Warehouse]) -> None:
        self._db = db
        self._catalog = catalog
        self._warehouse = warehouse

    def all(self) -> list[Projection]:
        return [Projection("variants", self.read_variants, self.apply_variants)]

    async def read_variants(self, token: str) -> Page:
        sources, next_token = await self._catalog.page_of_places(token)
        async with self._db.read() as unit:
            known = await read_owners(unit, [source.place.variant_id for source in sources])
        behind = [source.place for source in sources if source.place.variant_id not in known]
        return Page(len(sources), behind, next_token)

    async def apply_variants(self, behind: Sequence[Place], uow: UnitOfWork) -> None:
        await track_variants(self._warehouse(uow), behind)
