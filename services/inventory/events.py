"""Inventory's events as messages."""

import uuid
from collections.abc import Iterable

from souk.inventory.v1 import inventory_events_pb2 as events_pb2
from souk.inventory.v1 import reservation_pb2

from services.inventory.domain.reservation import Line
from services.inventory.domain.stock import Stock


def stock_changed(stock: Stock) -> events_pb2.StockChanged:
    return events_pb2.StockChanged(
        variant_id=str(stock.variant_id),
        shop_id=str(stock.shop_id),
        on_hand=stock.on_hand,
        reserved=stock.reserved,
        available=stock.available,
        version=stock.version,
    )


def stock_low(stock: Stock) -> events_pb2.StockLow:
    return events_pb2.StockLow(
        variant_id=str(stock.variant_id),
        shop_id=str(stock.shop_id),
        available=stock.available,
        threshold=stock.low_stock_threshold,
    )


def stock_reserved(order_id: uuid.UUID, lines: Iterable[Line]) -> events_pb2.StockReserved:
    return events_pb2.StockReserved(order_id=str(order_id), lines=lines_to_proto(lines))


def stock_released(order_id: uuid.UUID, lines: Iterable[Line], *, restocked: bool) -> events_pb2.StockReleased:
    return events_pb2.StockReleased(order_id=str(order_id), lines=lines_to_proto(lines), restocked=restocked)


def stock_committed(order_id: uuid.UUID, lines: Iterable[Line]) -> events_pb2.StockCommitted:
    return events_pb2.StockCommitted(order_id=str(order_id), lines=lines_to_proto(lines))


def lines_to_proto(lines: Iterable[Line]) -> list[reservation_pb2.ReservationLine]:
    return [reservation_pb2.ReservationLine(variant_id=str(line.variant_id), quantity=line.quantity) for line in lines]
