"""The queue of e-mails. A sender holds a row by a lease with a fence; the database's clock alone counts."""

import json
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Interval, bindparam, func, insert, select, update

from mesh.database import Record, UnitOfWork
from mesh.keyring import Keyring
from mesh.statement import statement
from services.notification.domain.delivery import Attempt, Message
from services.notification.domain.letters import Letter
from services.notification.events import to_message
from services.notification.tables import messages

LETTER = "letter"
_LEASE = bindparam("lease", type_=Interval)
_PAUSE = bindparam("pause", type_=Interval)

_QUEUE = statement(
    insert(messages).values(
        id=bindparam("message_id"),
        user_id=bindparam("user_id"),
        kind=bindparam("kind"),
        letter_sealed=bindparam("letter_sealed"),
    )
)
_DUE = (
    select(messages.c.id)
    .where(messages.c.state == "QUEUED", messages.c.next_time <= func.now())
    .order_by(messages.c.next_time)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_CLAIM = statement(
    update(messages)
    .where(messages.c.id.in_(_DUE))
    .values(fence=messages.c.fence + 1, next_time=func.now() + _LEASE)
    .returning(
        messages.c.id,
        messages.c.user_id,
        messages.c.kind,
        messages.c.letter_sealed,
        messages.c.create_time,
        messages.c.attempt_count,
        messages.c.fence,
    )
)
_SETTLE = statement(
    update(messages)
    .where(
        messages.c.id == bindparam("message_id"),
        messages.c.fence == bindparam("fence"),
        messages.c.state == "QUEUED",
    )
    .values(
        state=bindparam("state"),
        reason=bindparam("reason"),
        attempt_count=messages.c.attempt_count + 1,
        next_time=func.now() + _PAUSE,
        update_time=func.now(),
    )
)


class Messages:
    """The queue as one unit of work sees it."""

    def __init__(self, unit: UnitOfWork, keyring: Keyring) -> None:
        """Work in `unit`, sealing and opening with `keyring`."""
        self._unit = unit
        self._keyring = keyring

    async def queue(self, message_id: UUID, user_id: UUID, letter: Letter) -> None:
        """Put a letter to a person into the queue."""
        plain = json.dumps(letter.as_json()).encode()
        sealed = await self._keyring.seal(self._unit, user_id, plain, LETTER)
        await self._unit.execute(_QUEUE, message_id=message_id, user_id=user_id, kind=letter.kind, letter_sealed=sealed)

    async def claim(self, size: int, lease: timedelta) -> list[Message]:
        """Take up to `size` messages that are due; nobody else does before the lease has run out."""
        rows = await self._unit.fetch(_CLAIM, size=size, lease=lease)
        sealed = [(row["user_id"], row["letter_sealed"]) for row in rows]
        opened = await self._keyring.open_many(self._unit, sealed, LETTER)
        return [_message(row, plain) for row, plain in zip(rows, opened, strict=True)]

    async def settle(self, message: Message, attempt: Attempt) -> None:
        """Store what an attempt came to, unless the lease was lost; then another sender decides."""
        settled = await self._unit.execute(
            _SETTLE,
            message_id=message.message_id,
            fence=message.fence,
            state=attempt.outcome.value,
            reason=attempt.reason,
            pause=attempt.pause,
        )
        event = to_message(message, attempt)
        if settled and event is not None:
            self._unit.publish(event, message.message_id)


def _message(row: Record, plain: bytes | None) -> Message:
    letter = None if plain is None else Letter.from_json(json.loads(plain))
    return Message(
        row["id"], row["user_id"], letter, row["kind"], row["create_time"], row["attempt_count"], row["fence"]
    )
