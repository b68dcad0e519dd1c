"""The queue of e-mails. A sender holds a row by a lease with a fence; the database's clock alone counts."""

import json
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Interval, bindparam, func, select, text, update

from mesh.database import Database, Record, UnitOfWork
from mesh.keyring import Keyring
from mesh.statement import as_columns, insert_rows, statement
from services.notification.domain.delivery import Attempt, Message
from services.notification.domain.letters import Addressed, Letter
from services.notification.events import to_message
from services.notification.tables import messages

LETTER = "letter"
_LEASE = bindparam("lease", type_=Interval)

_QUEUE = insert_rows(messages, "id", "user_id", "kind", "letter_sealed")
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
    text(
        """
        UPDATE notification.messages AS message
        SET state = tried.state, reason = tried.reason, attempt_count = attempt_count + 1,
            next_time = now() + tried.pause, update_time = now()
        FROM unnest(cast(:message_ids AS uuid[]), cast(:fences AS bigint[]), cast(:states AS text[]),
                    cast(:reasons AS text[]), cast(:pauses AS interval[])) AS tried (id, fence, state, reason, pause)
        WHERE message.id = tried.id AND message.fence = tried.fence AND message.state = 'QUEUED'
        RETURNING message.id
        """
    )
)


class Messages:
    """The queue as a unit of work sees it that puts letters into it."""

    def __init__(self, unit: UnitOfWork, keyring: Keyring) -> None:
        """Work in `unit`, sealing with `keyring`."""
        self._unit = unit
        self._keyring = keyring

    async def queue(self, letters: Sequence[Addressed]) -> None:
        """Put letters into the queue, at least one, with the commit."""
        rows = [await self._row(each) for each in letters]
        self._unit.defer(_QUEUE, **as_columns(rows))

    async def _row(self, addressed: Addressed) -> dict[str, object]:
        plain = json.dumps(addressed.letter.as_json()).encode()
        return {
            "id": addressed.id,
            "user_id": addressed.user_id,
            "kind": addressed.letter.kind,
            "letter_sealed": await self._keyring.seal(self._unit, addressed.user_id, plain, LETTER),
        }


class QueueStore:
    """The queue as its sender sees it."""

    def __init__(self, db: Database, keyring: Keyring) -> None:
        """Work on `db`, opening with `keyring`."""
        self._db = db
        self._keyring = keyring

    async def claim(self, size: int, lease: timedelta) -> list[Message]:
        """Take up to `size` messages that are due; nobody else does before the lease has run out."""
        rows = await self._db.run_returning(_CLAIM, size=size, lease=lease)
        if not rows:
            return []
        async with self._db.read() as unit:
            opened = await self._keyring.open_many(
                unit, [(row["user_id"], row["letter_sealed"]) for row in rows], LETTER
            )
        return [_message(row, plain) for row, plain in zip(rows, opened, strict=True)]

    async def settle(self, tried: Sequence[tuple[Message, Attempt]]) -> None:
        """Store what attempts came to, in one commit; where a lease was lost, another sender decides."""
        async with self._db.write() as unit:
            rows = await unit.fetch(
                _SETTLE,
                message_ids=[message.message_id for message, _ in tried],
                fences=[message.fence for message, _ in tried],
                states=[attempt.outcome.value for _, attempt in tried],
                reasons=[attempt.reason for _, attempt in tried],
                pauses=[attempt.pause for _, attempt in tried],
            )
            settled = {row["id"] for row in rows}
            for message, attempt in tried:
                event = to_message(message, attempt)
                if event is not None and message.message_id in settled:
                    unit.publish(event, message.message_id)


def _message(row: Record, plain: bytes | None) -> Message:
    letter = None if plain is None else Letter.from_json(json.loads(plain))
    return Message(
        row["id"], row["user_id"], letter, row["kind"], row["create_time"], row["attempt_count"], row["fence"]
    )
