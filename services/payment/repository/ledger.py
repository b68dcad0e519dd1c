"""The ledger: written once, read for pages and balances."""

import uuid

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.ids import new_id
from mesh.money import Money
from mesh.statement import as_columns, insert_rows, statement
from services.payment.domain.ledger import Account, Entry, EntryKind, Posting
from services.payment.tables import ledger_postings, ledger_transactions

_INSERT_TRANSACTION = statement(
    insert(ledger_transactions).values(
        id=bindparam("id"),
        kind=bindparam("kind"),
        reference_id=bindparam("reference_id"),
        order_id=bindparam("order_id"),
    )
)
_INSERT_POSTINGS = insert_rows(ledger_postings, "transaction_id", "account", "shop_id", "amount", "currency", "user_id")
_joined = ledger_postings.join(ledger_transactions, ledger_postings.c.transaction_id == ledger_transactions.c.id)
_of_order = ledger_transactions.c.order_id == bindparam("of_order")
_postings = (
    select(
        ledger_postings.c.id,
        ledger_postings.c.transaction_id,
        ledger_transactions.c.kind,
        ledger_postings.c.account,
        ledger_postings.c.shop_id,
        ledger_postings.c.amount,
        ledger_postings.c.currency,
        ledger_transactions.c.order_id,
        ledger_transactions.c.reference_id,
        ledger_transactions.c.post_time,
        ledger_postings.c.user_id,
    )
    .select_from(_joined)
    .where(ledger_postings.c.id > bindparam("after_id"))
    .order_by(ledger_postings.c.id)
    .limit(bindparam("most"))
)
_LIST = statement(_postings)
_LIST_ORDER = statement(_postings.where(_of_order))
_OF_ENTRY = statement(
    select(ledger_postings.c.account, ledger_postings.c.shop_id, ledger_postings.c.amount, ledger_postings.c.currency)
    .select_from(_joined)
    .where(
        ledger_transactions.c.kind == bindparam("of_kind"),
        ledger_transactions.c.reference_id == bindparam("of_reference"),
    )
    .order_by(ledger_postings.c.id)
)
_debit = func.sum(case((ledger_postings.c.amount > 0, ledger_postings.c.amount), else_=0)).label("debit")
_credit = func.sum(case((ledger_postings.c.amount < 0, -ledger_postings.c.amount), else_=0)).label("credit")
_account = (ledger_postings.c.account, ledger_postings.c.shop_id, ledger_postings.c.currency)
_balances = select(*_account, _debit, _credit).group_by(*_account).order_by(*_account).limit(1000)
_BALANCES = statement(_balances)
_BALANCES_ORDER = statement(_balances.select_from(_joined).where(_of_order))
_totals = select(ledger_postings.c.currency, _debit, _credit).group_by(ledger_postings.c.currency)
_TOTALS = statement(_totals.order_by(ledger_postings.c.currency))
_TOTALS_ORDER = statement(_totals.select_from(_joined).where(_of_order).order_by(ledger_postings.c.currency))


async def post(uow: UnitOfWork, entry: Entry) -> None:
    """Write one balanced movement with the commit, which fails for a second one of its kind for the same reference."""
    transaction_id = new_id()
    uow.defer(
        _INSERT_TRANSACTION,
        id=transaction_id,
        kind=entry.kind.value,
        reference_id=entry.reference_id,
        order_id=entry.order_id,
    )
    rows = [
        {
            "transaction_id": transaction_id,
            "account": posting.account.value,
            "shop_id": posting.shop_id,
            "amount": posting.amount.amount,
            "currency": posting.amount.currency,
            "user_id": posting.user_id,
        }
        for posting in entry.postings
    ]
    if rows:
        uow.defer(_INSERT_POSTINGS, **as_columns(rows))


async def postings_of(unit: ReadUnit, kind: EntryKind, reference_id: uuid.UUID) -> list[Posting]:
    """The postings of one movement; none where it was never posted."""
    rows = await unit.fetch(_OF_ENTRY, of_kind=kind.value, of_reference=reference_id)
    return [Posting(Account(row["account"]), row["shop_id"], Money(row["currency"], row["amount"])) for row in rows]


async def list_oldest(unit: ReadUnit, order_id: uuid.UUID | None, after_id: int, most: int) -> list[Record]:
    """Postings in the order they were written, of one order or of all."""
    if order_id is None:
        return await unit.fetch(_LIST, after_id=after_id, most=most)
    return await unit.fetch(_LIST_ORDER, after_id=after_id, most=most, of_order=order_id)


async def balances(unit: ReadUnit, order_id: uuid.UUID | None) -> list[Record]:
    """Debit and credit of each account, shop and currency, of one order or of all."""
    return await (unit.fetch(_BALANCES) if order_id is None else unit.fetch(_BALANCES_ORDER, of_order=order_id))


async def totals(unit: ReadUnit, order_id: uuid.UUID | None) -> list[Record]:
    """Debit and credit of each currency, of one order or of all."""
    return await (unit.fetch(_TOTALS) if order_id is None else unit.fetch(_TOTALS_ORDER, of_order=order_id))
