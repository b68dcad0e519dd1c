"""Units of work on the queue, for the sender, which needs one after another."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mesh.database import Database
from mesh.keyring import Keyring
from services.notification.repository.messages import Messages


class QueueStore:
    """Begins units of work on the queue."""

    def __init__(self, db: Database, keyring: Keyring) -> None:
        """Work on `db`, opening with `keyring`."""
        self._db = db
        self._keyring = keyring

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Messages]:
        """A block that writes, committed where it ends well."""
        async with self._db.write() as unit:
            yield Messages(unit, self._keyring)
