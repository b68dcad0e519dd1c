"""Between seller's domain and its messages."""

from souk.seller.v1 import shop_pb2

from services.seller.domain import Membership, Shop, ShopState


def page_to_proto(shop: Shop) -> shop_pb2.Shop:
    """A shop as everybody sees it."""
    return shop_pb2.Shop(
        shop_id=str(shop.shop_id),
        name=shop.name,
        description=shop.description,
        state=shop.state.value,
        country=shop.country,
        currency=shop.currency,
        create_time=shop.create_time,
        update_time=shop.update_time,
        verify_time=shop.verify_time,
    )


def shop_to_proto(shop: Shop) -> shop_pb2.Shop:
    """A shop as its members and staff see it."""
    message = page_to_proto(shop)
    message.commission_bps = shop.commission_bps
    message.owner_user_id = str(shop.owner_user_id)
    if shop.state is ShopState.SUSPENDED:
        message.suspend_reason = shop.suspend_reason
    return message


def summary_to_proto(shop: Shop) -> shop_pb2.ShopSummary:
    """What other services may know of a shop."""
    return shop_pb2.ShopSummary(
        shop_id=str(shop.shop_id),
        name=shop.name,
        state=shop.state.value,
        country=shop.country,
        currency=shop.currency,
        commission_bps=shop.commission_bps,
        version=shop.version,
        update_time=shop.update_time,
    )


def membership_to_proto(membership: Membership) -> shop_pb2.Membership:
    """One person's place in one shop."""
    return shop_pb2.Membership(
        shop_id=str(membership.shop_id),
        role=membership.role,
        shop_state=membership.shop_state.value,
        user_id=str(membership.user_id),
    )
