"""The one service that inventory calls: catalog, for a variant that it has not heard of yet."""

import asyncio
import time
import uuid
from typing import NamedTuple

from souk.catalog.v1 import catalog_service_pb2
from souk.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub

from mesh.errors import SoukError
from services.inventory.domain.stock import Place

_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.05

_PAGE = 500


class Source(NamedTuple):
    """Whose a variant is, as catalog has it, and when its product was last changed, in seconds since 1970."""

    place: Place
    change_time: float


class CatalogClient:
    def __init__(self, stub: CatalogServiceStub) -> None:
        self._stub = stub

    async def find_place(self, variant_id: uuid.UUID) -> Place | None:
        request = catalog_service_pb2.BatchGetVariantsRequest(variant_ids=[str(variant_id)])
        response = await self._stub.BatchGetVariants(request)
        for variant in response.variants:
            return Place(variant_id, uuid.UUID(variant.product_id), uuid.UUID(variant.shop_id))
        return None

    async def page_of_places(self, token: str) -> tuple[list[Source], str]:
        """Some of all variants in order of their ids, and the token of the next page, empty on the last one."""
        request = catalog_service_pb2.ListVariantPlacesRequest(page_size=_PAGE, page_token=token)
        response = await self._stub.ListVariantPlaces(request)
        sources = [
            Source(
                Place(
                    uuid.UUID(variant.variant_id),
                    uuid.UUID(variant.product_id),
                    uuid.UUID(variant.shop_id),
                    variant.initial_stock,
                ),
                variant.update_time.ToNanoseconds() / 1e9,
            )
            for variant in response.variants
        ]
        return sources, response.next_page_token

    async def await_version(self, variant_id: uuid.UUID, version: int, seconds: float) -> None:
        """Wait until the catalogue shows a stock, at most so long. Never raises: the event comes all the same."""
        request = catalog_service_pb2.BatchGetVariantsRequest(variant_ids=[str(variant_id)])
        until, pause = time.monotonic() + seconds, _FIRST_PAUSE
        try:
            while time.monotonic() < until:
                response = await self._stub.BatchGetVariants(request)
                if any(variant.stock_version >= version for variant in response.variants):
                    return
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        except SoukError:
            return
