"""CartService: decodes, calls the handler, encodes."""

from uuid import UUID

from souk.cart.v1 import cart_pb2, cart_service_pb2
from souk.cart.v1.cart_service_pb2_grpc import CartServiceServicer
from souk.mesh.v1 import invariants_pb2

from mesh import money
from mesh.call import Call
from mesh.ids import hash_secret
from services.cart import handlers, invariants, repository
from services.cart.domain import Capped, CartView, Line
from services.cart.handlers import Market
from services.cart.repository import Owner

TOKEN_HEADER = "x-cart-token"  # noqa: S105  # the name of a header


def _owner(call: Call) -> Owner:
    if call.principal.is_person:
        return Owner(user_id=call.principal.user_id)
    token = call.headers.get(TOKEN_HEADER)
    return Owner(token_hash=hash_secret(token) if token else None)


class CartServicer(CartServiceServicer):
    """Carts of customers and guests."""

    def __init__(self, market: Market, checks: invariants.Checks) -> None:
        self._market = market
        self._checks = checks

    async def GetCart(self, _: cart_service_pb2.GetCartRequest, call: Call) -> cart_pb2.Cart:
        return _cart(await handlers.get_cart(call.db, self._market, _owner(call)))

    async def AddCartItem(self, request: cart_service_pb2.AddCartItemRequest, call: Call) -> cart_pb2.Cart:
        # With a key the effect shares its transaction with the answer that is kept.
        alone = call.idempotency_key is None
        shown, secret = await handlers.add_item(
            call.db, call.uow, self._market, _owner(call), UUID(request.variant_id), request.quantity, alone=alone
        )
        return _cart(shown, secret=secret)

    async def UpdateCartItem(self, request: cart_service_pb2.UpdateCartItemRequest, call: Call) -> cart_pb2.Cart:
        item_id = UUID(request.item_id)
        return _cart(
            await handlers.update_item(call.db, call.uow, self._market, _owner(call), item_id, request.quantity)
        )

    async def RemoveCartItem(self, request: cart_service_pb2.RemoveCartItemRequest, call: Call) -> cart_pb2.Cart:
        return _cart(await handlers.remove_item(call.db, call.uow, self._market, _owner(call), UUID(request.item_id)))

    async def ClearCart(self, _: cart_service_pb2.ClearCartRequest, call: Call) -> cart_pb2.Cart:
        return _cart(await handlers.clear_cart(call.uow, self._market, _owner(call)))

    async def MergeCart(self, request: cart_service_pb2.MergeCartRequest, call: Call) -> cart_pb2.Cart:
        shown, capped = await handlers.merge_cart(
            call.db, call.uow, self._market, call.principal.user_id, request.cart_token
        )
        return _cart(shown, capped=capped)

    async def GetCheckoutCart(
        self, request: cart_service_pb2.GetCheckoutCartRequest, call: Call
    ) -> cart_pb2.CheckoutCart:
        async with call.db.read() as unit:
            cart = await repository.find_cart(unit, Owner(user_id=UUID(request.user_id)))
        if cart is None:
            return cart_pb2.CheckoutCart()
        items = [
            cart_pb2.CheckoutItem(
                item_id=str(item.item_id),
                variant_id=str(item.variant_id),
                product_id=str(item.product_id),
                shop_id=str(item.shop_id),
                title=item.title,
                quantity=item.quantity,
                unit_price=money.to_proto(item.price),
            )
            for item in cart.items.values()
        ]
        return cart_pb2.CheckoutCart(
            cart_id=str(cart.cart_id), version=cart.version, currency=cart.currency, items=items
        )

    async def CheckInvariants(
        self, request: invariants_pb2.CheckInvariantsRequest, _: Call
    ) -> invariants_pb2.CheckInvariantsResponse:
        return await self._checks.run(request.settle_seconds)


def _cart(shown: CartView, *, secret: str = "", capped: list[Capped] | None = None) -> cart_pb2.Cart:
    subtotal = money.to_proto(shown.subtotal)
    return cart_pb2.Cart(
        cart_id=str(shown.cart_id or ""),
        version=shown.version,
        currency=shown.currency,
        items=[_item(line) for line in shown.lines],
        subtotal=subtotal,
        total=subtotal,
        item_count=shown.item_count,
        cart_token=secret,
        capped=[_capped(cut) for cut in capped or ()],
    )


def _item(line: Line) -> cart_pb2.CartItem:
    item, offer = line.item, line.offer
    return cart_pb2.CartItem(
        item_id=str(item.item_id),
        variant_id=str(item.variant_id),
        product_id=str(item.product_id),
        shop_id=str(item.shop_id),
        shop_name=offer.shop_name if offer else "",
        title=offer.title if offer else item.title,
        sku=offer.sku if offer else "",
        options=dict(offer.options) if offer else {},
        image_url=offer.image_url if offer else "",
        quantity=item.quantity,
        unit_price=money.to_proto(line.unit_price),
        line_total=money.to_proto(line.total),
        available=line.available,
        price_changed=line.price_changed,
        price_when_added=money.to_proto(item.price),
        purchasable=line.purchasable,
    )


def _capped(cut: Capped) -> cart_pb2.CappedItem:
    return cart_pb2.CappedItem(
        variant_id=str(cut.variant_id),
        asked=cut.asked,
        kept=cut.kept,
        reason=cut.reason,
    )
