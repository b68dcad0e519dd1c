"""Sessions and their refresh tokens: each token is good for one use, and a second use tells of a theft."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from mesh.errors import Unauthenticated

# How long the answer to a use is held back, so that uses sent at the same moment arrive before it leaves: they come
# over other connections, and may wait in a queue.
IN_FLIGHT = timedelta(milliseconds=200)


class Use(Enum):
    """What presenting a refresh token comes to."""

    FRESH = "fresh"
    LOST_RACE = "lost race"
    REUSED = "reused"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in on one device. All refresh tokens that follow from it are its family."""

    session_id: UUID
    user_id: UUID
    epoch: int = 1
    ended: bool = False


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token as it is stored, with its session."""

    token_id: UUID
    session: Session
    expire_time: datetime
    # When the answer with its successor leaves; None while it can be traded.
    spend_time: datetime | None = None

    def use(self, arrive_time: datetime) -> Use:
        """Judge a use whose request arrived at `arrive_time`.

        Before the winner's answer left nobody can have had its successor: who came by then was in flight at the
        same moment, as an honest client with two tabs is, and lost a race. Who came later is a copy in other hands.
        """
        if self.spend_time is not None:
            return Use.LOST_RACE if arrive_time <= self.spend_time else Use.REUSED
        if self.session.ended or self.expire_time <= arrive_time:
            return Use.INVALID
        return Use.FRESH


REFUSALS = {
    Use.LOST_RACE: ("REFRESH_TOKEN_SPENT", "Another use of the refresh token was faster."),
    Use.REUSED: ("REFRESH_TOKEN_REUSED", "The refresh token was used before; the session has ended."),
    Use.INVALID: ("REFRESH_TOKEN_INVALID", "The refresh token is not good; sign in again."),
}


def refusal(use: Use) -> Unauthenticated:
    """The error that a use which is not fresh ends with."""
    reason, message = REFUSALS[use]
    return Unauthenticated(reason, message)
