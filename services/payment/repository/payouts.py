"""Payouts, their transfers, and the reversals of those."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import NotFound
from mesh.money import Money
from mesh.principal import Principal
from mesh.statement import statement
from services.payment.domain.payout import Payout, PayoutItem, PayoutState, Reversal
from services.payment.tables import payout_items, payout_reversals, payouts

_PAYOUT = (
    payouts.c.id,
    payouts.c.shop_id,
    payouts.c.amount,
    payouts.c.currency,
    payouts.c.state,
    payouts.c.destination,
    payouts.c.balance_amount,
    payouts.c.held_amount,
    payouts.c.debt_amount,
    payouts.c.reserve_amount,
    payouts.c.failed_amount,
    payouts.c.create_time,
)
_ITEM = (
    payout_items.c.id,
    payout_items.c.payout_id,
    payout_items.c.shop_id,
    payout_items.c.order_id,
    payout_items.c.taken_amount,
    payout_items.c.offset_amount,
    payout_items.c.currency,
    payout_items.c.state,
    payout_items.c.failure_reason,
    payout_items.c.provider_reference,
    payout_items.c.attempt,
    payout_items.c.reversed_amount,
    payout_items.c.is_out_of_reach,
)
_REVERSAL = (
    payout_reversals.c.id,
    payout_reversals.c.item_id,
    payout_reversals.c.shop_id,
    payout_reversals.c.order_id,
    payout_reversals.c.amount,
    payout_reversals.c.currency,
    payout_reversals.c.state,
    payout_reversals.c.failure_reason,
    payout_reversals.c.provider_reference,
    payout_reversals.c.attempt,
    payout_items.c.provider_reference.label("transfer"),
)
_PENDING = PayoutState.PENDING.value
_FIND = statement(select(*_PAYOUT).where(payouts.c.id == bindparam("payout_id")))
_LOCK = statement(select(*_PAYOUT).where(payouts.c.id == bindparam("payout_id")).with_for_update())
_LIST = statement(
    select(*_PAYOUT)
    .where(payouts.c.shop_id == bindparam("of_shop"), payouts.c.id < bindparam("before_id"))
    .order_by(payouts.c.id.desc())
    .limit(bindparam("most"))
)
_INSERT = statement(
    insert(payouts).values(
        id=bindparam("id"),
        shop_id=bindparam("shop_id"),
        amount=bindparam("amount"),
        currency=bindparam("currency"),
        state=_PENDING,
        destination=bindparam("destination"),
        balance_amount=bindparam("balance_amount"),
        held_amount=bindparam("held_amount"),
        debt_amount=bindparam("debt_amount"),
        reserve_amount=bindparam("reserve_amount"),
    )
)
_SAVE = statement(
    update(payouts)
    .where(payouts.c.id == bindparam("payout_id"))
    .values(state=bindparam("new_state"), failed_amount=bindparam("failed"), update_time=func.now())
)
_ITEMS = statement(select(*_ITEM).where(payout_items.c.payout_id == bindparam("payout_id")).order_by(payout_items.c.id))
_ITEMS_OF_ORDERS = statement(
    select(*_ITEM).where(
        payout_items.c.shop_id == bindparam("of_shop"), payout_items.c.order_id == func.any(bindparam("order_ids"))
    )
)
_LOCK_ITEM = statement(select(*_ITEM).where(payout_items.c.id == bindparam("item_id")).with_for_update())
_DUE_ITEMS = statement(
    select(*_ITEM)
    .where(payout_items.c.state == _PENDING, payout_items.c.check_time <= func.now())
    .order_by(payout_items.c.check_time)
    .limit(bindparam("most"))
)
_INSERT_ITEM = statement(
    insert(payout_items).values(
        id=bindparam("id"),
        payout_id=bindparam("payout_id"),
        shop_id=bindparam("shop_id"),
        order_id=bindparam("order_id"),
        taken_amount=bindparam("taken_amount"),
        offset_amount=bindparam("offset_amount"),
        amount=bindparam("amount"),
        currency=bindparam("currency"),
        state=bindparam("state"),
        check_time=func.now() + timedelta(seconds=30),
    )
)
_SAVE_ITEM = statement(
    update(payout_items)
    .where(payout_items.c.id == bindparam("item_id"))
    .values(
        state=bindparam("new_state"),
        failure_reason=bindparam("new_failure_reason"),
        provider_reference=func.coalesce(payout_items.c.provider_reference, bindparam("reference")),
        reversed_amount=bindparam("reversed"),
        is_out_of_reach=bindparam("out_of_reach"),
        update_time=func.now(),
    )
)
_reversals = select(*_REVERSAL).join(payout_items, payout_items.c.id == payout_reversals.c.item_id)
_LOCK_REVERSAL = statement(
    _reversals.where(payout_reversals.c.id == bindparam("reversal_id")).with_for_update(of=payout_reversals)
)
_DUE_REVERSALS = statement(
    _reversals.where(payout_reversals.c.state == _PENDING, payout_reversals.c.check_time <= func.now())
    .order_by(payout_reversals.c.check_time)
    .limit(bindparam("most"))
)
_INSERT_REVERSAL = statement(
    insert(payout_reversals).values(
        id=bindparam("id"),
        item_id=bindparam("item_id"),
        shop_id=bindparam("shop_id"),
        order_id=bindparam("order_id"),
        amount=bindparam("amount"),
        currency=bindparam("currency"),
        state=_PENDING,
        check_time=func.now() + timedelta(seconds=30),
    )
)
_SAVE_REVERSAL = statement(
    update(payout_reversals)
    .where(payout_reversals.c.id == bindparam("reversal_id"))
    .values(
        state=bindparam("new_state"),
        failure_reason=bindparam("new_failure_reason"),
        provider_reference=func.coalesce(payout_reversals.c.provider_reference, bindparam("reference")),
        update_time=func.now(),
    )
)
_NEXT_ATTEMPT = {
    table: statement(
        update(table)
        .where(table.c.id == bindparam("row_id"), table.c.attempt == bindparam("spent_attempt"))
        .values(attempt=table.c.attempt + 1, update_time=func.now())
    )
    for table in (payout_items, payout_reversals)
}
_POSTPONE = {
    table: statement(
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values(
            check_time=func.now()
            + func.least(func.power(2, table.c.check_count) * timedelta(seconds=5), timedelta(minutes=5)),
            check_count=func.least(table.c.check_count + 1, 20),
        )
    )
    for table in (payout_items, payout_reversals)
}
_NEWEST = uuid.UUID(int=2**128 - 1)


def _payout(row: Record) -> Payout:
    return Payout(
        id=row["id"],
        shop_id=row["shop_id"],
        amount=Money(row["currency"], row["amount"]),
        destination=row["destination"],
        create_time=row["create_time"],
        balance=row["balance_amount"],
        held=row["held_amount"],
        debt=row["debt_amount"],
        reserve=row["reserve_amount"],
        state=PayoutState(row["state"]),
        failed=row["failed_amount"],
    )


def _item(row: Record) -> PayoutItem:
    return PayoutItem(
        id=row["id"],
        payout_id=row["payout_id"],
        shop_id=row["shop_id"],
        order_id=row["order_id"],
        taken=row["taken_amount"],
        offset=row["offset_amount"],
        currency=row["currency"],
        state=PayoutState(row["state"]),
        failure_reason=row["failure_reason"],
        reference=row["provider_reference"],
        attempt=row["attempt"],
        reversed=row["reversed_amount"],
        is_out_of_reach=row["is_out_of_reach"],
    )


def _reversal(row: Record) -> Reversal:
    return Reversal(
        id=row["id"],
        item_id=row["item_id"],
        shop_id=row["shop_id"],
        order_id=row["order_id"],
        amount=Money(row["currency"], row["amount"]),
        transfer=row["transfer"],
        state=PayoutState(row["state"]),
        failure_reason=row["failure_reason"],
        reference=row["provider_reference"],
        attempt=row["attempt"],
    )


async def find(unit: ReadUnit, payout_id: uuid.UUID) -> Payout | None:
    """A payout without its items, for the service's own work."""
    row = await unit.fetch_one(_FIND, payout_id=payout_id)
    return None if row is None else _payout(row)


async def load_own(unit: ReadUnit, shop_id: uuid.UUID, payout_id: uuid.UUID, principal: Principal) -> Payout:
    """A shop's payout with its items, for the shop's members and staff. Raises NotFound."""
    payout = await find(unit, payout_id)
    allowed = principal.is_admin or principal.can_act_for(shop_id)
    if payout is None or payout.shop_id != shop_id or not allowed:
        raise NotFound("PAYOUT_NOT_FOUND", "There is no such payout.", payoutId=str(payout_id))
    payout.items = await items_of(unit, payout_id)
    return payout


async def lock(uow: UnitOfWork, payout_id: uuid.UUID) -> Payout:
    """A payout and its items, its row locked."""
    row = await uow.fetch_one(_LOCK, payout_id=payout_id)
    if row is None:
        raise NotFound("PAYOUT_NOT_FOUND", "There is no such payout.", payoutId=str(payout_id))
    payout = _payout(row)
    payout.items = await items_of(uow, payout_id)
    return payout


async def list_newest(
    unit: ReadUnit, shop_id: uuid.UUID, principal: Principal, before_id: uuid.UUID | None, most: int
) -> list[Payout]:
    """A shop's payouts without their items, newest first. Raises NotFound for a shop that is not the caller's."""
    if not (principal.is_admin or principal.can_act_for(shop_id)):
        raise NotFound("SHOP_NOT_FOUND", "There is no such shop.", shopId=str(shop_id))
    rows = await unit.fetch(_LIST, of_shop=shop_id, before_id=before_id or _NEWEST, most=most)
    return [_payout(row) for row in rows]


async def items_of(unit: ReadUnit, payout_id: uuid.UUID) -> list[PayoutItem]:
    return [_item(row) for row in await unit.fetch(_ITEMS, payout_id=payout_id)]


async def items_of_orders(unit: ReadUnit, shop_id: uuid.UUID, order_ids: Sequence[uuid.UUID]) -> list[PayoutItem]:
    """What a shop was transferred for some orders."""
    return [_item(row) for row in await unit.fetch(_ITEMS_OF_ORDERS, of_shop=shop_id, order_ids=list(order_ids))]


async def lock_item(uow: UnitOfWork, item_id: uuid.UUID) -> PayoutItem:
    row = await uow.fetch_one(_LOCK_ITEM, item_id=item_id)
    if row is None:
        raise NotFound("PAYOUT_NOT_FOUND", "There is no such transfer.", itemId=str(item_id))
    return _item(row)


async def lock_reversal(uow: UnitOfWork, reversal_id: uuid.UUID) -> Reversal:
    row = await uow.fetch_one(_LOCK_REVERSAL, reversal_id=reversal_id)
    if row is None:
        raise NotFound("PAYOUT_NOT_FOUND", "There is no such reversal.", reversalId=str(reversal_id))
    return _reversal(row)


async def due(unit: ReadUnit, most: int) -> tuple[list[PayoutItem], list[Reversal]]:
    """Transfers and reversals on their way that are to be looked at."""
    items = [_item(row) for row in await unit.fetch(_DUE_ITEMS, most=most)]
    return items, [_reversal(row) for row in await unit.fetch(_DUE_REVERSALS, most=most)]


async def insert_new(uow: UnitOfWork, payout: Payout) -> None:
    """Write a payout with its items. The shop's account is locked."""
    await uow.execute(
        _INSERT,
        id=payout.id,
        shop_id=payout.shop_id,
        amount=payout.amount.amount,
        currency=payout.amount.currency,
        destination=payout.destination,
        balance_amount=payout.balance,
        held_amount=payout.held,
        debt_amount=payout.debt,
        reserve_amount=payout.reserve,
    )
    rows = [
        {
            "id": item.id,
            "payout_id": item.payout_id,
            "shop_id": item.shop_id,
            "order_id": item.order_id,
            "taken_amount": item.taken,
            "offset_amount": item.offset,
            "amount": item.amount.amount,
            "currency": item.currency,
            "state": item.state.value,
        }
        for item in payout.items
    ]
    await uow.execute_many(_INSERT_ITEM, rows)


async def insert_reversal(uow: UnitOfWork, reversal: Reversal) -> None:
    """Write a reversal. The shop's account is locked."""
    await uow.execute(
        _INSERT_REVERSAL,
        id=reversal.id,
        item_id=reversal.item_id,
        shop_id=reversal.shop_id,
        order_id=reversal.order_id,
        amount=reversal.amount.amount,
        currency=reversal.amount.currency,
    )


async def save(uow: UnitOfWork, payout: Payout) -> None:
    await uow.execute(_SAVE, payout_id=payout.id, new_state=payout.state.value, failed=payout.failed)


async def save_item(uow: UnitOfWork, item: PayoutItem) -> None:
    await uow.execute(
        _SAVE_ITEM,
        item_id=item.id,
        new_state=item.state.value,
        new_failure_reason=item.failure_reason,
        reference=item.reference,
        reversed=item.reversed,
        out_of_reach=item.is_out_of_reach,
    )


async def save_reversal(uow: UnitOfWork, reversal: Reversal) -> None:
    await uow.execute(
        _SAVE_REVERSAL,
        reversal_id=reversal.id,
        new_state=reversal.state.value,
        new_failure_reason=reversal.failure_reason,
        reference=reversal.reference,
    )


async def next_attempt(uow: UnitOfWork, moved: PayoutItem | Reversal) -> None:
    """Have the next call to the provider use another key."""
    table = payout_items if isinstance(moved, PayoutItem) else payout_reversals
    await uow.execute(_NEXT_ATTEMPT[table], row_id=moved.id, spent_attempt=moved.attempt)


async def postpone(uow: UnitOfWork, moved: PayoutItem | Reversal) -> None:
    """Look at it again later, each time twice as late, at most five minutes."""
    table = payout_items if isinstance(moved, PayoutItem) else payout_reversals
    await uow.execute(_POSTPONE[table], row_id=moved.id)
