"""What this process has just read from the cache: spares the trip to Redis while Redis tells what has changed."""

import time
from collections.abc import Callable, Iterable

# In seconds. No message is lost on a connection that lives, and where it does not all entries go: this bounds what
# nobody has thought of, far below what Redis itself may keep where a deletion could not reach it.
NEAR_SECONDS = 60.0
_MOST_BYTES = 32 * 1024 * 1024


class Near:
    """Bytes by key for a moment. Empty whenever nobody tells what has changed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Deaf, and so empty, at first."""
        self._clock = clock
        self._entries: dict[str, tuple[float, bytes]] = {}
        self._bytes = 0
        self._listening = False
        # Counts what was told to have changed: a value read before may be the old one.
        self.changes = 0

    def get(self, key: str) -> bytes | None:
        """The bytes under `key`, None where they are not here or their time is over."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and entry[0] > self._clock() else None

    def put(self, key: str, value: bytes, ttl: float, changes: int) -> None:
        """Keep a value that was read when `changes` was what it is now; skipped where it is not any more."""
        if not self._listening or changes != self.changes:
            return
        # What was overwritten or is over counts too, so that the oldest go in the end.
        if self._bytes + len(value) > _MOST_BYTES:
            self._clear()
        self._entries[key] = (self._clock() + min(NEAR_SECONDS, ttl), value)
        self._bytes += len(value)

    def drop(self, keys: Iterable[str]) -> None:
        """Forget what has changed."""
        self.changes += 1
        for key in keys:
            self._entries.pop(key, None)

    def listen(self) -> None:
        """From now on every change is told."""
        self._listening = True

    def go_deaf(self) -> None:
        """Nobody tells any more: forget everything."""
        self._listening = False
        self.changes += 1
        self._clear()

    def _clear(self) -> None:
        self._entries.clear()
        self._bytes = 0
