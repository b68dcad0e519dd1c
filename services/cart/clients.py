"""Catalog and inventory as carts see them."""

from collections.abc import Collection, Mapping
from uuid import UUID

from souk.catalog.v1 import catalog_service_pb2, product_pb2
from souk.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from souk.inventory.v1 import inventory_service_pb2
from souk.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub

from mesh import money
from mesh.errors import DeadlineExceeded, ResourceExhausted, Unavailable
from services.cart.domain import Offer

# A cart is shown without stock rather than late, in seconds.
STOCK_TIMEOUT = 0.7


class CatalogClient:
    """Offers from the catalog."""

    def __init__(self, stub: CatalogServiceStub) -> None:
        self._stub = stub

    async def offers(self, variant_ids: Collection[UUID]) -> Mapping[UUID, Offer]:
        """The variants that the catalog knows."""
        request = catalog_service_pb2.BatchGetVariantsRequest(variant_ids=sorted(map(str, variant_ids)))
        response = await self._stub.BatchGetVariants(request)
        return {UUID(variant.variant_id): _offer(variant) for variant in response.variants}


def _offer(variant: product_pb2.VariantDetail) -> Offer:
    return Offer(
        variant_id=UUID(variant.variant_id),
        product_id=UUID(variant.product_id),
        shop_id=UUID(variant.shop_id),
        shop_name=variant.shop_name,
        title=variant.title,
        sku=variant.sku,
        options=dict(variant.options),
        image_url=variant.image_url,
        price=money.from_proto(variant.price),
        purchasable=variant.purchasable,
    )


class StockClient:
    """Availability from inventory."""

    def __init__(self, stub: InventoryServiceStub) -> None:
        self._stub = stub

    async def available(self, variant_ids: Collection[UUID]) -> Mapping[UUID, int] | None:
        """How many of each can be bought; None where inventory cannot tell now."""
        request = inventory_service_pb2.BatchGetAvailabilityRequest(variant_ids=sorted(map(str, variant_ids)))
        try:
            response = await self._stub.BatchGetAvailability(request, timeout=STOCK_TIMEOUT)
        except (Unavailable, DeadlineExceeded, ResourceExhausted):
            return None
        return {UUID(entry.variant_id): entry.available for entry in response.availabilities}
