"""What was told is forgotten after its time."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Interval, bindparam, delete, func

from mesh.database import UnitOfWork
from mesh.statement import statement
from services.notification.tables import messages, notifications

NOTIFICATIONS_KEPT: Final = timedelta(days=365)
MESSAGES_KEPT: Final = timedelta(days=90)
_KEPT = bindparam("kept", type_=Interval)

_FORGET_NOTIFICATIONS = statement(delete(notifications).where(notifications.c.create_time < func.now() - _KEPT))
_FORGET_MESSAGES = statement(
    delete(messages).where(messages.c.create_time < func.now() - _KEPT, messages.c.state != "QUEUED")
)


async def forget_old(unit: UnitOfWork) -> None:
    """Delete what has been kept for its time."""
    await unit.execute(_FORGET_NOTIFICATIONS, kept=NOTIFICATIONS_KEPT)
    await unit.execute(_FORGET_MESSAGES, kept=MESSAGES_KEPT)
