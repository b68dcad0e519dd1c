"""Sessions and their refresh tokens: each token is good for one use, and a second use tells of a theft."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from mesh.errors import Unauthenticated


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
    spend_time: datetime | None = None

    def use(self, arrive_time: datetime, *, was_fresh: bool = False) -> Use:
        """Judge a use whose request arrived at `arrive_time`, and which saw the token unspent if `was_fresh`.

        A use that had arrived before another one spent the token was in flight at the same moment: it lost
        a race, which an honest client with two tabs does too. One that arrived later is a copy in other hands.
        """
        if self.spend_time is not None:
            return Use.LOST_RACE if was_fresh or arrive_time <= self.spend_time else Use.REUSED
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
