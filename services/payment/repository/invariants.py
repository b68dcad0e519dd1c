"""The queries of the invariants: each lists at most a hundred offenders and counts them all."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text

from mesh.database import ReadUnit, Record
from mesh.scans import Scan, scan_ranges
from mesh.statement import statement
from services.payment.domain.ledger import EARNINGS, EntryKind

_OVERDUE = statement(
    text(
        """
SELECT id, state, count(*) OVER () AS total FROM payment.payments
WHERE chargeable AND create_time < now() - cast(:patience AS interval) LIMIT 100"""
    )
)
_BY_REFERENCE = statement(
    text(
        """
SELECT provider_reference, id, captured_amount, update_time > now() - cast(:settle AS interval) AS is_fresh
FROM payment.payments WHERE provider = 'stripe' AND provider_reference = ANY(cast(:refs AS text[]))"""
    )
)
_CAPTURED_SINCE = statement(
    text(
        """
SELECT id, provider_reference FROM payment.payments
WHERE provider = 'stripe' AND captured_amount > 0
AND create_time > to_timestamp(:since) AND update_time < now() - cast(:settle AS interval)
ORDER BY create_time DESC LIMIT :most"""
    )
)
# What moves an order's money; payouts move what was earned on, and take nothing away from it.
_KINDS = ", ".join(f"'{kind}'" for kind in (EntryKind.CAPTURE, EntryKind.REFUND, EntryKind.REFUND_REVERSAL))
_ACCOUNTS = ", ".join(f"'{account}'" for account in EARNINGS)

SCANS: Sequence[Scan] = (
    scan_ranges(
        "I1",
        "Each ledger transaction sums to zero in each currency.",
        ids="id FROM payment.ledger_transactions",
        count="SELECT count(*) FROM payment.ledger_transactions WHERE {range(id)}",
        wrong="""
SELECT t.id, 'sums to ' || p.amount || ' ' || p.currency AS detail
FROM payment.ledger_transactions t CROSS JOIN LATERAL (
  SELECT currency, sum(amount) AS amount FROM payment.ledger_postings
  WHERE transaction_id = t.id GROUP BY currency HAVING sum(amount) <> 0) p
WHERE {range(t.id)} ORDER BY t.id""",
    ),
    scan_ranges(
        "I7",
        "Refunds are at most what was captured, and what their rows say.",
        ids="id FROM payment.payments",
        count="SELECT count(*) FROM payment.payments WHERE {range(id)}",
        wrong="""
SELECT p.id, 'captured ' || p.captured_amount || ', refunded ' || p.refunded_amount || ', on their way '
  || p.refunding_amount AS detail
FROM payment.payments p CROSS JOIN LATERAL (
  SELECT coalesce(sum(amount) FILTER (WHERE state = 'SUCCEEDED'), 0) AS given,
    coalesce(sum(amount) FILTER (WHERE state = 'PENDING'), 0) AS pending
  FROM payment.refunds WHERE payment_id = p.id) r
WHERE {range(p.id)} AND (p.refunded_amount + p.refunding_amount > p.captured_amount
  OR p.refunded_amount <> r.given OR p.refunding_amount <> r.pending)
ORDER BY p.id""",
    ),
    scan_ranges(
        "I8",
        "Captured minus refunded is what was earned, for each order.",
        ids="order_id FROM payment.payments",
        count="SELECT count(DISTINCT order_id) FROM payment.payments WHERE {range(order_id)}",
        wrong=f"""
SELECT o.order_id AS id, 'kept ' || m.taken || ' ' || m.currency || ', earned ' || m.earned AS detail
FROM (
  SELECT order_id FROM payment.payments WHERE {{range(order_id)}}
  UNION SELECT order_id FROM payment.ledger_transactions WHERE {{range(order_id)}}
) o CROSS JOIN LATERAL (
  SELECT currency, sum(taken) AS taken, sum(earned) AS earned FROM (
    SELECT currency, captured_amount - refunded_amount AS taken, 0 AS earned
    FROM payment.payments WHERE order_id = o.order_id
    UNION ALL
    SELECT p.currency, 0, -p.amount
    FROM payment.ledger_transactions t JOIN payment.ledger_postings p ON p.transaction_id = t.id
    WHERE t.order_id = o.order_id AND t.kind IN ({_KINDS}) AND p.account IN ({_ACCOUNTS})
  ) AS moves GROUP BY currency HAVING sum(taken) <> sum(earned)) m
ORDER BY id""",  # noqa: S608
    ),
)


async def overdue(unit: ReadUnit, patience: timedelta) -> list[Record]:
    """Payments that the provider could still charge although their time is over."""
    return await unit.fetch(_OVERDUE, patience=patience)


async def by_reference(unit: ReadUnit, references: Sequence[str], settle: timedelta) -> dict[str, Record]:
    """Our rows of the provider's payments."""
    rows = await unit.fetch(_BY_REFERENCE, refs=list(references), settle=settle)
    return {row["provider_reference"]: row for row in rows}


async def captured_since(unit: ReadUnit, since: float, settle: timedelta, most: int) -> list[Record]:
    """What we believe was captured, of payments begun after `since`."""
    return await unit.fetch(_CAPTURED_SINCE, since=since, settle=settle, most=most)
