"""Orders with all that belongs to them."""

import json
from collections.abc import Callable
from dataclasses import asdict
from uuid import UUID

import asyncpg
from sqlalchemy import Table, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import Aborted, NotFound
from mesh.keyring import Erased, Keyring
from mesh.principal import Principal
from mesh.statement import Statement, as_columns, insert_rows, statement
from services.order.domain.address import Address
from services.order.domain.attempt import Attempt
from services.order.domain.order import Order
from services.order.domain.part import Line, Part, Shipment
from services.order.domain.status import OrderState, PaymentState
from services.order.repository import rows
from services.order.tables import order_lines, order_payments, orders, seller_orders, shipments

SHIPPING_ADDRESS = "shipping_address"
BILLING_ADDRESS = "billing_address"
PAYMENT_TOKEN = "payment_token"  # noqa: S105  # the name of a field


def _insert(table: Table, *without: str) -> Statement:
    columns = [column for column in table.c if column.name not in without]
    return statement(
        insert(table).values({column.name: bindparam(column.name, type_=column.type) for column in columns})
    )


_INSERT_ORDER = _insert(orders, "update_time", "stock_due_time")
_INSERT_PARTS = insert_rows(seller_orders, *(each.name for each in seller_orders.c if each.name != "confirm_time"))
_INSERT_LINES = insert_rows(order_lines, *(each.name for each in order_lines.c if each.name != "shipped_quantity"))
_CHANGING = (
    "state",
    "payment_state",
    "fulfilment_state",
    "status",
    "refunded_amount",
    "history",
    "reason",
    "superseded_by_id",
    "hold_expire_time",
    "pay_time",
    "deliver_time",
    "version",
)
_UPDATE_ORDER = statement(
    update(orders)
    .where(orders.c.id == bindparam("order_id"), orders.c.version == bindparam("present_version"))
    .values(
        {name: bindparam(f"new_{name}", type_=orders.c[name].type) for name in _CHANGING} | {"update_time": func.now()}
    )
)
_UPDATE_PARTS = statement(
    text(
        """
        UPDATE "order".seller_orders SET fulfilment_state = new.fulfilment_state, status = new.status,
            confirm_time = :new_confirm_time
        FROM unnest(cast(:part_ids AS uuid[]), cast(:new_fulfilment_states AS text[]), cast(:new_statuses AS text[]))
            AS new (id, fulfilment_state, status)
        WHERE seller_orders.id = new.id
        """
    ).bindparams(bindparam("new_confirm_time", type_=seller_orders.c.confirm_time.type))
)
_UPDATE_LINE = statement(
    update(order_lines)
    .where(order_lines.c.id == bindparam("line_id"))
    .values(shipped_quantity=bindparam("new_shipped_quantity"))
)
_new_shipment = insert(shipments).values({column.name: bindparam(column.name) for column in shipments.c})
_SAVE_SHIPMENT = statement(
    _new_shipment.on_conflict_do_update(
        index_elements=[shipments.c.id], set_={"deliver_time": _new_shipment.excluded.deliver_time}
    )
)
_new_attempt = insert(order_payments).values(
    {
        column.name: bindparam(column.name, type_=column.type)
        for column in order_payments.c
        if column.name not in {"create_time", "update_time"}
    }
)
_SAVE_ATTEMPT = statement(
    _new_attempt.on_conflict_do_update(
        index_elements=[order_payments.c.id],
        set_={
            "state": _new_attempt.excluded.state,
            "decline_reason": _new_attempt.excluded.decline_reason,
            "token_sealed": _new_attempt.excluded.token_sealed,
            "refunded_amount": _new_attempt.excluded.refunded_amount,
            "update_time": func.now(),
        },
    )
)
_BY_ID = select(*orders.c).where(orders.c.id == bindparam("order_id"))
_LOAD = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_PARTS = statement(
    select(*seller_orders.c).where(seller_orders.c.order_id == bindparam("order_id")).order_by(seller_orders.c.position)
)
_LINES = statement(
    select(*order_lines.c).where(order_lines.c.order_id == bindparam("order_id")).order_by(order_lines.c.id)
)
_ATTEMPTS = statement(
    select(*order_payments.c)
    .where(order_payments.c.order_id == bindparam("order_id"))
    .order_by(order_payments.c.position)
)
_SHIPMENTS = statement(
    select(*shipments.c).where(shipments.c.seller_order_id == func.any(bindparam("part_ids"))).order_by(shipments.c.id)
)
_PART_ORDER = statement(
    select(seller_orders.c.order_id).where(
        seller_orders.c.id == bindparam("seller_order_id"),
        seller_orders.c.shop_id == bindparam("shop_id"),
        seller_orders.c.confirm_time.is_not(None),
    )
)


class OrderGone(Aborted):
    """The order was changed by somebody else since it was read."""


class PlacedMeanwhile(Aborted):
    """Another order took the cart, the key or the number since they were looked at."""


class Orders:
    """Stores orders and seals what is personal in them."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def insert(self, uow: UnitOfWork, order: Order) -> None:
        """Write a new order with all that belongs to it, in one round trip."""
        shipping = await self._seal_address(uow, order, order.shipping_address, SHIPPING_ADDRESS)
        billing = await self._seal_address(uow, order, order.billing_address, BILLING_ADDRESS)
        uow.defer(_INSERT_ORDER, **rows.new_order_row(order, shipping, billing))
        uow.defer(_INSERT_PARTS, **as_columns(rows.part_rows(order)))
        uow.defer(_INSERT_LINES, **as_columns(rows.line_rows(order)))
        await self._save_attempts(uow, order)
        try:
            await uow.flush()
        except asyncpg.UniqueViolationError as error:
            raise PlacedMeanwhile("CHECKOUT_IN_PROGRESS", "Another order of this cart is being placed.") from error

    async def save(self, uow: UnitOfWork, order: Order, present_version: int) -> None:
        """Write a moved order: its own row and, with the commit, its parts' states and its attempts.

        Raises OrderGone where it is no longer at `present_version`.
        """
        changed = {f"new_{name}": value for name, value in rows.order_row(order).items()}
        if not await uow.execute(_UPDATE_ORDER, order_id=order.order_id, present_version=present_version, **changed):
            message = "The order was changed at this moment; ask again."
            raise OrderGone("CHECKOUT_IN_PROGRESS", message, retry_after=1.0, orderId=str(order.order_id))
        uow.defer(
            _UPDATE_PARTS,
            part_ids=[part.seller_order_id for part in order.parts],
            new_fulfilment_states=[part.fulfilment for part in order.parts],
            new_statuses=[order.part_status(part) for part in order.parts],
            new_confirm_time=order.pay_time,
        )
        await self._save_attempts(uow, order)

    async def save_shipping(self, uow: UnitOfWork, part: Part) -> None:
        """Write what was sent of a part."""
        await uow.execute_many(
            _UPDATE_LINE,
            [{"line_id": line.line_id, "new_shipped_quantity": line.shipped_quantity} for line in part.lines],
        )
        await uow.execute_many(
            _SAVE_SHIPMENT, [rows.shipment_row(part.seller_order_id, shipment) for shipment in part.shipments]
        )

    async def _save_attempts(self, uow: UnitOfWork, order: Order) -> None:
        for position, attempt in enumerate(order.attempts):
            token = None
            if attempt.token and order.state is OrderState.OPEN and not attempt.is_dead:
                token = await self._keyring.seal(uow, order.user_id, attempt.token.encode(), PAYMENT_TOKEN)
            uow.defer(_SAVE_ATTEMPT, **rows.attempt_row(order, position, token))

    async def _seal_address(self, uow: UnitOfWork, order: Order, address: Address | None, field: str) -> bytes:
        plaintext = json.dumps(asdict(address) if address else None).encode()
        return await self._keyring.seal(uow, order.user_id, plaintext, field)

    async def load(self, unit: ReadUnit, order_id: UUID, principal: Principal) -> Order:
        """An order that the caller may see. Raises ORDER_NOT_FOUND for all others."""
        return await self._load(unit, _LOAD, order_id, _sees(principal))

    async def lock(self, uow: UnitOfWork, order_id: UUID, principal: Principal) -> Order:
        """The same with its row locked."""
        return await self._load(uow, _LOCK, order_id, _sees(principal))

    async def lock_part(
        self, uow: UnitOfWork, seller_order_id: UUID, shop_id: UUID, principal: Principal
    ) -> tuple[Order, Part]:
        """A shop's part with its whole order locked, where the order was paid and the caller is of the shop."""
        order_id = await _order_of_part(uow, seller_order_id, shop_id, principal)
        order = await self._load(uow, _LOCK, order_id, lambda _: True)
        return order, order.part(seller_order_id)

    async def load_part(
        self, unit: ReadUnit, seller_order_id: UUID, shop_id: UUID, principal: Principal
    ) -> tuple[Order, Part]:
        """The same without a lock."""
        order_id = await _order_of_part(unit, seller_order_id, shop_id, principal)
        order = await self._load(unit, _LOAD, order_id, lambda _: True)
        return order, order.part(seller_order_id)

    async def lock_for_seller(self, uow: UnitOfWork, order_id: UUID, principal: Principal) -> Order:
        """A paid order of which a part belongs to a shop of the caller, with its row locked."""
        order = await self._load(uow, _LOCK, order_id, lambda _: True)
        if not order.was_paid or not any(principal.can_act_for(part.shop_id) for part in order.parts):
            raise _not_found(order_id)
        return order

    async def _load(self, unit: ReadUnit, query: Statement, order_id: UUID, may_see: Callable[[UUID], bool]) -> Order:
        row = await unit.fetch_one(query, order_id=order_id)
        if row is None or not may_see(row["user_id"]):
            raise _not_found(order_id)
        lines: dict[UUID, list[Line]] = {}
        for line in await unit.fetch(_LINES, order_id=order_id):
            lines.setdefault(line["seller_order_id"], []).append(rows.line_of(line))
        sent: dict[UUID, list[Shipment]] = {}
        if row["pay_time"] is not None:
            for shipment in await unit.fetch(_SHIPMENTS, part_ids=list(lines)):
                sent.setdefault(shipment["seller_order_id"], []).append(rows.shipment_of(shipment))
        parts = [
            rows.part_of(part, lines[part["id"]], sent.get(part["id"], []))
            for part in await unit.fetch(_PARTS, order_id=order_id)
        ]
        attempts = [
            await self._attempt(unit, row["user_id"], attempt)
            for attempt in await unit.fetch(_ATTEMPTS, order_id=order_id)
        ]
        return _order(row, parts, attempts, *await self._addresses(unit, row))

    async def _attempt(self, unit: ReadUnit, user_id: UUID, row: Record) -> Attempt:
        token = await self._open(unit, user_id, row["token_sealed"], PAYMENT_TOKEN) if row["token_sealed"] else None
        return rows.attempt_of(row, token.decode() if token else "")

    async def _addresses(self, unit: ReadUnit, row: Record) -> tuple[Address | None, Address | None]:
        shipping = await self._open(unit, row["user_id"], row["shipping_address_sealed"], SHIPPING_ADDRESS)
        billing = await self._open(unit, row["user_id"], row["billing_address_sealed"], BILLING_ADDRESS)
        return address_of(shipping), address_of(billing)

    async def _open(self, unit: ReadUnit, user_id: UUID, sealed: bytes, field: str) -> bytes | None:
        try:
            return await self._keyring.open(unit, user_id, sealed, field)
        except Erased:
            return None


def address_of(plaintext: bytes | None) -> Address | None:
    """The address that was sealed, None where its person was erased."""
    fields = json.loads(plaintext) if plaintext else None
    return Address(**fields) if fields else None


def _sees(principal: Principal) -> Callable[[UUID], bool]:
    if principal.is_admin or principal.is_service:
        return lambda _: True
    return lambda user_id: str(user_id) == principal.subject


def _not_found(order_id: UUID) -> NotFound:
    return NotFound("ORDER_NOT_FOUND", "There is no such order.", orderId=str(order_id))


async def _order_of_part(unit: ReadUnit, seller_order_id: UUID, shop_id: UUID, principal: Principal) -> UUID:
    may_see = principal.is_admin or principal.can_act_for(shop_id)
    order_id = await unit.fetch_value(_PART_ORDER, seller_order_id=seller_order_id, shop_id=shop_id)
    if order_id is None or not may_see:
        raise NotFound(
            "SELLER_ORDER_NOT_FOUND", "There is no such part of an order.", sellerOrderId=str(seller_order_id)
        )
    found: UUID = order_id
    return found


def _order(
    row: Record, parts: list[Part], attempts: list[Attempt], shipping: Address | None, billing: Address | None
) -> Order:
    return Order(
        order_id=row["id"],
        order_number=row["order_number"],
        user_id=row["user_id"],
        cart_id=row["cart_id"],
        cart_version=row["cart_version"],
        place_key=row["place_key"],
        sums=rows.sums_of_row(row),
        parts=parts,
        shipping_address=shipping,
        billing_address=billing,
        place_time=row["place_time"],
        state=OrderState(row["state"]),
        payment_state=PaymentState(row["payment_state"]),
        attempts=attempts,
        history=rows.history_of(row["history"]),
        reason=row["reason"],
        superseded_by_id=row["superseded_by_id"],
        hold_expire_time=row["hold_expire_time"],
        pay_time=row["pay_time"],
        deliver_time=row["deliver_time"],
        refunded_amount=row["refunded_amount"],
        version=row["version"],
    )
