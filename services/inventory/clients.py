"""The one service that inventory calls: catalog, for a variant that it has not heard of yet."""

import uuid

from souk.catalog.v1 import catalog_service_pb2
from souk.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub

from services.inventory.domain import Place


class CatalogClient:
    def __init__(self, stub: CatalogServiceStub) -> None:
        self._stub = stub

    async def find_place(self, variant_id: uuid.UUID) -> Place | None:
        request = catalog_service_pb2.BatchGetVariantsRequest(variant_ids=[str(variant_id)])
        response = await self._stub.BatchGetVariants(request)
        for variant in response.variants:
            return Place(variant_id, uuid.UUID(variant.product_id), uuid.UUID(variant.shop_id))
        return None
