"""Seller, for a shop that the catalogue has not heard of yet."""

import uuid
from collections.abc import Sequence

from souk.seller.v1 import seller_service_pb2, shop_pb2
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from services.catalog.domain.shop import Shop


class SellerClient:
    def __init__(self, stub: SellerServiceStub) -> None:
        self._stub = stub

    async def find_shop(self, shop_id: uuid.UUID) -> Shop | None:
        return next(iter(await self.find_shops([shop_id])), None)

    async def find_shops(self, shop_ids: Sequence[uuid.UUID]) -> list[Shop]:
        """Those of the shops that there are."""
        request = seller_service_pb2.BatchGetShopsRequest(shop_ids=map(str, shop_ids))
        return [_shop(summary) for summary in (await self._stub.BatchGetShops(request)).shops]


def _shop(summary: shop_pb2.ShopSummary) -> Shop:
    return Shop(
        shop_id=uuid.UUID(summary.shop_id),
        name=summary.name,
        state=shop_pb2.ShopState.Value.Name(summary.state),
        currency=summary.currency,
        version=summary.version,
    )
