"""Shops, through the mesh on a real store."""

from typing import Any

import pytest
from souk.seller.v1 import seller_service_pb2 as pb
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub
from souk.seller.v1.shop_pb2 import MemberRole, ShopState

from mesh.errors import InvalidArgument, NotFound, PermissionDenied
from mesh.principal import ANONYMOUS, Principal, acting_as
from tests.services.market import Market

ADA = Principal(subject="01890000-0000-8000-8000-00000000000a", roles=frozenset({"CUSTOMER"}))
BOB = Principal(subject="01890000-0000-8000-8000-00000000000b", roles=frozenset({"CUSTOMER"}))
STAFF = Principal(subject="01890000-0000-8000-8000-00000000000c", roles=frozenset({"CUSTOMER", "ADMIN"}))
NOBODY = "01890000-0000-8000-8000-000000000001"


@pytest.fixture
def seller(market: Market) -> Any:
    return market.stub(SellerServiceStub)


async def create(seller: Any, owner: Principal = ADA, **fields: str) -> Any:
    with acting_as(owner):
        values = {"name": "Loom", "country": "DE", "currency": "EUR", **fields}
        return await seller.CreateShop(pb.CreateShopRequest(**values))


async def move(seller: Any, request: Any) -> Any:
    """A move by staff."""
    with acting_as(STAFF):
        verb = seller.VerifyShop if isinstance(request, pb.VerifyShopRequest) else seller.SuspendShop
        return await verb(request)


class TestCreateShop:
    async def test_waits_for_staff(self, market: Market, seller: Any) -> None:
        shop = await create(seller, description="Cloth")
        assert (shop.state, shop.commission_bps, shop.owner_user_id) == (ShopState.PENDING, 1000, ADA.subject)
        assert await market.events("seller") == ["ShopApplied"]

    async def test_is_open_at_once_where_the_market_verifies_by_itself(self, quick_market: Market) -> None:
        shop = await create(quick_market.stub(SellerServiceStub))
        assert shop.state == ShopState.VERIFIED
        assert await quick_market.events("seller") == ["ShopApplied", "ShopVerified"]

    async def test_refuses_a_currency_that_does_not_exist(self, market: Market, seller: Any) -> None:
        with pytest.raises(InvalidArgument, match="UNKNOWN_CURRENCY"):
            await create(seller, currency="EUX")
        assert await market.events("seller") == []


class TestGetShop:
    async def test_shows_a_verified_shop_to_everybody_without_its_inside(self, seller: Any) -> None:
        shop = await create(seller)
        await move(seller, pb.VerifyShopRequest(shop_id=shop.shop_id))
        with acting_as(ANONYMOUS):
            page = await seller.GetShop(pb.GetShopRequest(shop_id=shop.shop_id))
        assert page.name == "Loom"
        assert not page.HasField("owner_user_id")
        assert not page.HasField("commission_bps")

    async def test_hides_one_that_is_not_verified_from_all_but_members_and_staff(self, seller: Any) -> None:
        shop = await create(seller)
        request = pb.GetShopRequest(shop_id=shop.shop_id)
        for reader in (ADA, STAFF):
            with acting_as(reader):
                assert (await seller.GetShop(request)).commission_bps == 1000
        for stranger in (BOB, ANONYMOUS):
            with acting_as(stranger), pytest.raises(NotFound, match="SHOP_NOT_FOUND"):
                await seller.GetShop(request)


class TestMoves:
    async def test_are_told_in_order_with_the_shop_as_it_is(self, market: Market, seller: Any) -> None:
        shop = await create(seller)
        await move(seller, pb.VerifyShopRequest(shop_id=shop.shop_id))
        stopped = await move(seller, pb.SuspendShopRequest(shop_id=shop.shop_id, reason="fakes"))
        rows = await market.rows(
            "SELECT aggregate_version FROM seller.outbox WHERE type LIKE '%Shop%' ORDER BY position"
        )
        assert (stopped.state, stopped.suspend_reason) == (ShopState.SUSPENDED, "fakes")
        assert [row["aggregate_version"] for row in rows] == [1, 2, 3]

    async def test_are_staffs_alone(self, seller: Any) -> None:
        shop = await create(seller)
        with acting_as(ADA), pytest.raises(PermissionDenied):
            await seller.VerifyShop(pb.VerifyShopRequest(shop_id=shop.shop_id))

    async def test_need_a_shop(self, seller: Any) -> None:
        with pytest.raises(NotFound, match="SHOP_NOT_FOUND"):
            await move(seller, pb.VerifyShopRequest(shop_id=NOBODY))


class TestUpdateShop:
    async def test_is_for_members(self, seller: Any) -> None:
        shop = await create(seller)
        request = pb.UpdateShopRequest(shop_id=shop.shop_id, name="New loom")
        mine = frozenset({shop.shop_id})
        with acting_as(Principal(subject=ADA.subject, roles=frozenset({"SELLER"}), tenants=mine)):
            assert (await seller.UpdateShop(request)).name == "New loom"
        other = Principal(subject=BOB.subject, roles=frozenset({"SELLER"}), tenants=frozenset({NOBODY}))
        with acting_as(other), pytest.raises(NotFound):
            await seller.UpdateShop(request)


class TestLists:
    async def test_show_ones_own_shops_in_pages(self, seller: Any) -> None:
        shops = [await create(seller, name=name) for name in ("Loom", "Kiln", "Forge")]
        await create(seller, BOB)
        with acting_as(ADA):
            first = await seller.ListMyShops(pb.ListMyShopsRequest(page_size=2))
            rest = await seller.ListMyShops(pb.ListMyShopsRequest(page_size=2, page_token=first.next_page_token))
        assert [shop.shop_id for page in (first, rest) for shop in page.shops] == [shop.shop_id for shop in shops]

    async def test_show_staff_who_waits(self, seller: Any) -> None:
        waiting, open_shop = await create(seller), await create(seller, BOB)
        await move(seller, pb.VerifyShopRequest(shop_id=open_shop.shop_id))
        with acting_as(STAFF):
            found = await seller.ListShops(pb.ListShopsRequest(state=ShopState.PENDING))
        assert [shop.shop_id for shop in found.shops] == [waiting.shop_id]


class TestServices:
    """What other services ask, each as itself."""

    async def test_learn_who_belongs_where(self, market: Market, seller: Any) -> None:
        shop = await create(seller)
        identity = market.stub(SellerServiceStub, caller="identity")
        request = pb.ListMembershipsRequest(user_ids=[ADA.subject, BOB.subject])
        (membership,) = (await identity.ListMemberships(request)).memberships
        assert (membership.shop_id, membership.user_id) == (shop.shop_id, ADA.subject)
        assert (membership.role, membership.shop_state) == (MemberRole.OWNER, ShopState.PENDING)

    async def test_learn_what_shops_are_and_who_runs_them(self, market: Market, seller: Any) -> None:
        shop = await create(seller)
        notification = market.stub(SellerServiceStub, caller="notification")
        (summary,) = (await notification.BatchGetShops(pb.BatchGetShopsRequest(shop_ids=[shop.shop_id, NOBODY]))).shops
        members = await notification.ListShopMembers(pb.ListShopMembersRequest(shop_id=shop.shop_id))
        assert (summary.name, summary.currency, summary.version) == ("Loom", "EUR", 1)
        assert list(members.user_ids) == [ADA.subject]

    async def test_are_named_in_the_contract(self, market: Market) -> None:
        stranger = market.stub(SellerServiceStub, caller="cart")
        with pytest.raises(PermissionDenied):
            await stranger.ListMemberships(pb.ListMembershipsRequest(user_ids=[ADA.subject]))
