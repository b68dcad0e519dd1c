"""The composition root of order."""

from functools import partial

from souk.cart.v1.cart_service_pb2_grpc import CartServiceStub
from souk.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from souk.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from souk.payment.v1.payment_service_pb2_grpc import PaymentServiceStub
from souk.payment.v1.wallet_service_pb2_grpc import WalletServiceStub
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from mesh.detached import Detached
from mesh.job import Job
from mesh.service import Parts, Service, ServiceNode
from services.order.clients import CartClient, CatalogClient, PaymentClient, ShopClient, StockClient
from services.order.consumers import Consumers
from services.order.handlers.cancel import Cancelling
from services.order.handlers.completion import Completion
from services.order.handlers.endings import Endings
from services.order.handlers.market import Market
from services.order.handlers.pay import Paying
from services.order.handlers.place import Checkout
from services.order.handlers.quote import forget_quotes
from services.order.handlers.sending import Sending
from services.order.handlers.supersede import Supersede
from services.order.handlers.tidings import Tidings
from services.order.handlers.upkeep import Upkeep
from services.order.handlers.waiting import Waiting
from services.order.invariants import Checks
from services.order.projections import Projections
from services.order.repository.orders import Orders
from services.order.servicer import OrderServicer
from services.order.settings import OrderSettings
from services.order.story import StoryServicer
from services.order.tables import metadata

RECOVER = "order-recover"


def build(node: ServiceNode) -> Parts:
    """Make the parts of order."""
    settings, db = node.settings(OrderSettings), node.db
    stock = StockClient(node.stub(InventoryServiceStub))
    payments = PaymentClient(node.stub(PaymentServiceStub), node.stub(WalletServiceStub))
    market = Market(
        CartClient(node.stub(CartServiceStub)),
        CatalogClient(node.stub(CatalogServiceStub)),
        ShopClient(node.stub(SellerServiceStub)),
    )
    orders = Orders(node.keyring)
    endings = Endings(db, orders, settings)
    completion = Completion(db, orders, stock, payments, endings, settings, node.principal)
    waiting = Waiting(db, orders, completion, Detached())
    supersede = Supersede(db, payments, waiting)
    upkeep = Upkeep(db, orders, stock, completion, settings, node.principal)
    servicer = OrderServicer(
        orders=orders,
        keyring=node.keyring,
        market=market,
        checkout=Checkout(db, orders, market, payments, completion, waiting, supersede, settings),
        paying=Paying(db, orders, payments, waiting, settings),
        cancelling=Cancelling(db, orders, completion, waiting, settings),
        sending=Sending(orders),
        checks=Checks(db, payments, node.verify_delivery),
        settings=settings,
    )
    jobs = (
        Job(RECOVER, every=settings.recover_every, run=upkeep.recover),
        Job("order-make-sure-of-stock", every=10.0, run=upkeep.make_sure_of_stock),
        Job("order-complete-delivered", every=60.0, run=upkeep.complete_delivered),
        Job("order-forget-quotes", every=600.0, run=partial(forget_quotes, db)),
    )
    tidings = Tidings(orders)
    return Parts(
        servicers=(servicer, StoryServicer()),
        consumers=Consumers(tidings, partial(node.wake, RECOVER)).all(),
        jobs=jobs,
        projections=Projections(db, payments, tidings).all(),
    )


SERVICE = Service("order", metadata, build)
