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
from mesh.page import decode_page, encode_page, page_size
from services.seller import handlers
from services.seller.domain import PAGE_FIELDS, Membership, Shop, ShopState
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
        return _shop(shop)

    async def GetShop(self, request: pb.GetShopRequest, call: Call) -> shop_pb2.Shop:
        async with call.db.read() as unit:
            shop, inside = await Shops(unit).get(UUID(request.shop_id), call.principal)
        return _shop(shop) if inside else _page_of(shop)

    async def UpdateShop(self, request: pb.UpdateShopRequest, call: Call) -> shop_pb2.Shop:
        shop_id, changed = UUID(request.shop_id), changes(request, PAGE_FIELDS)
        shops = WrittenShops(call.uow)
        return _shop(await handlers.update_shop(shops, call.uow, shop_id, call.principal, changed))

    async def ListMyShops(self, request: pb.ListMyShopsRequest, call: Call) -> pb.ListMyShopsResponse:
        size, after = page_size(request.page_size), _after(request.page_token)
        async with call.db.read() as unit:
            found = await Shops(unit).of_member(call.principal, after, size + 1)
        return pb.ListMyShopsResponse(shops=[_shop(shop) for shop in found[:size]], next_page_token=_next(found, size))

    async def ListShops(self, request: pb.ListShopsRequest, call: Call) -> pb.ListShopsResponse:
        size, after = page_size(request.page_size), _after(request.page_token)
        state = ShopState(shop_pb2.ShopState.Value.Name(request.state)) if request.HasField("state") else None
        async with call.db.read() as unit:
            found = await Shops(unit).page(state, after, size + 1)
        return pb.ListShopsResponse(shops=[_shop(shop) for shop in found[:size]], next_page_token=_next(found, size))

    async def VerifyShop(self, request: pb.VerifyShopRequest, call: Call) -> shop_pb2.Shop:
        shops, shop_id = WrittenShops(call.uow), UUID(request.shop_id)
        return _shop(await handlers.verify_shop(shops, call.uow, shop_id, call.principal, datetime.now(UTC)))

    async def SuspendShop(self, request: pb.SuspendShopRequest, call: Call) -> shop_pb2.Shop:
        shops, shop_id = WrittenShops(call.uow), UUID(request.shop_id)
        return _shop(await handlers.suspend_shop(shops, call.uow, shop_id, call.principal, request.reason))

    async def ListMemberships(self, request: pb.ListMembershipsRequest, call: Call) -> pb.ListMembershipsResponse:
        async with call.db.read() as unit:
            found = await Shops(unit).memberships([UUID(user_id) for user_id in request.user_ids])
        return pb.ListMembershipsResponse(memberships=[_membership(membership) for membership in found])

    async def BatchGetShops(self, request: pb.BatchGetShopsRequest, call: Call) -> pb.BatchGetShopsResponse:
        async with call.db.read() as unit:
            found = await Shops(unit).by_ids([UUID(shop_id) for shop_id in request.shop_ids])
        return pb.BatchGetShopsResponse(shops=[_summary(shop) for shop in found])

    async def ListShopMembers(self, request: pb.ListShopMembersRequest, call: Call) -> pb.ListShopMembersResponse:
        async with call.db.read() as unit:
            user_ids = await Shops(unit).members(UUID(request.shop_id))
        return pb.ListShopMembersResponse(user_ids=[str(user_id) for user_id in user_ids])

    async def CheckInvariants(
        self, request: invariants_pb2.CheckInvariantsRequest, call: Call
    ) -> invariants_pb2.CheckInvariantsResponse:
        result = await self.node.verify_delivery(request.settle_seconds or SETTLE_SECONDS)
        return invariants_pb2.CheckInvariantsResponse(results=[result])


def _page_of(shop: Shop) -> shop_pb2.Shop:
    """A shop as everybody sees it."""
    return shop_pb2.Shop(
        shop_id=str(shop.shop_id),
        name=shop.name,
        description=shop.description,
        state=_state(shop.state),
        country=shop.country,
        currency=shop.currency,
        create_time=shop.create_time,
        update_time=shop.update_time,
        verify_time=shop.verify_time,
    )


def _shop(shop: Shop) -> shop_pb2.Shop:
    """A shop as its members and staff see it."""
    message = _page_of(shop)
    message.commission_bps = shop.commission_bps
    message.owner_user_id = str(shop.owner_user_id)
    if shop.state is ShopState.SUSPENDED:
        message.suspend_reason = shop.suspend_reason
    return message


def _summary(shop: Shop) -> shop_pb2.ShopSummary:
    return shop_pb2.ShopSummary(
        shop_id=str(shop.shop_id),
        name=shop.name,
        state=_state(shop.state),
        country=shop.country,
        currency=shop.currency,
        commission_bps=shop.commission_bps,
        version=shop.version,
    )


def _membership(membership: Membership) -> shop_pb2.Membership:
    return shop_pb2.Membership(
        shop_id=str(membership.shop_id),
        role=shop_pb2.MemberRole.Value.Value(membership.role),
        shop_state=_state(membership.shop_state),
        user_id=str(membership.user_id),
    )


def _state(state: ShopState) -> shop_pb2.ShopState.Value:
    return shop_pb2.ShopState.Value.Value(state.value)


def _after(page_token: str) -> UUID | None:
    key = decode_page(page_token)
    return UUID(str(key[0])) if key else None


def _next(shops: list[Shop], size: int) -> str:
    """The token of the next page, where one shop more than the page was found."""
    return encode_page((str(shops[size - 1].shop_id),)) if len(shops) > size else ""
