"""The use cases of seller."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from mesh.principal import Principal
from services.seller.domain import Happening, Shop, ShopEvent, ShopState, apply_for_shop, refuse_too_many


class Shops(Protocol):
    """Shops that may be changed."""

    async def count_owned(self, user_id: UUID) -> int: ...
    async def lock(self, shop_id: UUID, principal: Principal) -> Shop: ...
    async def add(self, shop: Shop) -> Shop: ...
    async def save(self, shop: Shop) -> Shop: ...
    def publish(self, event: ShopEvent) -> None: ...


class Trail(Protocol):
    """The audit trail."""

    def audit(self, resource_id: UUID, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None: ...


async def create_shop(shops: Shops, application: Shop, now: datetime, *, auto_verify: bool) -> Shop:
    """Take in an application, and verify it at once where the market does so by itself."""
    applied = apply_for_shop(application)
    refuse_too_many(await shops.count_owned(application.owner_user_id))
    shop = await shops.add(applied.shop)
    shops.publish(applied)
    if not auto_verify:
        return shop
    return await _save(shops, Happening.VERIFIED, shop.verified(now))


async def update_shop(
    shops: Shops, trail: Trail, shop_id: UUID, principal: Principal, changes: Mapping[str, str]
) -> Shop:
    """Change a shop's page."""
    shop = await shops.lock(shop_id, principal)
    changed = shop.renamed(changes.get("name", shop.name), changes.get("description", shop.description))
    return await _save_audited(shops, trail, Happening.UPDATED, shop, changed)


async def verify_shop(shops: Shops, trail: Trail, shop_id: UUID, principal: Principal, now: datetime) -> Shop:
    """Let a shop sell; one that does stays as it is."""
    shop = await shops.lock(shop_id, principal)
    if shop.state is ShopState.VERIFIED:
        return shop
    return await _save_audited(shops, trail, Happening.VERIFIED, shop, shop.verified(now))


async def suspend_shop(shops: Shops, trail: Trail, shop_id: UUID, principal: Principal, reason: str) -> Shop:
    """Stop a shop from selling; one that does not stays as it is."""
    shop = await shops.lock(shop_id, principal)
    if shop.state is ShopState.SUSPENDED:
        return shop
    return await _save_audited(shops, trail, Happening.SUSPENDED, shop, shop.suspended(reason))


async def _save_audited(shops: Shops, trail: Trail, happening: Happening, before: Shop, after: Shop) -> Shop:
    trail.audit(before.shop_id, _state(before), _state(after))
    return await _save(shops, happening, after)


async def _save(shops: Shops, happening: Happening, shop: Shop) -> Shop:
    saved = await shops.save(shop)
    shops.publish(ShopEvent(happening, saved))
    return saved


def _state(shop: Shop) -> Mapping[str, Any]:
    return {"name": shop.name, "state": shop.state.value, "version": shop.version}
