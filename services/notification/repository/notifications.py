"""What was told in the apps."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Uuid, bindparam, func, not_, or_, select, update

from mesh.database import ReadUnit, Record, UnitOfWork
from mesh.errors import NotFound
from mesh.keyring import Keyring
from mesh.principal import Principal
from mesh.statement import as_columns, insert_rows, statement
from services.notification.domain.letters import Addressed, Letter
from services.notification.tables import notifications

LETTER = "letter"
_COLUMNS = (
    notifications.c.id,
    notifications.c.user_id,
    notifications.c.letter_sealed,
    notifications.c.create_time,
    notifications.c.read_time,
)
_AFTER = bindparam("after", type_=Uuid)
_UNREAD = bindparam("unread", type_=Boolean)

_PAGE = statement(
    select(*_COLUMNS)
    .where(
        notifications.c.user_id == bindparam("user_id"),
        or_(_AFTER.is_(None), notifications.c.id < _AFTER),
        or_(not_(_UNREAD), notifications.c.read_time.is_(None)),
    )
    .order_by(notifications.c.id.desc())
    .limit(bindparam("size"))
)
_READ = statement(
    update(notifications)
    .where(
        notifications.c.id == bindparam("notification_id"),
        notifications.c.user_id == bindparam("user_id"),
    )
    .values(read_time=func.coalesce(notifications.c.read_time, func.now()))
    .returning(*_COLUMNS)
)
_ADD = insert_rows(notifications, "id", "user_id", "kind", "resource_id", "letter_sealed")
_NOW = statement(select(func.now()))


@dataclass(frozen=True, slots=True)
class Notification:
    """One letter shown in the apps."""

    notification_id: UUID
    letter: Letter
    create_time: datetime
    read_time: datetime | None = None


class Notifications:
    """Notifications as a read unit sees them."""

    def __init__(self, unit: ReadUnit, keyring: Keyring) -> None:
        """Work in `unit`, opening with `keyring`."""
        self._unit = unit
        self._keyring = keyring

    async def page(self, principal: Principal, after: UUID | None, size: int, *, unread: bool) -> list[Notification]:
        """The caller's notifications, newest first, from the one after `after` on."""
        rows = await self._unit.fetch(_PAGE, user_id=principal.user_id, after=after, size=size, unread=unread)
        return await self._opened(rows)

    async def _opened(self, rows: Sequence[Record]) -> list[Notification]:
        """The notifications in the order of their rows; those of erased persons are left out."""
        sealed = [(row["user_id"], row["letter_sealed"]) for row in rows]
        opened = await self._keyring.open_many(self._unit, sealed, LETTER)
        return [_notification(row, plain) for row, plain in zip(rows, opened, strict=True) if plain is not None]


class WrittenNotifications(Notifications):
    """Notifications in a unit of work that may change them."""

    _unit: UnitOfWork

    def __init__(self, unit: UnitOfWork, keyring: Keyring) -> None:
        """Work in `unit`, sealing and opening with `keyring`."""
        super().__init__(unit, keyring)

    async def add(self, letters: Sequence[Addressed]) -> None:
        """Show letters to people, at least one, with the commit."""
        rows = [await self._row(each) for each in letters]
        self._unit.defer(_ADD, **as_columns(rows))

    async def _row(self, addressed: Addressed) -> dict[str, object]:
        letter = addressed.letter
        plain = json.dumps(letter.as_json()).encode()
        return {
            "id": addressed.id,
            "user_id": addressed.user_id,
            "kind": letter.kind,
            "resource_id": letter.resource_id,
            "letter_sealed": await self._keyring.seal(self._unit, addressed.user_id, plain, LETTER),
        }

    async def create_time(self) -> datetime:
        """The time that what is added in this unit bears."""
        now: datetime = await self._unit.fetch_value(_NOW)
        return now

    async def mark_read(self, notification_id: UUID, principal: Principal) -> Notification:
        """Mark one of the caller's notifications as read. Raises NOTIFICATION_NOT_FOUND."""
        rows = await self._unit.fetch(_READ, notification_id=notification_id, user_id=principal.user_id)
        for notification in await self._opened(rows):
            return notification
        raise NotFound("NOTIFICATION_NOT_FOUND", "There is no such notification.")


def _notification(row: Record, plain: bytes) -> Notification:
    return Notification(row["id"], Letter.from_json(json.loads(plain)), row["create_time"], row["read_time"])
