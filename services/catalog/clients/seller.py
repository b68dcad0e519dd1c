"""Seller, for a shop that the catalogue has not heard of yet."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from souk.seller.v1 import seller_service_pb2, shop_pb2
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from services.catalog.domain.shop import Shop

_PAGE = 100


class Source(NamedTuple):
    """A shop as seller has it, and when it was last changed there, in seconds since 1970."""

    shop: Shop
    change_time: float


class SellerClient:
    def __init__(self, stub: SellerServiceStub) -> None:
        self._stub = stub

    async def find_shop(self, shop_id: uuid.UUID) -> Shop | None:
        return next(iter(await self.find_shops([shop_id])), None)

    async def find_shops(self, shop_ids: Sequence[uuid.UUID]) -> list[Shop]:
        """Those of the shops that there are."""
        request = seller_service_pb2.BatchGetShopsRequest(shop_ids=map(str, shop_ids))
        return [_shop(summary) for summary in (await self._stub.BatchGetShops(request)).shops]

    async def page_of_shops(self, token: str) -> tuple[list[Source], str]:
        """Some of all shops in order of their ids, and the token of the next page, empty on the last one."""
        request = seller_service_pb2.ListShopSummariesRequest(page_size=_PAGE, page_token=token)
        response = await self._stub.ListShopSummaries(request)
        sources = [Source(_shop(summary), summary.update_time.ToNanoseconds() / 1e9) for summary in response.shops]
        return sources, response.next_page_token


def _shop(summary: shop_pb2.ShopSummary) -> Shop:
    return Shop(
        shop_id=uuid.UUID(summary.shop_id),
        name=summary.name,
        state=shop_pb2.ShopState.Value.Name(summary.state),
        currency=summary.currency,
        version=summary.version,
    )
