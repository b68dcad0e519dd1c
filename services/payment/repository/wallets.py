"""Wallets. Every change of a balance is one statement that the row itself guards: never below zero, whatever races."""

import uuid
from dataclasses import replace

from sqlalchemy import Uuid, bindparam, cast, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.money import Money
from mesh.statement import statement
from services.payment.domain.wallet import WalletBalance, WalletEntry, WalletEntryKind
from services.payment.tables import wallet_entries, wallets

_OWN = wallets.c.user_id == bindparam("owner_id")
_IN = wallets.c.currency == bindparam("in_currency")
_less = bindparam("amount", type_=wallets.c.balance_amount.type)
_FREE = wallets.c.balance_amount - wallets.c.held_amount >= _less
_BALANCES = statement(
    select(wallets.c.currency, wallets.c.balance_amount, wallets.c.held_amount).where(_OWN).order_by(wallets.c.currency)
)
_BALANCE = statement(select(wallets.c.currency, wallets.c.balance_amount, wallets.c.held_amount).where(_OWN, _IN))
_HOLD = statement(
    update(wallets)
    .where(_OWN, _IN, _FREE)
    .values(held_amount=wallets.c.held_amount + _less, update_time=func.now())
    .returning(wallets.c.balance_amount)
)
_RELEASE = statement(
    update(wallets).where(_OWN, _IN).values(held_amount=wallets.c.held_amount - _less, update_time=func.now())
)
_SPEND = statement(
    update(wallets)
    .where(_OWN, _IN, _FREE)
    .values(balance_amount=wallets.c.balance_amount - _less, update_time=func.now())
    .returning(wallets.c.balance_amount)
)
_SPEND_HELD = statement(
    update(wallets)
    .where(_OWN, _IN)
    .values(
        balance_amount=wallets.c.balance_amount - _less,
        held_amount=wallets.c.held_amount - _less,
        update_time=func.now(),
    )
    .returning(wallets.c.balance_amount)
)
_new_wallet = insert(wallets).values(
    user_id=bindparam("owner_id"), currency=bindparam("in_currency"), balance_amount=_less
)
_ADD = statement(
    _new_wallet.on_conflict_do_update(
        index_elements=[wallets.c.user_id, wallets.c.currency],
        set_={
            "balance_amount": wallets.c.balance_amount + _new_wallet.excluded.balance_amount,
            "update_time": func.now(),
        },
    ).returning(wallets.c.balance_amount)
)
_INSERT_ENTRY = statement(
    insert(wallet_entries)
    .values({column.name: bindparam(column.name) for column in wallet_entries.c if column.name != "create_time"})
    .returning(wallet_entries.c.create_time)
)
_ENTRIES = statement(
    select(*wallet_entries.c)
    .where(
        wallet_entries.c.user_id == bindparam("owner_id"),
        or_(cast(bindparam("before_id"), Uuid).is_(None), wallet_entries.c.id < cast(bindparam("before_id"), Uuid)),
    )
    .order_by(wallet_entries.c.id.desc())
    .limit(bindparam("most"))
)
_COUNT = statement(text("SELECT count(*) FROM payment.wallets"))
_WRONG = statement(
    text(
        """
SELECT coalesce(w.user_id, l.user_id) AS id, coalesce(w.currency, l.currency) AS currency,
  coalesce(w.balance_amount, 0) AS balance, coalesce(l.owed, 0) AS owed, coalesce(w.held_amount, 0) AS held,
  coalesce(h.held, 0) AS holds, count(*) OVER () AS total
FROM payment.wallets w FULL JOIN (
  SELECT user_id, currency, -sum(amount) AS owed FROM payment.ledger_postings
  WHERE user_id IS NOT NULL GROUP BY user_id, currency
) l ON l.user_id = w.user_id AND l.currency = w.currency
LEFT JOIN (
  SELECT user_id, currency, sum(amount) AS held FROM payment.payments
  WHERE companion_id IS NOT NULL AND provider = 'wallet' AND state = 'AUTHORIZED' GROUP BY user_id, currency
) h ON h.user_id = w.user_id AND h.currency = w.currency
WHERE coalesce(w.balance_amount, 0) <> coalesce(l.owed, 0) OR coalesce(w.balance_amount, 0) < 0
  OR coalesce(w.held_amount, 0) <> coalesce(h.held, 0)
LIMIT 100"""
    )
)


def _of(user_id: uuid.UUID, amount: Money) -> dict[str, object]:
    return {"owner_id": user_id, "in_currency": amount.currency, "amount": amount.amount}


async def balances(unit: ReadUnit, user_id: uuid.UUID) -> list[WalletBalance]:
    """What a user's wallet holds, by currency."""
    return [_balance(row) for row in await unit.fetch(_BALANCES, owner_id=user_id)]


async def available(unit: ReadUnit, user_id: uuid.UUID, currency: str) -> int:
    """What a user can spend in a currency, in minor units."""
    row = await unit.fetch_one(_BALANCE, owner_id=user_id, in_currency=currency)
    return 0 if row is None else _balance(row).available


def _balance(row: Record) -> WalletBalance:
    return WalletBalance(row["currency"], row["balance_amount"], row["held_amount"])


async def hold(uow: UnitOfWork, user_id: uuid.UUID, amount: Money) -> bool:
    """Set an amount aside; false where less can be spent."""
    return await uow.fetch_value(_HOLD, **_of(user_id, amount)) is not None


async def release(uow: UnitOfWork, user_id: uuid.UUID, amount: Money) -> None:
    """Set what was held free."""
    await uow.execute(_RELEASE, **_of(user_id, amount))


async def spend(uow: UnitOfWork, user_id: uuid.UUID, amount: Money) -> int | None:
    """Take an amount that nobody holds and return what is left in the wallet; None where less can be spent."""
    balance: int | None = await uow.fetch_value(_SPEND, **_of(user_id, amount))
    return balance


async def spend_held(uow: UnitOfWork, user_id: uuid.UUID, amount: Money) -> int:
    """Take what was held and return what is left in the wallet."""
    return int(await uow.fetch_value(_SPEND_HELD, **_of(user_id, amount)))


async def add(uow: UnitOfWork, user_id: uuid.UUID, amount: Money) -> int:
    """Put an amount in and return what is in the wallet now."""
    return int(await uow.fetch_value(_ADD, **_of(user_id, amount)))


async def insert_entry(uow: UnitOfWork, entry: WalletEntry) -> WalletEntry:
    """Write a movement. The database refuses a second one for the same reference."""
    create_time = await uow.fetch_value(
        _INSERT_ENTRY,
        id=entry.id,
        user_id=entry.user_id,
        kind=entry.kind.value,
        amount=entry.amount.amount,
        currency=entry.amount.currency,
        balance_amount=entry.balance,
        reference_id=entry.reference_id,
        order_id=entry.order_id,
        reason=entry.reason,
    )
    return replace(entry, create_time=create_time)


async def list_newest(unit: ReadUnit, user_id: uuid.UUID, before_id: uuid.UUID | None, most: int) -> list[WalletEntry]:
    """A user's movements, newest first."""
    rows = await unit.fetch(_ENTRIES, owner_id=user_id, before_id=before_id, most=most)
    return [
        WalletEntry(
            id=row["id"],
            user_id=row["user_id"],
            kind=WalletEntryKind(row["kind"]),
            amount=Money(row["currency"], row["amount"]),
            balance=row["balance_amount"],
            reference_id=row["reference_id"],
            order_id=row["order_id"],
            reason=row["reason"],
            create_time=row["create_time"],
        )
        for row in rows
    ]


async def count(unit: ReadUnit) -> int:
    return int(await unit.fetch_value(_COUNT))


async def wrong(unit: ReadUnit) -> list[Record]:
    """Wallets that are not what the ledger owes their owners, or hold what no order in the making holds."""
    return await unit.fetch(_WRONG)
