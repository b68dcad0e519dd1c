"""Cart on a real PostgreSQL, with catalog and inventory in memory."""

import uuid
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from souk.cart.v1 import cart_pb2
from souk.cart.v1 import cart_service_pb2 as pb
from souk.cart.v1.cart_service_pb2_grpc import CartServiceStub
from souk.catalog.v1 import catalog_service_pb2, catalog_service_pb2_grpc, product_pb2
from souk.inventory.v1 import inventory_service_pb2, inventory_service_pb2_grpc, stock_pb2
from souk.mesh.v1.envelope_pb2 import Envelope
from souk.money.v1.money_pb2 import Money
from souk.order.v1.order_events_pb2 import OrderEventLine, OrderPaid

from mesh.channel import LocalChannel
from mesh.errors import Unavailable
from mesh.node import Node
from mesh.principal import ANONYMOUS, Principal, acting_as, service_principal
from services.cart.service import SERVICE
from tests.services.hosting import hosting
from tests.services.market import Market
from tests.stores import Stores

SHOP = str(uuid.uuid4())


def person() -> Principal:
    return Principal(subject=str(uuid.uuid4()), roles=frozenset({"CUSTOMER"}))


class FakeCatalog(catalog_service_pb2_grpc.CatalogServiceServicer):
    def __init__(self) -> None:
        self.variants: dict[str, Any] = {}

    def add(self, price: int, currency: str = "EUR", title: str = "Scarf") -> Any:
        variant = product_pb2.VariantDetail(
            variant_id=str(uuid.uuid4()),
            product_id=str(uuid.uuid4()),
            shop_id=SHOP,
            shop_name="Loom",
            title=title,
            price=Money(currency=currency, amount=price),
            purchasable=True,
        )
        self.variants[variant.variant_id] = variant
        return variant

    async def BatchGetVariants(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        known = [self.variants[each] for each in request.variant_ids if each in self.variants]
        return catalog_service_pb2.BatchGetVariantsResponse(variants=known)


class FakeInventory(inventory_service_pb2_grpc.InventoryServiceServicer):
    def __init__(self) -> None:
        self.available: Counter[str] = Counter()
        self.away = False

    async def BatchGetAvailability(self, request: Any, _: Any) -> Any:  # noqa: N802 the contract's name
        if self.away:
            raise Unavailable("UNREACHABLE")
        return inventory_service_pb2.BatchGetAvailabilityResponse(
            availabilities=[
                stock_pb2.Availability(variant_id=each, available=self.available[each])
                for each in request.variant_ids
                if each in self.available
            ]
        )


class Carts(Market):
    """The cart service, with short ways to its calls; `token` stands for a guest."""

    def __init__(self, node: Node, catalog: FakeCatalog, inventory: FakeInventory) -> None:
        super().__init__(node)
        self.catalog, self.inventory = catalog, inventory
        self.scarf, self.vase = catalog.add(2599), catalog.add(4000, title="Vase")
        self.inventory.available.update({self.scarf.variant_id: 20, self.vase.variant_id: 1000})

    async def call(self, who: Principal | str | None, method: str, request: Any) -> Any:
        stub = CartServiceStub(LocalChannel("edge", self.node.find, most_running=100))
        metadata = (("x-cart-token", who),) if isinstance(who, str) else ()
        with acting_as(who if isinstance(who, Principal) else ANONYMOUS):
            return await getattr(stub, method)(request, metadata=metadata)

    async def add(self, who: Principal | str | None, variant: Any, quantity: int = 1) -> cart_pb2.Cart:
        request = pb.AddCartItemRequest(variant_id=variant.variant_id, quantity=quantity)
        return await self.call(who, "AddCartItem", request)

    async def get(self, who: Principal | str | None) -> cart_pb2.Cart:
        return await self.call(who, "GetCart", pb.GetCartRequest())

    async def set(self, who: Principal | str | None, item_id: str, quantity: int) -> cart_pb2.Cart:
        return await self.call(who, "UpdateCartItem", pb.UpdateCartItemRequest(item_id=item_id, quantity=quantity))

    async def remove(self, who: Principal | str | None, item_id: str) -> cart_pb2.Cart:
        return await self.call(who, "RemoveCartItem", pb.RemoveCartItemRequest(item_id=item_id))

    async def merge(self, who: Principal, token: str) -> cart_pb2.Cart:
        return await self.call(who, "MergeCart", pb.MergeCartRequest(cart_token=token))

    async def bought(self, cart: cart_pb2.Cart, *lines: tuple[Any, int]) -> None:
        """An order of the cart as it is there was paid."""
        event = OrderPaid(
            cart_id=cart.cart_id,
            cart_version=cart.version,
            lines=[OrderEventLine(variant_id=variant.variant_id, quantity=quantity) for variant, quantity in lines],
        )
        consumer = self.node.parts["cart"].consumers[0]
        with acting_as(service_principal("cart")):
            async with self.unit("cart") as uow:
                await consumer.handler(event, Envelope(), uow)

    async def job(self, name: str) -> None:
        await next(job for job in self.node.parts["cart"].jobs if job.name == name).run()


@pytest.fixture
async def carts(stores: Stores, tmp_path: Path) -> AsyncIterator[Carts]:
    catalog, inventory = FakeCatalog(), FakeInventory()
    fakes = {"catalog": catalog, "inventory": inventory}
    async with hosting(stores, tmp_path, SERVICE, fakes) as node:
        yield Carts(node, catalog, inventory)
