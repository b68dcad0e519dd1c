"""What becomes of shops, with shops in memory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from mesh.errors import FailedPrecondition, NotFound
from mesh.principal import Principal
from services.seller.domain import Happening, Shop, ShopEvent, ShopState
from services.seller.handlers import create_shop, suspend_shop, update_shop, verify_shop

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = UUID(int=2)
LOOM = Shop(UUID(int=1), OWNER, "Loom", "Cloth", "DE", "EUR", 1000)
STAFF = Principal(subject=str(UUID(int=9)), roles=frozenset({"ADMIN"}))


class FakeShops:
    """Shops in memory, which are the audit trail too."""

    def __init__(self, *shops: Shop) -> None:
        self.shops = {shop.shop_id: shop for shop in shops}
        self.happenings: list[Happening] = []
        self.trail: list[tuple[Any, Any]] = []

    async def count_owned(self, user_id: UUID) -> int:
        return sum(shop.owner_user_id == user_id for shop in self.shops.values())

    async def lock(self, shop_id: UUID, principal: Principal) -> Shop:
        if not principal.is_admin and not principal.can_act_for(shop_id):
            raise NotFound("SHOP_NOT_FOUND")
        return self.shops[shop_id]

    async def add(self, shop: Shop) -> Shop:
        self.shops[shop.shop_id] = shop
        return shop

    async def save(self, shop: Shop) -> Shop:
        self.shops[shop.shop_id] = shop
        return shop

    def publish(self, event: ShopEvent) -> None:
        self.happenings.append(event.happening)

    def audit(self, resource_id: UUID, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
        del resource_id
        self.trail.append((before, after))


class TestCreateShop:
    async def test_waits_for_staff(self) -> None:
        shops = FakeShops()
        shop = await create_shop(shops, LOOM, NOW, auto_verify=False)
        assert shop.state is ShopState.PENDING
        assert shops.happenings == [Happening.APPLIED]

    async def test_is_open_at_once_where_the_market_verifies_by_itself(self) -> None:
        shops = FakeShops()
        shop = await create_shop(shops, LOOM, NOW, auto_verify=True)
        assert (shop.state, shop.version, shop.verify_time) == (ShopState.VERIFIED, 2, NOW)
        assert shops.happenings == [Happening.APPLIED, Happening.VERIFIED]

    async def test_refuses_one_shop_too_many(self) -> None:
        shops = FakeShops(*(replace(LOOM, shop_id=UUID(int=100 + number)) for number in range(20)))
        with pytest.raises(FailedPrecondition, match="TOO_MANY_SHOPS"):
            await create_shop(shops, LOOM, NOW, auto_verify=True)
        assert shops.happenings == []


class TestVerifyShop:
    async def test_keeps_before_and_after(self) -> None:
        shops = FakeShops(LOOM)
        await verify_shop(shops, shops, LOOM.shop_id, STAFF, NOW)
        ((before, after),) = shops.trail
        assert (before["state"], after["state"]) == ("PENDING", "VERIFIED")

    async def test_leaves_a_verified_shop_as_it_is(self) -> None:
        shops = FakeShops(LOOM.verified(NOW))
        shop = await verify_shop(shops, shops, LOOM.shop_id, STAFF, NOW)
        assert (shop.version, shops.happenings) == (2, [])


class TestSuspendShop:
    async def test_tells_the_market(self) -> None:
        shops = FakeShops(LOOM.verified(NOW))
        await suspend_shop(shops, shops, LOOM.shop_id, STAFF, "fakes")
        assert shops.happenings == [Happening.SUSPENDED]


class TestUpdateShop:
    async def test_changes_what_is_sent(self) -> None:
        shops = FakeShops(LOOM)
        owner = Principal(subject=str(OWNER), roles=frozenset({"SELLER"}), tenants=frozenset({str(LOOM.shop_id)}))
        shop = await update_shop(shops, shops, LOOM.shop_id, owner, {"description": ""})
        assert (shop.name, shop.description, shop.version) == ("Loom", "", 2)
        assert shops.happenings == [Happening.UPDATED]
