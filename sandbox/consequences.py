"""What happens to an object some time after it was made, without anybody asking."""

import logging
import time
from collections.abc import Callable

from sandbox import disputes, refunds
from sandbox.due import Due
from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.session import Session
from sandbox.store import Store

_LOG = logging.getLogger(__name__)
_HAPPENINGS: dict[str, Callable[[Session, str], object]] = {
    "refund_failure": refunds.fail,
    "dispute": disputes.begin,
}


class Consequences:
    """Lets them happen when their time has come; a restart goes on where it stopped."""

    def __init__(self, store: Store, faults: Faults, raised: Callable[[], None]) -> None:
        """`raised` is called after a commit that raised events."""
        self._store = store
        self._faults = faults
        self._raised = raised
        self._due = Due(self._happen, self._next_time)

    def wake(self) -> None:
        """There may be something new to wait for."""
        self._due.wake()

    async def run(self) -> None:
        """Go on until cancelled."""
        await self._due.run()

    def _next_time(self) -> float | None:
        next_time: float | None = self._store.query("SELECT min(due) FROM consequences")[0][0]
        return next_time

    async def _happen(self) -> bool:
        rows = self._store.query("SELECT seq, object_id, kind FROM consequences WHERE due <= ?", time.time())
        for seq, object_id, kind in rows:
            with self._store.transaction():
                self._store.query("DELETE FROM consequences WHERE seq = ?", seq)
                try:
                    _HAPPENINGS[kind](Session(self._store, self._faults), object_id)
                except ApiError as error:
                    # A refused card's charge cannot be disputed, for one.
                    _LOG.info("no %s of %s: %s", kind, object_id, error)
        if rows:
            self._raised()
        return bool(rows)
