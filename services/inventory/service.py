"""The composition root of inventory."""

import asyncio

from souk.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub

from mesh.database import UnitOfWork
from mesh.job import Job
from mesh.service import Parts, Service, ServiceNode
from services.inventory.clients import CatalogClient
from services.inventory.consumers import Consumers
from services.inventory.domain.contention import Contention
from services.inventory.handlers.looking import Looking
from services.inventory.handlers.reserving import Reserving
from services.inventory.handlers.spreading import Spreading
from services.inventory.handlers.stock import release_expired
from services.inventory.handlers.warehouse import Warehouse
from services.inventory.projections import Projections
from services.inventory.repository.reservations import ReservationRepository, find_expired
from services.inventory.repository.stock import StockRepository
from services.inventory.servicer import InventoryServicer
from services.inventory.settings import InventorySettings
from services.inventory.story import StoryServicer
from services.inventory.tables import metadata

_SWEPT_AT_ONCE = 500


def build(node: ServiceNode) -> Parts:
    settings = node.settings(InventorySettings)

    def warehouse(uow: UnitOfWork) -> Warehouse:
        return Warehouse(StockRepository(uow, settings.low_stock_threshold), ReservationRepository(uow), uow)

    async def sweep() -> None:
        while True:
            async with node.db.read() as unit:
                expired = await find_expired(unit, _SWEPT_AT_ONCE)
            if not expired:
                return
            async with node.db.write() as uow:
                await release_expired(warehouse(uow), expired)

    contention = Contention(settings.hot_crowd, settings.hot_count, settings.hot_window_seconds, settings.hint_seconds)
    spreading = Spreading(
        node.db, warehouse, settings.hot_buckets, settings.calm_seconds, settings.calm_moves_per_second
    )
    reserving = Reserving(
        node.db, warehouse, contention, spreading, Looking(node.db), asyncio.Semaphore(settings.hot_at_once)
    )
    catalog = CatalogClient(node.stub(CatalogServiceStub))
    servicer = InventoryServicer(node, catalog, warehouse, reserving, settings)
    return Parts(
        servicers=[servicer, StoryServicer()],
        consumers=Consumers(warehouse).all(),
        projections=Projections(node.db, catalog, warehouse).all(),
        jobs=[
            Job(name="inventory-release-expired", every=settings.sweep_seconds, run=sweep),
            Job(name="inventory-keep-spread", every=settings.keep_seconds, run=spreading.keep),
        ],
    )


SERVICE = Service("inventory", metadata, build)
