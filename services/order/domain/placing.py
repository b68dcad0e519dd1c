"""Making an order of a priced cart."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from mesh.ids import new_id, new_order_number
from services.order.domain.attempt import Attempt
from services.order.domain.order import Order
from services.order.domain.part import Line, Part
from services.order.domain.pricing import PricedCart, PricedLine, sums_of
from services.order.domain.request import PlaceRequest


def new_order(
    user_id: UUID, cart: PricedCart, request: PlaceRequest, attempts: Sequence[Attempt], place_key: str, now: datetime
) -> Order:
    """An open order of the cart, with every id that its way to the end needs."""
    # In the order of the cart, by which lines are shown.
    lines = {id(priced): _line(priced) for priced in cart.lines}
    order = Order(
        order_id=new_id(),
        order_number=new_order_number(),
        user_id=user_id,
        cart_id=cart.cart_id,
        cart_version=cart.version,
        place_key=place_key,
        sums=cart.sums,
        parts=[
            Part(new_id(), shop.shop_id, sums_of(own, cart.currency), [lines[id(priced)] for priced in own])
            for shop, own in cart.by_shop()
        ],
        shipping_address=request.shipping_address,
        billing_address=request.billing_address,
        place_time=now,
        attempts=list(attempts),
    )
    order.placed()
    return order


def _line(priced: PricedLine) -> Line:
    offer = priced.offer
    return Line(
        line_id=new_id(),
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        shop_id=offer.shop_id,
        title=offer.title,
        sku=offer.sku,
        options=offer.options,
        image_url=offer.image_url,
        quantity=priced.quantity,
        unit_price=offer.price,
        discount=priced.discount,
        shipping=priced.shipping,
        tax=priced.tax,
        commission_bps=priced.shop.commission_bps,
        commission=priced.commission,
    )
