"""What payouts need to know of shops, asked of the seller service."""

import uuid

from souk.seller.v1.seller_service_pb2 import BatchGetShopsRequest
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub
from souk.seller.v1.shop_pb2 import ShopState

from services.payment.handlers.ports import Payee


class SellerShops:
    """The seller service's shops."""

    def __init__(self, stub: SellerServiceStub) -> None:
        self._stub = stub

    async def payee(self, shop_id: uuid.UUID) -> Payee | None:
        """The shop as it is now; None where there is none."""
        answer = await self._stub.BatchGetShops(BatchGetShopsRequest(shop_ids=[str(shop_id)]))
        for shop in answer.shops:
            return Payee(is_verified=shop.state == ShopState.VERIFIED, country=shop.country)
        return None
