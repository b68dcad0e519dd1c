"""What sellers are owed, order by order, and where their money goes."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Interval, bindparam, cast, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.statement import statement
from services.payment.domain.ledger import EntryKind
from services.payment.domain.payout import OpenOrder
from services.payment.tables import payout_accounts

_OPEN = statement(
    text(
        """
SELECT p.currency, t.order_id, -sum(p.amount) AS open, min(t.post_time) AS earn_time
FROM payment.ledger_postings p JOIN payment.ledger_transactions t ON t.id = p.transaction_id
WHERE p.shop_id = :of_shop AND p.account = 'seller_payable'
GROUP BY p.currency, t.order_id HAVING sum(p.amount) <> 0"""
    )
)
_EARNED = statement(
    text(
        """
SELECT p.currency, -sum(p.amount) AS earned
FROM payment.ledger_postings p JOIN payment.ledger_transactions t ON t.id = p.transaction_id
WHERE p.shop_id = :of_shop AND p.account = 'seller_payable' AND t.kind = ANY(:kinds)
  AND t.post_time > now() - cast(:window AS interval)
GROUP BY p.currency"""
    )
)
# One step of the index for each shop, however many postings a shop has.
_DUE_SHOPS = statement(
    text(
        """
WITH RECURSIVE shops AS (
  (SELECT shop_id FROM payment.ledger_postings WHERE shop_id IS NOT NULL ORDER BY shop_id LIMIT 1)
  UNION ALL
  SELECT (SELECT p.shop_id FROM payment.ledger_postings p WHERE p.shop_id > shops.shop_id ORDER BY p.shop_id LIMIT 1)
  FROM shops WHERE shops.shop_id IS NOT NULL
)
SELECT s.shop_id FROM shops s LEFT JOIN payment.payout_accounts a USING (shop_id)
WHERE s.shop_id IS NOT NULL AND (a.next_payout_time IS NULL OR a.next_payout_time <= now())
ORDER BY a.next_payout_time NULLS FIRST LIMIT :most"""
    )
)
_ENTRIES = statement(
    text(
        """
SELECT t.order_id, t.kind, -p.amount AS amount, p.currency, t.post_time
FROM payment.ledger_postings p JOIN payment.ledger_transactions t ON t.id = p.transaction_id
WHERE p.shop_id = :of_shop AND p.account = 'seller_payable' AND t.order_id = ANY(cast(:order_ids AS uuid[]))
ORDER BY p.id"""
    )
)
_IN_DEBT = statement(
    select(payout_accounts.c.shop_id, payout_accounts.c.debt_time)
    .where(payout_accounts.c.debt_time.is_not(None))
    .order_by(payout_accounts.c.debt_time)
    .limit(bindparam("most"))
)
_NOTE_DEBT = statement(
    update(payout_accounts)
    .where(payout_accounts.c.shop_id == func.any(bindparam("shop_ids")))
    .values(debt_time=func.now())
)
_FORGET_DEBT = statement(
    update(payout_accounts)
    .where(payout_accounts.c.shop_id == bindparam("of_shop"), payout_accounts.c.debt_time == bindparam("seen_time"))
    .values(debt_time=None)
)
_OPEN_ACCOUNT = statement(
    insert(payout_accounts).values(shop_id=bindparam("of_shop"), provider="stripe").on_conflict_do_nothing()
)
_SET_REFERENCE = statement(
    update(payout_accounts)
    .where(payout_accounts.c.shop_id == bindparam("of_shop"), payout_accounts.c.provider_reference.is_(None))
    .values(provider_reference=bindparam("reference"), update_time=func.now())
)
_LOCK_ACCOUNT = statement(
    select(payout_accounts.c.provider_reference)
    .where(payout_accounts.c.shop_id == bindparam("of_shop"))
    .with_for_update()
)
_FIND_ACCOUNT = statement(
    select(payout_accounts.c.provider_reference).where(payout_accounts.c.shop_id == bindparam("of_shop"))
)
_NEXT_PAYOUT = statement(
    update(payout_accounts)
    .where(payout_accounts.c.shop_id == bindparam("of_shop"))
    .values(next_payout_time=func.now() + cast(bindparam("period"), Interval), update_time=func.now())
)
_EARNING_KINDS = [kind.value for kind in (EntryKind.CAPTURE, EntryKind.REFUND, EntryKind.REFUND_REVERSAL)]


async def open_orders(unit: ReadUnit, shop_id: uuid.UUID) -> dict[str, list[OpenOrder]]:
    """What each order still owes a shop, or is owed by it, by currency."""
    found: defaultdict[str, list[OpenOrder]] = defaultdict(list)
    for row in await unit.fetch(_OPEN, of_shop=shop_id):
        found[row["currency"]].append(OpenOrder(row["order_id"], int(row["open"]), row["earn_time"]))
    return dict(found)


async def earned_within(unit: ReadUnit, shop_id: uuid.UUID, window: timedelta) -> dict[str, int]:
    """What a shop has earned lately, by currency."""
    rows = await unit.fetch(_EARNED, of_shop=shop_id, kinds=_EARNING_KINDS, window=window)
    return {row["currency"]: int(row["earned"]) for row in rows}


async def due_shops(unit: ReadUnit, most: int) -> list[uuid.UUID]:
    """Shops that have ever sold something and whose turn has come."""
    return [row["shop_id"] for row in await unit.fetch(_DUE_SHOPS, most=most)]


async def entries_of(unit: ReadUnit, shop_id: uuid.UUID, order_ids: Sequence[uuid.UUID]) -> list[Record]:
    """All that moved what a shop is owed for some orders, oldest first; positive is in the shop's favour."""
    return await unit.fetch(_ENTRIES, of_shop=shop_id, order_ids=list(order_ids))


async def note_debt(uow: UnitOfWork, shop_ids: Sequence[uuid.UUID]) -> None:
    """Something was taken back from shops that may have it already."""
    await uow.execute(_NOTE_DEBT, shop_ids=list(shop_ids))


async def in_debt(unit: ReadUnit, most: int) -> list[Record]:
    """Shops to look at for what was paid out and taken back since."""
    return await unit.fetch(_IN_DEBT, most=most)


async def forget_debt(uow: UnitOfWork, noted: Record) -> None:
    """The shop was looked at; what came meanwhile stays noted."""
    await uow.execute(_FORGET_DEBT, of_shop=noted["shop_id"], seen_time=noted["debt_time"])


async def open_account(uow: UnitOfWork, shop_id: uuid.UUID) -> str | None:
    """The provider's account of a shop; None where it has none yet."""
    await uow.execute(_OPEN_ACCOUNT, of_shop=shop_id)
    return await find_account(uow, shop_id)


async def find_account(unit: ReadUnit, shop_id: uuid.UUID) -> str | None:
    reference: str | None = await unit.fetch_value(_FIND_ACCOUNT, of_shop=shop_id)
    return reference


async def set_account(uow: UnitOfWork, shop_id: uuid.UUID, reference: str) -> None:
    await uow.execute(_SET_REFERENCE, of_shop=shop_id, reference=reference)


async def lock_account(uow: UnitOfWork, shop_id: uuid.UUID) -> str:
    """Let nobody else begin a payout or a reversal of the shop meanwhile; returns the provider's account."""
    reference: str = await uow.fetch_value(_LOCK_ACCOUNT, of_shop=shop_id)
    return reference


async def set_next_payout(uow: UnitOfWork, shop_id: uuid.UUID, period: timedelta) -> None:
    """The shop's next turn comes after `period`."""
    await uow.execute(_NEXT_PAYOUT, of_shop=shop_id, period=period)
