"""Events of carts as messages."""

from souk.cart.v1 import cart_events_pb2

from mesh import money
from services.cart.domain import Cart


def cart_updated(cart: Cart) -> cart_events_pb2.CartUpdated:
    """The cart after a change."""
    return cart_events_pb2.CartUpdated(
        cart_id=str(cart.cart_id),
        user_id=str(cart.user_id or ""),
        version=cart.version,
        item_count=cart.item_count,
        lines=[
            cart_events_pb2.CartEventLine(
                variant_id=str(item.variant_id),
                product_id=str(item.product_id),
                shop_id=str(item.shop_id),
                quantity=item.quantity,
                unit_price=money.to_proto(item.price),
            )
            for item in cart.items.values()
        ],
    )


def cart_abandoned(cart: Cart) -> cart_events_pb2.CartAbandoned:
    """The cart as it was left."""
    return cart_events_pb2.CartAbandoned(
        cart_id=str(cart.cart_id), user_id=str(cart.user_id or ""), version=cart.version, item_count=cart.item_count
    )
