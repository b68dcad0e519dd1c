"""The pulse of the database: while it does not beat nobody waits for an answer, be it dead or behind a cut cable."""

import asyncio
import logging
from typing import Any, Final

from mesh.errors import SoukError
from mesh.pool import Pool, failures_typed

# One beat may be late because this process stood still; two in a row are not.
_MISSED: Final = 2
_log = logging.getLogger(__name__)


class Pulse:
    """Asks the database for a sign of life and opens the pool's breaker while there is none."""

    def __init__(self, pool: Pool, *, every: float = 1.0, patience: float = 1.0) -> None:
        """Ask `every` seconds on a connection of its own and wait at most `patience` seconds for each answer."""
        self._pool = pool
        self._every = every
        self._patience = patience
        self._session: Any = None

    async def run(self) -> None:
        """Feel the pulse until cancelled."""
        missed = 0
        try:
            while True:
                if await self._beats():
                    missed = 0
                    self._pool.resume()
                    await asyncio.sleep(self._every)
                    continue
                missed += 1
                if missed == _MISSED:
                    _log.warning("the database does not answer")
                if missed >= _MISSED:
                    self._pool.give_up()
                    await asyncio.sleep(self._every / 2)
        finally:
            self._forget()

    async def _beats(self) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                self._session = self._session or await self._pool.connect()
                with failures_typed:
                    await self._session.execute("SELECT 1")
        except (SoukError, TimeoutError):
            self._forget()
            return False
        return True

    def _forget(self) -> None:
        if self._session is not None:
            self._session.terminate()
        self._session = None
