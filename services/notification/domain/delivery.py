"""What becomes of a message on its way, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.notification.domain.letters import Letter

MAX_ATTEMPTS = 12
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)


class Outcome(StrEnum):
    """What an attempt came to."""

    SENT = "SENT"
    FAILED = "FAILED"
    # Back in the queue.
    QUEUED = "QUEUED"


@dataclass(frozen=True, slots=True)
class Message:
    """One letter on its way to one person, as its sender holds it. Without a letter the person was erased."""

    message_id: UUID
    user_id: UUID
    letter: Letter | None
    kind: str
    create_time: datetime
    attempt_count: int
    # Counts who has held it: a sender that lost its lease writes nothing.
    fence: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """The end of one attempt, with the reason where it did not end well."""

    outcome: Outcome
    reason: str = ""
    pause: timedelta = timedelta()


SENT = Attempt(Outcome.SENT)


def refused(reason: str) -> Attempt:
    """An attempt after which no other one can end better."""
    return Attempt(Outcome.FAILED, reason)


def put_off(message: Message, reason: str) -> Attempt:
    """An attempt that may end better later: pauses double, and the last one is the last."""
    if message.attempt_count + 1 >= MAX_ATTEMPTS:
        return refused(reason)
    pause = min(_FIRST_PAUSE * 2**message.attempt_count, _LONGEST_PAUSE)
    return Attempt(Outcome.QUEUED, reason, pause)
