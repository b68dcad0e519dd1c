"""Units of work with the repositories in them, for use cases that need more than one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from mesh.database import Database
from mesh.keyring import Keyring
from services.identity.repository.guesses import Guesses, WrittenGuesses
from services.identity.repository.sessions import Sessions, WrittenSessions
from services.identity.repository.users import Users, WrittenUsers


@dataclass(frozen=True, slots=True)
class ReadWork:
    """What a use case reads from."""

    users: Users
    sessions: Sessions
    guesses: Guesses


@dataclass(frozen=True, slots=True)
class WriteWork:
    """What a use case writes to."""

    users: WrittenUsers
    sessions: WrittenSessions
    guesses: WrittenGuesses


class Store:
    """Begins units of work."""

    def __init__(self, db: Database, keyring: Keyring) -> None:
        """Work on `db`, sealing and opening with `keyring`."""
        self._db = db
        self._keyring = keyring

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadWork]:
        """A block that reads."""
        async with self._db.read() as unit:
            yield ReadWork(Users(unit, self._keyring), Sessions(unit), Guesses(unit, self._keyring))

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteWork]:
        """A block that writes, committed where it ends well."""
        async with self._db.write() as unit:
            yield WriteWork(
                WrittenUsers(unit, self._keyring), WrittenSessions(unit), WrittenGuesses(unit, self._keyring)
            )
