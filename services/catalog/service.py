"""The composition root of the catalogue."""

from souk.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from mesh.job import Job
from mesh.service import Parts, Service, ServiceNode
from services.catalog.clients.inventory import InventoryClient
from services.catalog.clients.pages import Pages
from services.catalog.clients.seller import SellerClient
from services.catalog.consumers import Consumers
from services.catalog.handlers.imports import run_imports
from services.catalog.projections import Projections
from services.catalog.repository.imports import forget_old_imports
from services.catalog.servicer import CatalogServicer
from services.catalog.settings import CatalogSettings
from services.catalog.tables import metadata

_FORGET_SECONDS = 3600.0


def build(node: ServiceNode) -> Parts:
    settings = node.settings(CatalogSettings)
    pages = Pages(node.cache, settings.product_cache_seconds, settings.list_cache_seconds)
    shops = SellerClient(node.stub(SellerServiceStub))
    inventory = InventoryClient(node.stub(InventoryServiceStub))

    async def import_products() -> None:
        await run_imports(node.db, shops, pages.forget)

    async def forget_imports() -> None:
        async with node.db.write() as uow:
            await forget_old_imports(uow)

    consumers = Consumers(pages)
    return Parts(
        servicers=[CatalogServicer(node, pages, shops, inventory, settings)],
        consumers=consumers.all(),
        projections=Projections(node.db, shops, inventory, consumers).all(),
        jobs=[
            Job(name="catalog-import", every=settings.import_poll_seconds, run=import_products),
            Job(name="catalog-forget-imports", every=_FORGET_SECONDS, run=forget_imports),
        ],
    )


SERVICE = Service("catalog", metadata, build)
