"""Events of orders as messages."""

from collections.abc import Iterable
from typing import Any, TypeVar

from google.protobuf.message import Message
from souk.order.v1 import order_events_pb2

from mesh import money
from mesh.database import UnitOfWork
from services.order.domain.order import Order
from services.order.domain.part import Line, Part, Shipment

M = TypeVar("M", bound=Message)


def _lines(lines: Iterable[tuple[Line, int]]) -> list[order_events_pb2.OrderEventLine]:
    return [
        order_events_pb2.OrderEventLine(
            line_id=str(line.line_id),
            variant_id=str(line.variant_id),
            product_id=str(line.product_id),
            shop_id=str(line.shop_id),
            title=line.title,
            quantity=quantity,
            unit_price=money.to_proto(line.unit_price),
            line_total=money.to_proto(line.total),
        )
        for line, quantity in lines
    ]


def _of_order(event: type[M], order: Order, **more: Any) -> M:
    return event(
        order_id=str(order.order_id),
        order_number=order.order_number,
        user_id=str(order.user_id),
        cart_id=str(order.cart_id),
        cart_version=order.cart_version,
        total=money.to_proto(order.total),
        lines=_lines((line, line.quantity) for line in order.lines),
        **more,
    )


def _of_part(event: type[M], order: Order, part: Part, lines: Iterable[tuple[Line, int]], **more: Any) -> M:
    return event(
        seller_order_id=str(part.seller_order_id),
        order_id=str(order.order_id),
        order_number=order.order_number,
        user_id=str(order.user_id),
        shop_id=str(part.shop_id),
        lines=_lines(lines),
        **more,
    )


def _publish(uow: UnitOfWork, order: Order, event: Message) -> None:
    uow.publish(event, order.order_id, order.version)


def publish_placed(uow: UnitOfWork, order: Order) -> None:
    """order.placed."""
    _publish(uow, order, _of_order(order_events_pb2.OrderPlaced, order))


def publish_paid(uow: UnitOfWork, order: Order) -> None:
    """order.paid."""
    _publish(uow, order, _of_order(order_events_pb2.OrderPaid, order))


def publish_rejected(uow: UnitOfWork, order: Order) -> None:
    """order.rejected."""
    _publish(uow, order, _of_order(order_events_pb2.OrderRejected, order, reason=order.reason))


def publish_cancelled(uow: UnitOfWork, order: Order) -> None:
    """order.cancelled."""
    event = _of_order(
        order_events_pb2.OrderCancelled,
        order,
        reason=order.reason,
        superseded_by_order_id=str(order.superseded_by_id or ""),
        was_paid=order.was_paid,
    )
    _publish(uow, order, event)


def publish_completed(uow: UnitOfWork, order: Order) -> None:
    """order.completed."""
    _publish(uow, order, _of_order(order_events_pb2.OrderCompleted, order))


def publish_processing(uow: UnitOfWork, order: Order, part: Part) -> None:
    """seller_order.processing."""
    lines = ((line, line.quantity) for line in part.lines)
    _publish(uow, order, _of_part(order_events_pb2.SellerOrderProcessing, order, part, lines))


def publish_shipped(uow: UnitOfWork, order: Order, part: Part, shipment: Shipment) -> None:
    """seller_order.shipped."""
    event = _of_part(
        order_events_pb2.SellerOrderShipped,
        order,
        part,
        ((part.line(line_id), quantity) for line_id, quantity in shipment.quantities.items()),
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        complete=not part.open_quantities(),
    )
    _publish(uow, order, event)


def publish_delivered(uow: UnitOfWork, order: Order, part: Part) -> None:
    """seller_order.delivered."""
    lines = ((line, line.quantity) for line in part.lines)
    _publish(uow, order, _of_part(order_events_pb2.SellerOrderDelivered, order, part, lines))
