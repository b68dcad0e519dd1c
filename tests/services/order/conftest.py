"""Order on a real PostgreSQL, with the services that it stands on in memory."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from souk.address.v1.address_pb2 import Address
from souk.mesh.v1.envelope_pb2 import Envelope
from souk.options.v1 import options_pb2
from souk.order.v1 import order_pb2
from souk.order.v1 import order_service_pb2 as pb
from souk.order.v1.order_service_pb2_grpc import OrderServiceStub

from mesh.channel import LocalChannel
from mesh.node import Node
from mesh.principal import Principal, acting_as, service_principal
from mesh.scans import run_scan
from services.order.repository import audits
from services.order.service import SERVICE
from tests.services.hosting import hosting
from tests.services.market import Market
from tests.services.order.fakes import (
    FakeCarts,
    FakeCatalog,
    FakeInventory,
    FakePayments,
    FakeSellers,
    FakeWallets,
    euros,
)
from tests.stores import Stores

VISA, DECLINED, NEEDS_ACTION = "pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired"
STAFF = Principal(subject=str(uuid.uuid4()), roles=frozenset({"CUSTOMER", "ADMIN"}))
HOME = Address(name="Ada Lovelace", line1="12 St James's Square", city="London", postal_code="SW1Y 4JH", country="GB")


def person(*shops: str) -> Principal:
    roles = frozenset({"CUSTOMER", "SELLER"} if shops else {"CUSTOMER"})
    return Principal(subject=str(uuid.uuid4()), roles=roles, tenants=frozenset(shops))


class World:
    """What the order service stands on: two shops with one product each."""

    def __init__(self) -> None:
        self.catalog, self.sellers, self.carts = FakeCatalog(), FakeSellers(), FakeCarts()
        self.inventory, self.payments = FakeInventory(), FakePayments()
        self.loom, self.kiln = self.sellers.add("Loom", 1000), self.sellers.add("Kiln", 1250)
        self.scarf = self.catalog.add(self.loom, 2599, "Scarf")
        self.vase = self.catalog.add(self.kiln, 4000, "Vase")
        self.inventory.on_hand.update({self.scarf.variant_id: 10, self.vase.variant_id: 10})

    def fakes(self) -> dict[str, Any]:
        return {
            "cart": self.carts,
            "catalog": self.catalog,
            "seller": self.sellers,
            "inventory": self.inventory,
            "payment": (self.payments, FakeWallets(self.payments)),
        }


class Desk(Market):
    """The order service and what it stands on, with short ways to the usual calls."""

    def __init__(self, node: Node, world: World) -> None:
        super().__init__(node)
        self.catalog, self.carts, self.inventory, self.payments = (
            world.catalog,
            world.carts,
            world.inventory,
            world.payments,
        )
        self.loom, self.kiln, self.scarf, self.vase = world.loom, world.kiln, world.scarf, world.vase
        self.weaver, self.potter = person(self.loom), person(self.kiln)

    def shopper(self, scarves: int = 1, vases: int = 1) -> Principal:
        """A customer with this in the cart."""
        buyer = person()
        self.refill(buyer, scarves, vases)
        return buyer

    def refill(self, buyer: Principal, scarves: int = 1, vases: int = 1) -> None:
        lines = [(self.scarf, scarves), (self.vase, vases)]
        self.carts.fill(buyer.subject, *((variant, quantity) for variant, quantity in lines if quantity))

    async def call(
        self, who: Principal, method: str, request: Any, key: str | None = None, within: float = 10.0
    ) -> Any:
        stub = OrderServiceStub(LocalChannel("edge", self.node.find, most_running=1000))
        metadata = (("idempotency-key", key),) if key else ()
        with acting_as(who):
            return await getattr(stub, method)(request, metadata=metadata, timeout=within)

    async def place(
        self,
        buyer: Principal,
        token: str = VISA,
        key: str | None = None,
        total: int | None = None,
        within: float = 10.0,
        **more: Any,
    ) -> order_pb2.Order:
        cart = self.carts.carts.get(buyer.subject)
        seen = sum(item.unit_price.amount * item.quantity for item in cart.items) if cart else 1
        request = pb.PlaceOrderRequest(
            shipping_address=HOME,
            payments=[pb.PaymentSource(provider="stripe", token=token)],
            expected_total=euros(seen if total is None else total),
        )
        request.MergeFrom(pb.PlaceOrderRequest(**more))
        return await self.call(buyer, "PlaceOrder", request, key or str(uuid.uuid4()), within)

    async def pay(self, buyer: Principal, order_id: str, token: str | None = VISA, key: str | None = None) -> Any:
        sources = [pb.PaymentSource(token=token)] if token else []
        request = pb.PayOrderRequest(order_id=order_id, payments=sources)
        return await self.call(buyer, "PayOrder", request, key or str(uuid.uuid4()))

    async def get(self, buyer: Principal, order_id: str) -> order_pb2.Order:
        return await self.call(buyer, "GetOrder", pb.GetOrderRequest(order_id=order_id))

    async def cancel(self, who: Principal, order_id: str, key: str | None = None) -> order_pb2.Order:
        return await self.call(who, "CancelOrder", pb.CancelOrderRequest(order_id=order_id), key)

    async def job(self, name: str) -> None:
        """Run one of the service's jobs once."""
        job = next(job for job in self.node.parts["order"].jobs if job.name == name)
        with acting_as(service_principal("order")):
            await job.run()

    async def recover(self) -> None:
        """What happens once the lease of a driver that died is over."""
        await self.execute(
            "UPDATE \"order\".order_sagas SET lease_until = NULL, due_time = now() WHERE state = 'RUNNING'"
        )
        await self.job("order-recover")

    async def recover_now(self) -> None:
        """Another process takes over what it believes that nobody drives."""
        await self.execute('UPDATE "order".order_sagas SET lease_until = now(), due_time = now()')
        await self.job("order-recover")

    async def tell(self, event: Any) -> None:
        """Deliver an event to the durable that wants it, in a unit of work of its own."""
        subject = f"souk.payment.v1.{_subject(event)}"
        consumer = next(each for each in self.node.parts["order"].consumers if subject in each.subjects)
        with acting_as(service_principal("order")):
            async with self.unit("order") as uow:
                await consumer.handler(event, Envelope(), uow)

    async def execute(self, query: str) -> None:
        await self.rows(query)

    async def violations(self) -> list[str]:
        """What the invariants find wrong, in the present moment."""
        await self.execute("UPDATE \"order\".orders SET update_time = update_time - interval '1 minute'")
        with acting_as(service_principal("cli")):
            checks = self.node.parts["order"].servicers[0]._checks
            results = [await run_scan(checks._db, check, 1) for check in audits.SCANS]
            results.append(await checks._compare_payments(1))
        return [f"{r.invariant} {v.id} {v.detail}" for r in results for v in r.violations]


def _subject(event: Any) -> str:
    return str(event.DESCRIPTOR.GetOptions().Extensions[options_pb2.event].subject)


@pytest.fixture
async def desk(stores: Stores, tmp_path: Path) -> AsyncIterator[Desk]:
    """The service with a short lease, whose jobs run only when a test says so."""
    world = World()
    settings = {"SOUK_ORDER_LEASE_SECONDS": "3", "SOUK_ORDER_RECOVER_EVERY": "3600"}
    async with hosting(stores, tmp_path, SERVICE, world.fakes(), **settings) as node:
        yield Desk(node, world)
