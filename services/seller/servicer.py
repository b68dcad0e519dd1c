"""The RPCs of seller: decode, call the use case, encode."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from souk.mesh.v1 import invariants_pb2
from souk.seller.v1 import seller_service_pb2 as pb
from souk.seller.v1 import shop_pb2
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceServicer

from mesh.call import Call
from mesh.field_mask import changes
from mesh.ids import new_id
from mesh.node import ServiceNode
from mesh.page import decode_id, next_page, page_size
from services.seller import handlers
from services.seller.domain import PAGE_FIELDS, Shop, ShopState
from services.seller.encoding import (
    membership_to_proto,
    page_to_proto,
    shop_to_proto,
    summary_to_proto,
)
from services.seller.repository import Shops, WrittenShops
from services.seller.settings import SellerSettings

# The settling time of an invariant check that asks for none, in seconds.
SETTLE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class SellerServicer(SellerServiceServicer):
    """Shops."""

    node: ServiceNode
    settings: SellerSettings

    async def CreateShop(self, request: pb.CreateShopRequest, call: Call) -> shop_pb2.Shop:
        application = Shop(
            new_id(),
            call.principal.user_id,
            request.name,
            request.description,
            request.country,
            request.currency,
            self.settings.commission_bps,
        )
        auto_verify = self.settings.auto_verify
        shop = await handlers.create_shop(
            WrittenShops(call.uow), application, datetime.now(UTC), auto_verify=auto_verify
        )
        return shop_to_proto(shop)

    async def GetShop(self, request: pb.GetShopRequest, call: Call) -> shop_pb2.Shop:
        async with call.db.read() as unit:
            shop, inside = await Shops(unit).get(UUID(request.shop_id), call.principal)
        return shop_to_proto(shop) if inside else page_to_proto(shop)

    async def UpdateShop(self, request: pb.UpdateShopRequest, call: Call) -> shop_pb2.Shop:
        shop_id, changed = UUID(request.shop_id), changes(request, PAGE_FIELDS)
        shops = WrittenShops(call.uow)
        return shop_to_proto(await handlers.update_shop(shops, call.uow, shop_id, call.principal, changed))

    async def ListMyShops(self, request: pb.ListMyShopsRequest, call: Call) -> pb.ListMyShopsResponse:
        size, after = page_size(request.page_size), decode_id(request.page_token)
        async with call.db.read() as unit:
            found = await Shops(unit).of_member(call.principal, after, size + 1)
        return pb.ListMyShopsResponse(
            shops=[shop_to_proto(shop) for shop in found[:size]],
            next_page_token=next_page([shop.shop_id for shop in found], size),
        )

    async def ListShops(self, request: pb.ListShopsRequest, call: Call) -> pb.ListShopsResponse:
        size, after = page_size(request.page_size), decode_id(request.page_token)
        state = ShopState(shop_pb2.ShopState.Value.Name(request.state)) if request.HasField("state") else None
        async with call.db.read() as unit:
            found = await Shops(unit).page(state, after, size + 1)
        return pb.ListShopsResponse(
            shops=[shop_to_proto(shop) for shop in found[:size]],
            next_page_token=next_page([shop.shop_id for shop in found], size),
        )

    async def VerifyShop(self, request: pb.VerifyShopRequest, call: Call) -> shop_pb2.Shop:
        shops, shop_id = WrittenShops(call.uow), UUID(request.shop_id)
        return shop_to_proto(await handlers.verify_shop(shops, call.uow, shop_id, call.principal, datetime.now(UTC)))

    async def SuspendShop(self, request: pb.SuspendShopRequest, call: Call) -> shop_pb2.Shop:
        shops, shop_id = WrittenShops(call.uow), UUID(request.shop_id)
        return shop_to_proto(await handlers.suspend_shop(shops, call.uow, shop_id, call.principal, request.reason))

    async def ListMemberships(self, request: pb.ListMembershipsRequest, call: Call) -> pb.ListMembershipsResponse:
        async with call.db.read() as unit:
            found = await Shops(unit).memberships([UUID(user_id) for user_id in request.user_ids])
        return pb.ListMembershipsResponse(memberships=[membership_to_proto(membership) for membership in found])

    async def BatchGetShops(self, request: pb.BatchGetShopsRequest, call: Call) -> pb.BatchGetShopsResponse:
        async with call.db.read() as unit:
            found = await Shops(unit).by_ids([UUID(shop_id) for shop_id in request.shop_ids])
        return pb.BatchGetShopsResponse(shops=[summary_to_proto(shop) for shop in found])

    async def ListShopSummaries(self, request: pb.ListShopSummariesRequest, call: Call) -> pb.ListShopSummariesResponse:
        size, after = page_size(request.page_size), decode_id(request.page_token)
        async with call.db.read() as unit:
            found = await Shops(unit).page(None, after, size + 1)
        return pb.ListShopSummariesResponse(
            shops=[summary_to_proto(shop) for shop in found[:size]],
            next_page_token=next_page([shop.shop_id for shop in found], size),
        )

    async def ListShopMembers(self, request: pb.ListShopMembersRequest, call: Call) -> pb.ListShopMembersResponse:
        async with call.db.read() as unit:
            user_ids = await Shops(unit).members(UUID(request.shop_id))
        return pb.ListShopMembersResponse(user_ids=[str(user_id) for user_id in user_ids])

    async def CheckInvariants(
        self, request: invariants_pb2.CheckInvariantsRequest, call: Call
    ) -> invariants_pb2.CheckInvariantsResponse:
        result = await self.node.verify_delivery(request.settle_seconds or SETTLE_SECONDS)
        return invariants_pb2.CheckInvariantsResponse(results=[result])
