"""What an order left in the movements, for its story."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Uuid, bindparam, select

from mesh.database import ReadUnit, Record
from mesh.statement import statement
from services.inventory.tables import movements, reservation_lines

_order_id = bindparam("order_id", type_=Uuid)
_MOVEMENTS = statement(
    select(
        movements.c.variant_id,
        movements.c.kind,
        movements.c.on_hand_delta,
        movements.c.reserved_delta,
        movements.c.reason,
        movements.c.create_time,
    )
    .where(
        movements.c.order_id == _order_id,
        # Movements are found by the row that moved.
        movements.c.variant_id.in_(
            select(reservation_lines.c.variant_id).where(reservation_lines.c.order_id == _order_id)
        ),
    )
    .order_by(movements.c.create_time, movements.c.variant_id, movements.c.version)
)


async def read_movements(unit: ReadUnit, order_id: uuid.UUID) -> Sequence[Record]:
    """What an order moved, oldest first."""
    return await unit.fetch(_MOVEMENTS, order_id=order_id)
