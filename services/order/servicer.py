"""OrderService: decodes, calls the handler, encodes."""

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from souk.mesh.v1 import invariants_pb2
from souk.money.v1 import money_pb2
from souk.order.v1 import order_pb2, order_service_pb2, seller_order_pb2
from souk.order.v1.order_service_pb2_grpc import OrderServiceServicer

from mesh import money
from mesh.call import Call
from mesh.errors import InvalidArgument
from mesh.idempotency import CallKey
from mesh.keyring import Keyring
from mesh.money import Money, UnknownCurrency
from services.order import messages
from services.order.domain.part import summed
from services.order.domain.request import PaymentSource, PlaceRequest
from services.order.handlers.cancel import Cancelling
from services.order.handlers.market import Market
from services.order.handlers.pay import Paying
from services.order.handlers.place import Checkout
from services.order.handlers.quote import quote_order
from services.order.handlers.sending import Sending
from services.order.invariants import Checks
from services.order.repository import lists
from services.order.repository.lists import Asked, Summary
from services.order.repository.orders import Orders
from services.order.settings import OrderSettings

# What a caller's time is shortened by, so that the order can still be told as it stands; in seconds.
_MARGIN = 0.5


class OrderServicer(OrderServiceServicer):
    """Checkout, orders and their parts for the sellers."""

    def __init__(
        self,
        orders: Orders,
        keyring: Keyring,
        market: Market,
        checkout: Checkout,
        paying: Paying,
        cancelling: Cancelling,
        sending: Sending,
        checks: Checks,
        settings: OrderSettings,
    ) -> None:
        self._orders = orders
        self._keyring = keyring
        self._market = market
        self._checkout = checkout
        self._paying = paying
        self._cancelling = cancelling
        self._sending = sending
        self._checks = checks
        self._settings = settings

    async def QuoteOrder(self, _: order_service_pb2.QuoteOrderRequest, call: Call) -> order_pb2.Quote:
        return await quote_order(call.uow, self._market, call.principal.user_id, self._settings.quote_seconds)

    async def PlaceOrder(self, request: order_service_pb2.PlaceOrderRequest, call: Call) -> bytes:
        asked = PlaceRequest(
            shipping_address=messages.address_of(request.shipping_address),
            billing_address=messages.address_of(
                request.billing_address if request.HasField("billing_address") else request.shipping_address
            ),
            sources=_sources(request.payments),
            expected_total=_money(request.expected_total) if request.HasField("expected_total") else None,
            quote_id=UUID(request.quote_id) if request.quote_id else None,
        )
        key = CallKey.of(call, request)
        return await self._checkout.place_order(call.principal.user_id, asked, key, _until(call))

    async def PayOrder(self, request: order_service_pb2.PayOrderRequest, call: Call) -> bytes:
        sources, key = _sources(request.payments), CallKey.of(call, request)
        return await self._paying.pay_order(UUID(request.order_id), sources, key, _until(call))

    async def CancelOrder(self, request: order_service_pb2.CancelOrderRequest, call: Call) -> bytes:
        key = CallKey.of(call, request) if call.idempotency_key else None
        return await self._cancelling.cancel_order(UUID(request.order_id), call.principal, key, _until(call))

    async def GetOrder(self, request: order_service_pb2.GetOrderRequest, call: Call) -> order_pb2.Order:
        async with call.db.read() as unit:
            order = await self._orders.load(unit, UUID(request.order_id), call.principal)
        return messages.order_message(order)

    async def ListOrders(
        self, request: order_service_pb2.ListOrdersRequest, call: Call
    ) -> order_service_pb2.ListOrdersResponse:
        async with call.db.read() as unit:
            page, token = await lists.list_own(unit, call.principal, _asked(request))
        return order_service_pb2.ListOrdersResponse(orders=map(_summary, page), next_page_token=token)

    async def ListAllOrders(
        self, request: order_service_pb2.ListAllOrdersRequest, call: Call
    ) -> order_service_pb2.ListAllOrdersResponse:
        user_id, shop_id = _optional(request.user_id), _optional(request.shop_id)
        async with call.db.read() as unit:
            page, token = await lists.list_all(unit, _asked(request), user_id, shop_id)
        orders = [_summary(entry, user_id=str(entry.user_id)) for entry in page]
        return order_service_pb2.ListAllOrdersResponse(orders=orders, next_page_token=token)

    async def ListSellerOrders(
        self, request: order_service_pb2.ListSellerOrdersRequest, call: Call
    ) -> order_service_pb2.ListSellerOrdersResponse:
        async with call.db.read() as unit:
            page, token = await lists.list_parts(unit, self._keyring, UUID(request.shop_id), _asked(request))
        parts = [messages.listed_part_message(head, part, for_seller=True) for head, part in page]
        return order_service_pb2.ListSellerOrdersResponse(seller_orders=parts, next_page_token=token)

    async def GetSellerOrder(
        self, request: order_service_pb2.GetSellerOrderRequest, call: Call
    ) -> seller_order_pb2.SellerOrder:
        async with call.db.read() as unit:
            order, part = await self._orders.load_part(unit, *_part(request), call.principal)
        return messages.part_message(order, part, for_seller=True)

    async def ProcessSellerOrder(
        self, request: order_service_pb2.ProcessSellerOrderRequest, call: Call
    ) -> seller_order_pb2.SellerOrder:
        moved = await self._sending.process(call.uow, *_part(request), call.principal)
        return messages.part_message(*moved, for_seller=True)

    async def ShipSellerOrder(
        self, request: order_service_pb2.ShipSellerOrderRequest, call: Call
    ) -> seller_order_pb2.SellerOrder:
        quantities = summed((UUID(line.line_id), line.quantity) for line in request.lines)
        moved = await self._sending.ship(
            call.uow, *_part(request), call.principal, request.carrier, request.tracking_number, quantities
        )
        return messages.part_message(*moved, for_seller=True)

    async def DeliverSellerOrder(
        self, request: order_service_pb2.DeliverSellerOrderRequest, call: Call
    ) -> seller_order_pb2.SellerOrder:
        moved = await self._sending.deliver(call.uow, *_part(request), call.principal)
        return messages.part_message(*moved, for_seller=True)

    async def UpdateOrderStatus(
        self, request: order_service_pb2.UpdateOrderStatusRequest, call: Call
    ) -> seller_order_pb2.SellerOrder:
        moved = await self._sending.move(
            call.uow,
            UUID(request.order_id),
            _optional(request.shop_id),
            call.principal,
            messages.status_of_value(request.status),
            request.carrier,
            request.tracking_number,
        )
        return messages.part_message(*moved, for_seller=True)

    async def CheckInvariants(
        self, request: invariants_pb2.CheckInvariantsRequest, _: Call
    ) -> invariants_pb2.CheckInvariantsResponse:
        return await self._checks.run(request.settle_seconds)


def _until(call: Call) -> float:
    return time.monotonic() + max(0.0, call.remaining() - _MARGIN)


def _optional(text: str) -> UUID | None:
    return UUID(text) if text else None


def _part(request: Any) -> tuple[UUID, UUID]:
    return UUID(request.seller_order_id), UUID(request.shop_id)


def _asked(request: Any) -> Asked:
    status = messages.status_of_value(request.status) if request.HasField("status") else None
    return Asked(status, request.page_size, request.page_token)


def _summary(entry: Summary, *, user_id: str = "") -> order_pb2.OrderSummary:
    return order_pb2.OrderSummary(
        order_id=str(entry.order_id),
        order_number=entry.order_number,
        status=entry.status,
        total=money.to_proto(entry.total),
        place_time=messages.timestamp(entry.place_time),
        item_count=entry.item_count,
        user_id=user_id,
    )


def _sources(messages: Iterable[order_service_pb2.PaymentSource]) -> list[PaymentSource]:
    return [
        PaymentSource(message.provider, message.token, message.saved_method_id, message.wallet, message.save_method)
        for message in messages
    ]


def _money(message: money_pb2.Money) -> Money:
    try:
        return money.from_proto(message)
    except OverflowError:
        text = "is too small"
        raise InvalidArgument(
            "INVALID_FIELDS", f"expectedTotal.amount {text}.", fields={"expectedTotal.amount": text}
        ) from None
    except UnknownCurrency:
        text = f"is {message.currency!r}, which is no ISO 4217 currency"
        raise InvalidArgument(
            "UNKNOWN_CURRENCY", f"expectedTotal.currency {text}.", fields={"expectedTotal.currency": text}
        ) from None
