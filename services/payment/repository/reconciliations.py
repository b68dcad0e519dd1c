"""What the ledger moved at the provider, and the reports of its comparisons."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, select, text
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.statement import statement
from services.payment.domain.ledger import EntryKind
from services.payment.domain.reconciliation import (
    BOOKED_AS,
    Difference,
    DifferenceKind,
    LedgerSide,
    Reconciliation,
    Span,
)
from services.payment.tables import reconciliation_differences, reconciliations

_SIDE = """
SELECT t.kind, t.reference_id, t.order_id, sum(p.amount) AS amount, p.currency,
  extract(epoch FROM t.post_time)::float8 AS time,
  coalesce(y.provider_reference, r.provider_reference, i.provider_reference, v.provider_reference,
    d.provider_reference, '') AS provider_reference
FROM payment.ledger_transactions t
JOIN payment.ledger_postings p ON p.transaction_id = t.id AND p.account = 'provider_clearing'
LEFT JOIN payment.payments y ON y.id = t.reference_id
LEFT JOIN payment.refunds r ON r.id = t.reference_id
LEFT JOIN payment.payout_items i ON i.id = t.reference_id
LEFT JOIN payment.payout_reversals v ON v.id = t.reference_id
LEFT JOIN payment.disputes d ON d.id = t.reference_id
WHERE t.kind = ANY(:kinds) AND """
_GROUP = " GROUP BY t.id, p.currency, y.id, r.id, i.id, v.id, d.id"
_WITHIN = "t.post_time >= cast(:begin AS timestamptz) AND t.post_time < cast(:end AS timestamptz)"
_POSTED = statement(text(f"{_SIDE} {_WITHIN} {_GROUP}"))
_BY_IDS = statement(text(f"{_SIDE} t.reference_id = ANY(cast(:ids AS uuid[])){_GROUP}"))  # fixed texts
_IDS = statement(
    text(
        """
SELECT id FROM payment.payments WHERE provider = 'stripe' AND provider_reference = ANY(cast(:refs AS text[]))
UNION ALL SELECT id FROM payment.refunds WHERE provider_reference = ANY(cast(:refs AS text[]))
UNION ALL SELECT id FROM payment.payout_items WHERE provider_reference = ANY(cast(:refs AS text[]))
UNION ALL SELECT id FROM payment.payout_reversals WHERE provider_reference = ANY(cast(:refs AS text[]))
UNION ALL SELECT id FROM payment.disputes WHERE provider_reference = ANY(cast(:refs AS text[]))"""
    )
)
_FEES = statement(
    text(
        """
SELECT reference_id FROM payment.ledger_transactions
WHERE kind = 'PROVIDER_FEE' AND reference_id = ANY(cast(:ids AS uuid[]))"""
    )
)
_INSERT = statement(
    insert(reconciliations).values(
        id=bindparam("id"),
        begin_time=bindparam("begin_time"),
        end_time=bindparam("end_time"),
        transaction_count=bindparam("transaction_count"),
        difference_count=bindparam("difference_count"),
        fee_count=bindparam("fee_count"),
        is_daily=bindparam("is_daily"),
    )
)
_INSERT_DIFFERENCE = statement(
    insert(reconciliation_differences).values(
        reconciliation_id=bindparam("reconciliation_id"),
        kind=bindparam("kind"),
        provider_reference=bindparam("provider_reference"),
        reference=bindparam("reference"),
        provider_amount=bindparam("provider_amount"),
        ledger_amount=bindparam("ledger_amount"),
        currency=bindparam("currency"),
    )
)
_HAS_DAY = statement(
    select(exists().where(reconciliations.c.is_daily.is_(True), reconciliations.c.end_time == bindparam("of_end")))
)
_LIST = statement(
    select(
        reconciliations.c.id,
        reconciliations.c.begin_time,
        reconciliations.c.end_time,
        reconciliations.c.transaction_count,
        reconciliations.c.difference_count,
        reconciliations.c.fee_count,
        reconciliations.c.create_time,
    )
    .where(reconciliations.c.id < bindparam("before_id"))
    .order_by(reconciliations.c.id.desc())
    .limit(bindparam("most"))
)
_DIFFERENCES = statement(
    text(
        """
SELECT reconciliation_id, kind, provider_reference, reference, provider_amount, ledger_amount, currency FROM (
  SELECT *, row_number() OVER (PARTITION BY reconciliation_id ORDER BY id) AS place
  FROM payment.reconciliation_differences WHERE reconciliation_id = ANY(cast(:ids AS uuid[]))
) numbered WHERE place <= 100 ORDER BY reconciliation_id, place"""
    )
)
_KINDS = [kind.value for kind in BOOKED_AS]
_NEWEST = uuid.UUID(int=2**128 - 1)


def _side(row: Record) -> LedgerSide:
    return LedgerSide(
        EntryKind(row["kind"]),
        row["reference_id"],
        row["order_id"],
        row["provider_reference"],
        int(row["amount"]),
        row["currency"],
        row["time"],
    )


async def posted(unit: ReadUnit, span: Span) -> list[LedgerSide]:
    """What the ledger moved at the provider within a span."""
    return [_side(row) for row in await unit.fetch(_POSTED, kinds=_KINDS, begin=span.begin, end=span.end)]


async def by_references(unit: ReadUnit, references: Sequence[str]) -> list[LedgerSide]:
    """What the ledger ever moved for things that the provider knows by these ids."""
    ids = [row["id"] for row in await unit.fetch(_IDS, refs=list(references))]
    return [_side(row) for row in await unit.fetch(_BY_IDS, kinds=_KINDS, ids=ids)]


async def with_fees(unit: ReadUnit, reference_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these have their fee in the ledger already."""
    return {row["reference_id"] for row in await unit.fetch(_FEES, ids=list(reference_ids))}


async def has_day(unit: ReadUnit, end: datetime) -> bool:
    """Whether the day that ends then was compared."""
    return bool(await unit.fetch_value(_HAS_DAY, of_end=end))


async def insert_new(uow: UnitOfWork, made: Reconciliation, *, is_daily: bool) -> None:
    """Keep a report."""
    await uow.execute(
        _INSERT,
        id=made.id,
        begin_time=made.span.begin,
        end_time=made.span.end,
        transaction_count=made.transaction_count,
        difference_count=made.difference_count,
        fee_count=made.fee_count,
        is_daily=is_daily,
    )
    rows = [
        {
            "reconciliation_id": made.id,
            "kind": difference.kind.value,
            "provider_reference": difference.provider_reference,
            "reference": difference.ledger_reference,
            "provider_amount": difference.provider_amount,
            "ledger_amount": difference.ledger_amount,
            "currency": difference.currency,
        }
        for difference in made.differences
    ]
    await uow.execute_many(_INSERT_DIFFERENCE, rows)


async def list_newest(unit: ReadUnit, before_id: uuid.UUID | None, most: int) -> list[Reconciliation]:
    """Reports with at most a hundred differences each, newest first."""
    rows = await unit.fetch(_LIST, before_id=before_id or _NEWEST, most=most)
    differences: defaultdict[uuid.UUID, list[Difference]] = defaultdict(list)
    for row in await unit.fetch(_DIFFERENCES, ids=[each["id"] for each in rows]):
        differences[row["reconciliation_id"]].append(_difference(row))
    return [
        Reconciliation(
            row["id"],
            Span(row["begin_time"], row["end_time"]),
            row["create_time"],
            row["transaction_count"],
            row["fee_count"],
            row["difference_count"],
            differences[row["id"]],
        )
        for row in rows
    ]


def _difference(row: Record) -> Difference:
    return Difference(
        DifferenceKind(row["kind"]),
        row["provider_reference"],
        row["reference"],
        row["provider_amount"],
        row["ledger_amount"],
        row["currency"],
    )
