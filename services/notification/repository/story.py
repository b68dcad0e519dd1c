"""Which messages an order's events led to, for its story."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import text

from mesh.database import ReadUnit, Record
from mesh.statement import statement

# A message is written in the commit that marks its event as done, so both have one time.
_TOLD = statement(
    text(
        """
        SELECT told.id, told.kind, told.create_time, mail.state, mail.reason, mail.update_time
        FROM notification.notifications AS told LEFT JOIN notification.messages AS mail ON mail.id = told.id
        WHERE told.resource_id = :order_id AND told.create_time = ANY(ARRAY(
            SELECT process_time FROM notification.inbox WHERE event_id = ANY(cast(:event_ids AS uuid[]))
        ))
        ORDER BY told.create_time, told.id
        """
    )
)


async def read_told(unit: ReadUnit, order_id: uuid.UUID, event_ids: Collection[str]) -> Sequence[Record]:
    """What was said about an order because of these events, without whom it was said to."""
    return await unit.fetch(_TOLD, order_id=str(order_id), event_ids=[uuid.UUID(event_id) for event_id in event_ids])
