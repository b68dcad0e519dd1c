"""Pages of orders and of sellers' parts, newest first: ids follow the time, so a page begins after an id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, exists, select

from mesh.database import ReadUnit, Record
from mesh.errors import InvalidArgument
from mesh.keyring import Keyring
from mesh.money import Money
from mesh.page import decode_page, encode_page, page_size
from mesh.principal import Principal
from mesh.statement import any_of, statement
from services.order.domain.part import Line, Part, PartHead, Shipment
from services.order.domain.status import OrderStatus
from services.order.repository import rows
from services.order.repository.orders import SHIPPING_ADDRESS, address_of
from services.order.tables import order_lines, orders, seller_orders, shipments

_LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Summary:
    """An order in a list."""

    order_id: UUID
    user_id: UUID
    order_number: str
    status: str
    total: Money
    place_time: datetime
    item_count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page is asked for. `status` None means all."""

    status: OrderStatus | None
    page_size: int
    page_token: str

    @property
    def before(self) -> UUID:
        """The id that the page begins after."""
        key = decode_page(self.page_token)
        try:
            return _LAST if key is None else UUID(str(key[0]))
        except (ValueError, IndexError):
            raise InvalidArgument("INVALID_PAGE_TOKEN", "The page token is of another list.") from None

    @property
    def size(self) -> int:
        """How many entries the page has at most."""
        return page_size(self.page_size)


def _unless_none(name: str, condition: ColumnElement[bool], kind: Any) -> ColumnElement[bool]:
    return bindparam(name, type_=kind).is_(None) | condition


_SUMMARY = (
    orders.c.id,
    orders.c.user_id,
    orders.c.order_number,
    orders.c.status,
    orders.c.currency,
    orders.c.total_amount,
    orders.c.place_time,
    orders.c.item_count,
)
_of_status = _unless_none("status", orders.c.status == bindparam("status"), orders.c.status.type)
_page = (
    select(*_SUMMARY)
    .where(orders.c.id < bindparam("before"), _of_status)
    .order_by(orders.c.id.desc())
    .limit(bindparam("most"))
)
_OF_USER = statement(_page.where(orders.c.user_id == bindparam("user_id")))
_OF_ALL = statement(
    _page.where(
        _unless_none("user_id", orders.c.user_id == bindparam("user_id"), orders.c.user_id.type),
        _unless_none(
            "shop_id",
            exists().where(seller_orders.c.order_id == orders.c.id, seller_orders.c.shop_id == bindparam("shop_id")),
            seller_orders.c.shop_id.type,
        ),
    )
)
_PARTS = statement(
    select(
        *seller_orders.c,
        orders.c.order_number,
        orders.c.user_id,
        orders.c.shipping_address_sealed,
        orders.c.place_time,
    )
    .join(orders, orders.c.id == seller_orders.c.order_id)
    .where(
        seller_orders.c.shop_id == bindparam("shop_id"),
        seller_orders.c.confirm_time.is_not(None),
        seller_orders.c.id < bindparam("before"),
        _unless_none("status", seller_orders.c.status == bindparam("status"), seller_orders.c.status.type),
    )
    .order_by(seller_orders.c.id.desc())
    .limit(bindparam("most"))
)
_LINES = statement(
    select(*order_lines.c).where(order_lines.c.seller_order_id == any_of("part_ids", Uuid)).order_by(order_lines.c.id)
)
_SHIPMENTS = statement(
    select(*shipments.c).where(shipments.c.seller_order_id == any_of("part_ids", Uuid)).order_by(shipments.c.id)
)


def _next_token(found: Sequence[Record], size: int) -> str:
    return encode_page((str(found[size - 1]["id"]),)) if len(found) > size else ""


def _summary(row: Record) -> Summary:
    return Summary(
        order_id=row["id"],
        user_id=row["user_id"],
        order_number=row["order_number"],
        status=row["status"],
        total=Money(row["currency"], row["total_amount"]),
        place_time=row["place_time"],
        item_count=row["item_count"],
    )


async def list_own(unit: ReadUnit, principal: Principal, asked: Asked) -> tuple[list[Summary], str]:
    """A page of the caller's orders, and the token of the next one."""
    found = await unit.fetch(
        _OF_USER, user_id=principal.user_id, status=asked.status, before=asked.before, most=asked.size + 1
    )
    return [_summary(row) for row in found[: asked.size]], _next_token(found, asked.size)


async def list_all(
    unit: ReadUnit, asked: Asked, user_id: UUID | None, shop_id: UUID | None
) -> tuple[list[Summary], str]:
    """A page of everybody's orders, and the token of the next one."""
    found = await unit.fetch(
        _OF_ALL, user_id=user_id, shop_id=shop_id, status=asked.status, before=asked.before, most=asked.size + 1
    )
    return [_summary(row) for row in found[: asked.size]], _next_token(found, asked.size)


async def list_parts(
    unit: ReadUnit, keyring: Keyring, shop_id: UUID, asked: Asked
) -> tuple[list[tuple[PartHead, Part]], str]:
    """A page of a shop's parts of paid orders, and the token of the next one."""
    found = await unit.fetch(_PARTS, shop_id=shop_id, status=asked.status, before=asked.before, most=asked.size + 1)
    page = found[: asked.size]
    part_ids = [row["id"] for row in page]
    lines: dict[UUID, list[Line]] = {part_id: [] for part_id in part_ids}
    for line in await unit.fetch(_LINES, part_ids=part_ids):
        lines[line["seller_order_id"]].append(rows.line_of(line))
    sent: dict[UUID, list[Shipment]] = {part_id: [] for part_id in part_ids}
    for shipment in await unit.fetch(_SHIPMENTS, part_ids=part_ids):
        sent[shipment["seller_order_id"]].append(rows.shipment_of(shipment))
    sealed = [(row["user_id"], row["shipping_address_sealed"]) for row in page]
    addresses = await keyring.open_many(unit, sealed, SHIPPING_ADDRESS)
    parts = [
        (
            PartHead(row["order_id"], row["order_number"], row["status"], address_of(address), row["place_time"]),
            rows.part_of(row, lines[row["id"]], sent[row["id"]]),
        )
        for row, address in zip(page, addresses, strict=True)
    ]
    return parts, _next_token(found, asked.size)
