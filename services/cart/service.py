"""The composition root of cart."""

from datetime import timedelta
from functools import partial

from souk.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from souk.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub

from mesh.job import Job
from mesh.service import Parts, Service, ServiceNode
from services.cart import handlers
from services.cart.clients import CatalogClient, StockClient
from services.cart.consumers import CONSUMERS
from services.cart.handlers import Market
from services.cart.invariants import Checks
from services.cart.servicer import CartServicer
from services.cart.settings import CartSettings
from services.cart.story import StoryServicer
from services.cart.tables import metadata


def build(node: ServiceNode) -> Parts:
    """Make the parts of cart."""
    settings = node.settings(CartSettings)
    catalog = CatalogClient(node.stub(CatalogServiceStub))
    market = Market(catalog, StockClient(node.stub(InventoryServiceStub)), settings.default_currency)
    abandon_after = timedelta(hours=settings.abandon_after_hours)
    keep_guests = timedelta(days=settings.guest_cart_days)
    jobs = (
        Job("cart-tell-changes", every=settings.tell_seconds, run=partial(handlers.tell_changes, node.db)),
        Job("cart-report-abandoned", every=60.0, run=partial(handlers.report_abandoned, node.db, abandon_after)),
        Job("cart-forget-guests", every=300.0, run=partial(handlers.forget_guests, node.db, keep_guests)),
    )
    servicer = CartServicer(market, Checks(node.db, catalog, node.verify_delivery))
    return Parts(servicers=(servicer, StoryServicer()), consumers=CONSUMERS, jobs=jobs)


SERVICE = Service("cart", metadata, build)
