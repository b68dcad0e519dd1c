"""Between inventory's domain and its messages."""

from collections.abc import Sequence

from souk.inventory.v1 import inventory_service_pb2 as pb2
from souk.inventory.v1 import reservation_pb2, stock_pb2

from mesh.database import Record
from mesh.errors import InvalidArgument
from mesh.page import decode_page, encode_page
from services.inventory.domain.reservation import Reservation
from services.inventory.domain.stock import DEFAULT_LOCATION, Stock
from services.inventory.events import lines_to_proto
from services.inventory.repository.stock import Availability

_NEWEST = 2**63 - 1


def stock_to_proto(stock: Stock, expired_count: int = 0) -> stock_pb2.Stock:
    """The stock; what holds that have run out keep counts as free."""
    message = stock_pb2.Stock(
        variant_id=str(stock.variant_id),
        location=stock.location,
        on_hand=stock.on_hand + stock.held_elsewhere,
        reserved=stock.reserved + stock.held_elsewhere - expired_count,
        available=max(stock.available + expired_count, 0),
        backorder_limit=stock.backorder_limit,
        low_stock_threshold=stock.low_stock_threshold,
        version=stock.variant_version,
    )
    if stock.update_time is not None:
        message.update_time.FromDatetime(stock.update_time)
    return message


def availability_to_stock(found: Availability) -> stock_pb2.Stock:
    return stock_to_proto(found.stock, found.expired_count)


def availability_to_proto(found: Availability) -> stock_pb2.Availability:
    message = stock_pb2.Availability(
        variant_id=str(found.stock.variant_id),
        available=max(found.stock.available + found.expired_count, 0),
        version=found.stock.version,
        expired_count=found.expired_count,
    )
    if found.stock.update_time is not None:
        message.update_time.FromDatetime(found.stock.update_time)
    return message


def counts(stock: Stock) -> dict[str, object]:
    """The state of a stock row for the audit trail."""
    return {
        "onHand": stock.on_hand + stock.held_elsewhere,
        "reserved": stock.reserved + stock.held_elsewhere,
        "backorderLimit": stock.backorder_limit,
        "lowStockThreshold": stock.low_stock_threshold,
        "version": stock.variant_version,
    }


def options_of(request: pb2.SetStockRequest) -> dict[str, int]:
    """The optional parts of a request that are there."""
    names = ("expected_version", "backorder_limit", "low_stock_threshold")
    return {name: getattr(request, name) for name in names if request.HasField(name)}


def reservation_to_proto(reservation: Reservation) -> reservation_pb2.Reservation:
    message = reservation_pb2.Reservation(
        order_id=str(reservation.order_id),
        state=reservation.state.value,
        lines=lines_to_proto(reservation.lines),
    )
    message.expire_time.FromDatetime(reservation.expire_time)
    return message


def before_of(page_token: str) -> tuple[int, str]:
    """The version, and the row of that version, that a page of movements begins below."""
    key = decode_page(page_token)
    if key is None:
        return _NEWEST, ""
    if len(key) != 2 or not isinstance(key[0], int):  # noqa: PLR2004  # version and row
        raise InvalidArgument("INVALID_PAGE_TOKEN", "The page token is of another list.")
    return key[0], str(key[1])


def movements_to_proto(rows: Sequence[Record], size: int) -> pb2.ListMovementsResponse:
    """A page out of one row more than it holds."""
    response = pb2.ListMovementsResponse(movements=[_movement(row) for row in rows[:size]])
    if len(rows) > size:
        response.next_page_token = encode_page((rows[size - 1]["version"], rows[size - 1]["location"]))
    return response


def _movement(row: Record) -> stock_pb2.Movement:
    message = stock_pb2.Movement(
        variant_id=str(row["variant_id"]),
        location=DEFAULT_LOCATION,
        version=row["version"],
        kind=row["kind"],
        on_hand_delta=row["on_hand_delta"],
        reserved_delta=row["reserved_delta"],
        order_id=str(row["order_id"] or ""),
        reason=row["reason"],
    )
    message.create_time.FromDatetime(row["create_time"])
    return message
