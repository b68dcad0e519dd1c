"""Wrong passwords in their table, by the keyed hash of the address that they were tried for."""

from datetime import datetime, timedelta

from sqlalchemy import DateTime, bindparam, case, delete, select
from sqlalchemy.dialects.postgresql import insert

from mesh.database import ReadUnit, UnitOfWork
from mesh.keyring import Keyring
from mesh.statement import statement
from services.identity.domain.guessing import WrongGuesses
from services.identity.tables import wrong_guesses

_NOW = bindparam("now", type_=DateTime(timezone=True))
_FORGET_BEFORE = bindparam("forget_before", type_=DateTime(timezone=True))
_OF_ADDRESS = wrong_guesses.c.email_hash == bindparam("email_hash")

_FIND = statement(select(wrong_guesses.c.guess_count, wrong_guesses.c.guess_time).where(_OF_ADDRESS))
_NOTE = statement(
    insert(wrong_guesses)
    .values(email_hash=bindparam("email_hash"), guess_count=1, guess_time=_NOW)
    .on_conflict_do_update(
        index_elements=[wrong_guesses.c.email_hash],
        set_={
            "guess_count": case(
                (wrong_guesses.c.guess_time < _FORGET_BEFORE, 1), else_=wrong_guesses.c.guess_count + 1
            ),
            "guess_time": _NOW,
        },
    )
)
_FORGIVE = statement(delete(wrong_guesses).where(_OF_ADDRESS))
_OLD = (
    select(wrong_guesses.c.email_hash)
    .where(wrong_guesses.c.guess_time < _FORGET_BEFORE)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_FORGET = statement(delete(wrong_guesses).where(wrong_guesses.c.email_hash.in_(_OLD)))


class Guesses:
    """Wrong passwords as a read unit sees them."""

    def __init__(self, unit: ReadUnit, keyring: Keyring) -> None:
        """Work in `unit`; addresses are hashed with `keyring`."""
        self._unit = unit
        self._keyring = keyring

    async def find(self, email: str) -> WrongGuesses | None:
        """What was guessed for a canonical address; None where nothing was."""
        row = await self._unit.fetch_one(_FIND, email_hash=self._keyring.lookup_hash(email))
        return None if row is None else WrongGuesses(row["guess_count"], row["guess_time"])


class WrittenGuesses(Guesses):
    """Wrong passwords in a unit of work that may change them."""

    _unit: UnitOfWork

    def __init__(self, unit: UnitOfWork, keyring: Keyring) -> None:
        """Work in `unit`; addresses are hashed with `keyring`."""
        super().__init__(unit, keyring)

    async def note(self, email: str, now: datetime, window: timedelta) -> None:
        """Count one more; those that are older than `window` are forgotten."""
        email_hash = self._keyring.lookup_hash(email)
        await self._unit.execute(_NOTE, email_hash=email_hash, now=now, forget_before=now - window)

    async def forgive(self, email: str) -> None:
        """Forget what was guessed for an address."""
        await self._unit.execute(_FORGIVE, email_hash=self._keyring.lookup_hash(email))

    async def forget_before(self, time: datetime, size: int) -> int:
        """Delete up to `size` rows without a guess since `time`; returns how many."""
        return await self._unit.execute(_FORGET, forget_before=time, size=size)
