"""What the invariants are checked by: scans that return the offending rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from mesh.database import ReadUnit
from mesh.statement import Statement, statement


@dataclass(frozen=True, slots=True)
class Scan:
    """One check: how many facts there are to look at, and which are wrong (`id`, `detail`)."""

    invariant: str
    description: str
    count: Statement
    wrong: Statement


_COMMON = {
    "settled": "clock_timestamp() - make_interval(secs => :settle)",
    "late": "clock_timestamp() - make_interval(secs => greatest(60, CAST(:settle AS float)))",
    "place_order": "/souk.order.v1.OrderService/PlaceOrder",
}


def _scan(invariant: str, description: str, *, count: str, wrong: str) -> Scan:
    return Scan(invariant, description, statement(text(_filled(count))), statement(text(_filled(wrong))))


def _filled(query: str) -> str:
    """The query with the expressions that several have in common."""
    for name, expression in _COMMON.items():
        query = query.replace(f"{{{name}}}", expression)
    return query


SCANS: Sequence[Scan] = (
    _scan(
        "I3",
        "a paid order costs what its lines cost and what was taken; of others nothing was taken, or it is refunded",
        count='SELECT count(*) FROM "order".orders WHERE update_time < {settled}',
        wrong="""
SELECT o.id::text AS id, 'total ' || o.total_amount || ', taken ' || coalesce(p.taken, 0) AS detail
FROM "order".orders o
LEFT JOIN (SELECT order_id, sum(amount) AS taken FROM "order".order_payments
           WHERE state IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED') GROUP BY order_id) p
  ON p.order_id = o.id
JOIN "order".order_sagas s ON s.order_id = o.id
LEFT JOIN (SELECT order_id, sum((unit_amount * quantity) - discount_amount + shipping_amount + tax_amount) AS lines
           FROM "order".order_lines GROUP BY order_id) l ON l.order_id = o.id
WHERE o.update_time < {settled}
  AND (CASE WHEN o.pay_time IS NOT NULL THEN coalesce(p.taken, 0) <> o.total_amount
            ELSE coalesce(p.taken, 0) <> 0 AND s.refund_id IS NULL END
       OR coalesce(l.lines, 0) <> o.total_amount)
ORDER BY o.id""",
    ),
    _scan(
        "I6",
        "no checkout has been at work for longer than 60 seconds, and no buyer's time is over for that long",
        count="SELECT count(*) FROM \"order\".order_sagas WHERE state <> 'DONE' AND run_time < {late}",
        wrong="""
SELECT order_id::text AS id, goal || ' ' || state || ' since ' || run_time AS detail
FROM "order".order_sagas
WHERE (state = 'RUNNING' AND run_time < {late}) OR (state = 'WAITING' AND due_time < {late})
ORDER BY order_id""",
    ),
    _scan(
        "I9",
        "an order that was told exists, and who was told a failure was not charged",
        count="""
SELECT count(*) FROM "order".idempotency_keys WHERE method = '{place_order}' AND create_time < {settled}""",
        wrong="""
SELECT k.key AS id,
       CASE WHEN k.response IS NOT NULL THEN 'an order was told and there is none'
            ELSE 'a failure was told and order ' || o.id || ' is ' || o.status END AS detail
FROM "order".idempotency_keys k
LEFT JOIN "order".orders o ON o.user_id::text = k.caller AND o.place_key = k.key
WHERE k.method = '{place_order}' AND k.create_time < {settled}
  AND ((k.response IS NOT NULL AND o.id IS NULL)
       OR (k.error IS NOT NULL AND o.id IS NOT NULL AND o.pay_time IS NOT NULL))
ORDER BY k.key""",
    ),
    _scan(
        "I10",
        "the status that lists filter by is the function of the three axes",
        count='SELECT count(*) FROM "order".orders WHERE update_time < {settled}',
        wrong="""
SELECT id::text AS id, status || ' is stored' AS detail FROM "order".orders
WHERE update_time < {settled} AND status <> CASE
  WHEN state IN ('REJECTED', 'CANCELLED') THEN state
  WHEN payment_state = 'REFUNDED' THEN 'REFUNDED'
  WHEN state = 'COMPLETED' THEN 'COMPLETED'
  WHEN fulfilment_state IN ('DELIVERED', 'RETURNED') THEN 'DELIVERED'
  WHEN fulfilment_state IN ('SHIPPED', 'PARTIALLY_SHIPPED') THEN 'SHIPPED'
  WHEN fulfilment_state = 'PROCESSING' THEN 'PROCESSING'
  WHEN payment_state IN ('PAID', 'PARTIALLY_REFUNDED', 'DISPUTED') THEN 'PAID'
  ELSE 'PENDING' END
ORDER BY id""",
    ),
)

_LATEST_ATTEMPTS = statement(
    text(
        """
SELECT id, state FROM "order".order_payments
WHERE state IN ('CAPTURED', 'DECLINED', 'CANCELLED')
  AND update_time < clock_timestamp() - make_interval(secs => :settle)
ORDER BY id DESC LIMIT :most"""
    )
)


async def latest_attempts(unit: ReadUnit, settle: float, most: int) -> list[Any]:
    """The latest attempts that are over, with their states."""
    return await unit.fetch(_LATEST_ATTEMPTS, settle=settle, most=most)


async def run_scan(unit: ReadUnit, scan: Scan, settle: float) -> tuple[int, list[Any]]:
    """How many facts were looked at, and the rows that are wrong."""
    checked = await unit.fetch_value(scan.count, settle=settle)
    wrong = await unit.fetch(scan.wrong, settle=settle)
    return checked, wrong
