"""Guessing passwords: after some wrong ones for an address each further one must wait twice as long, up to a minute.

An address without an account is counted as one with an account is, so that the refusal tells nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mesh.errors import ResourceExhausted

FIRST_PAUSE = timedelta(seconds=1)
# The owner who knows the password is kept out no longer than this by somebody who does not.
LONGEST_PAUSE = timedelta(minutes=1)
_MOST_DOUBLINGS = 6


@dataclass(frozen=True, slots=True)
class GuessLimit:
    """How many wrong passwords in a row cost nothing, and after which rest they are forgotten."""

    free: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class WrongGuesses:
    """The wrong passwords in a row for one address."""

    count: int
    last_time: datetime

    def require_rest(self, limit: GuessLimit, now: datetime) -> None:
        """Raise RATE_LIMITED where the next guess comes too soon."""
        if self.count < limit.free or now - self.last_time > limit.window:
            return
        pause = min(FIRST_PAUSE * 2 ** min(self.count - limit.free, _MOST_DOUBLINGS), LONGEST_PAUSE)
        left = (self.last_time + pause - now).total_seconds()
        if left > 0:
            raise ResourceExhausted("RATE_LIMITED", "Too many wrong passwords: wait a moment.", retry_after=left)
