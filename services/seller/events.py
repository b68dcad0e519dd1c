"""Domain events as the contract has them."""

from typing import TypeAlias

from souk.seller.v1 import seller_events_pb2 as pb

from services.seller.domain import Happening, ShopEvent

ShopMessage: TypeAlias = pb.ShopApplied | pb.ShopVerified | pb.ShopSuspended | pb.ShopUpdated

_MESSAGES: dict[Happening, type[ShopMessage]] = {
    Happening.APPLIED: pb.ShopApplied,
    Happening.VERIFIED: pb.ShopVerified,
    Happening.SUSPENDED: pb.ShopSuspended,
    Happening.UPDATED: pb.ShopUpdated,
}


def to_message(event: ShopEvent) -> ShopMessage:
    """The event as it is published, with all that a copy of the shop needs."""
    shop = event.shop
    return _MESSAGES[event.happening](
        shop_id=str(shop.shop_id),
        name=shop.name,
        owner_user_id=str(shop.owner_user_id),
        country=shop.country,
        currency=shop.currency,
        commission_bps=shop.commission_bps,
        state=shop.state.value,
        version=shop.version,
    )
