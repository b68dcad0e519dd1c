"""What the invariants are checked by: scans that return the offending rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from mesh.database import ReadUnit
from mesh.scans import Scan, scan, scan_ranges
from mesh.statement import statement

_LATE = "clock_timestamp() - make_interval(secs => greatest(60, CAST(:settle AS float)))"
_PLACE_ORDER = "method = '/souk.order.v1.OrderService/PlaceOrder'"

SCANS: Sequence[Scan] = (
    scan_ranges(
        "I3",
        "a paid order costs what its lines cost and what was taken; of others nothing was taken, or it is refunded",
        ids='id FROM "order".orders',
        count='SELECT count(*) FROM "order".orders WHERE {range(id)} AND update_time < {settled}',
        wrong="""
SELECT o.id, 'total ' || o.total_amount || ', taken ' || p.taken AS detail
FROM "order".orders o
CROSS JOIN LATERAL (
  SELECT coalesce(sum(amount), 0) AS taken FROM "order".order_payments
  WHERE order_id = o.id AND state IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED')) p
CROSS JOIN LATERAL (
  SELECT coalesce(sum((unit_amount * quantity) - discount_amount + shipping_amount + tax_amount), 0) AS lines
  FROM "order".order_lines WHERE order_id = o.id) l
WHERE {range(o.id)} AND o.update_time < {settled}
  AND (CASE WHEN o.pay_time IS NOT NULL THEN p.taken <> o.total_amount
            ELSE p.taken <> 0 AND NOT EXISTS (
              SELECT FROM "order".order_sagas s WHERE s.order_id = o.id AND s.refund_id IS NOT NULL) END
       OR l.lines <> o.total_amount)
ORDER BY o.id""",
    ),
    scan(
        "I6",
        "no checkout has been at work for longer than 60 seconds, and no buyer's time is over for that long",
        count=f"SELECT count(*) FROM \"order\".order_sagas WHERE state <> 'DONE' AND run_time < {_LATE}",  # noqa: S608
        wrong=f"""
SELECT order_id AS id, goal || ' ' || state || ' since ' || run_time AS detail
FROM "order".order_sagas
WHERE state <> 'DONE'
  AND ((state = 'RUNNING' AND run_time < {_LATE}) OR (state = 'WAITING' AND due_time < {_LATE}))
ORDER BY order_id""",  # noqa: S608
    ),
    scan_ranges(
        "I9",
        "an order that was told exists, and who was told a failure was not charged",
        ids=f'caller FROM "order".idempotency_keys WHERE {_PLACE_ORDER}',
        of_text=True,
        count=f"""
SELECT count(*) FROM "order".idempotency_keys
WHERE {_PLACE_ORDER} AND {{range(caller)}} AND create_time < {{settled}}""",  # noqa: S608
        wrong=f"""
SELECT k.key AS id,
       CASE WHEN k.response IS NOT NULL THEN 'an order was told and there is none'
            ELSE 'a failure was told and order ' || o.id || ' is ' || o.status END AS detail
FROM "order".idempotency_keys k
LEFT JOIN "order".orders o
  ON o.user_id = CASE WHEN length(k.caller) = 36 THEN k.caller::uuid END AND o.place_key = k.key
WHERE {_PLACE_ORDER} AND {{range(k.caller)}} AND k.create_time < {{settled}}
  AND ((k.response IS NOT NULL AND o.id IS NULL)
       OR (k.error IS NOT NULL AND o.id IS NOT NULL AND o.pay_time IS NOT NULL))
ORDER BY k.key""",  # noqa: S608
    ),
    scan_ranges(
        "I10",
        "the status that lists filter by is the function of the three axes",
        ids='id FROM "order".orders',
        count='SELECT count(*) FROM "order".orders WHERE {range(id)} AND update_time < {settled}',
        wrong="""
SELECT id, status || ' is stored' AS detail FROM "order".orders
WHERE {range(id)} AND update_time < {settled} AND status <> CASE
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
