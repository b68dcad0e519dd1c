"""The queries of the invariants: each lists at most a hundred offenders and counts them all."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text

from mesh.database import ReadUnit, Record
from mesh.statement import statement
from services.payment.domain.ledger import EARNINGS, EntryKind

_COUNT_ENTRIES = statement(text("SELECT count(*) FROM payment.ledger_transactions"))
_COUNT_PAYMENTS = statement(text("SELECT count(*) FROM payment.payments"))
_UNBALANCED = statement(
    text(
        """
SELECT transaction_id AS id, currency, sum(amount) AS amount, count(*) OVER () AS total
FROM payment.ledger_postings GROUP BY transaction_id, currency HAVING sum(amount) <> 0 LIMIT 100"""
    )
)
_OVERDUE = statement(
    text(
        """
SELECT id, state, count(*) OVER () AS total FROM payment.payments
WHERE chargeable AND create_time < now() - cast(:patience AS interval) LIMIT 100"""
    )
)
_REFUND_SUMS = statement(
    text(
        """
SELECT p.id, p.captured_amount, p.refunded_amount, p.refunding_amount, count(*) OVER () AS total
FROM payment.payments p LEFT JOIN (
  SELECT payment_id, sum(amount) FILTER (WHERE state = 'SUCCEEDED') AS given,
    sum(amount) FILTER (WHERE state = 'PENDING') AS pending
  FROM payment.refunds GROUP BY payment_id
) r ON r.payment_id = p.id
WHERE p.refunded_amount + p.refunding_amount > p.captured_amount
  OR p.refunded_amount <> coalesce(r.given, 0) OR p.refunding_amount <> coalesce(r.pending, 0)
LIMIT 100"""
    )
)
_EARNINGS = statement(
    text(
        """
SELECT order_id AS id, currency, coalesce(taken.net, 0) AS taken, coalesce(earned.net, 0) AS earned,
  count(*) OVER () AS total
FROM (
  SELECT order_id, currency, sum(captured_amount - refunded_amount) AS net
  FROM payment.payments WHERE captured_amount > 0 GROUP BY order_id, currency
) taken FULL JOIN (
  SELECT t.order_id, p.currency, -sum(p.amount) AS net
  FROM payment.ledger_postings p JOIN payment.ledger_transactions t ON t.id = p.transaction_id
  WHERE t.kind = ANY(:kinds) AND p.account = ANY(:accounts) GROUP BY t.order_id, p.currency
) earned USING (order_id, currency)
WHERE coalesce(taken.net, 0) <> coalesce(earned.net, 0) LIMIT 100"""
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
_KINDS = [kind.value for kind in (EntryKind.CAPTURE, EntryKind.REFUND, EntryKind.REFUND_REVERSAL)]


async def count_entries(unit: ReadUnit) -> int:
    return int(await unit.fetch_value(_COUNT_ENTRIES))


async def count_payments(unit: ReadUnit) -> int:
    return int(await unit.fetch_value(_COUNT_PAYMENTS))


async def unbalanced(unit: ReadUnit) -> list[Record]:
    """Ledger transactions that do not sum to zero."""
    return await unit.fetch(_UNBALANCED)


async def overdue(unit: ReadUnit, patience: timedelta) -> list[Record]:
    """Payments that the provider could still charge although their time is over."""
    return await unit.fetch(_OVERDUE, patience=patience)


async def wrong_refund_sums(unit: ReadUnit) -> list[Record]:
    """Payments whose refunds are more than was captured, or not what their rows say."""
    return await unit.fetch(_REFUND_SUMS)


async def wrong_earnings(unit: ReadUnit) -> list[Record]:
    """Orders whose ledger does not earn what was captured and not refunded."""
    accounts = [account.value for account in EARNINGS]
    return await unit.fetch(_EARNINGS, kinds=_KINDS, accounts=accounts)


async def by_reference(unit: ReadUnit, references: Sequence[str], settle: timedelta) -> dict[str, Record]:
    """Our rows of the provider's payments."""
    rows = await unit.fetch(_BY_REFERENCE, refs=list(references), settle=settle)
    return {row["provider_reference"]: row for row in rows}


async def captured_since(unit: ReadUnit, since: float, settle: timedelta, most: int) -> list[Record]:
    """What we believe was captured, of payments begun after `since`."""
    return await unit.fetch(_CAPTURED_SINCE, since=since, settle=settle, most=most)
