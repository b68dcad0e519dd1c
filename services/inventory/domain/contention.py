"""What this process sees of the crowd before each variant: measured, and forgotten when it is gone."""

import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from services.inventory.domain.stock import Stock

# More variants than this are not watched at once; all begin anew.
_MOST_WATCHED = 10_000


class Contention:
    """Counts the reservations of a variant that begin while others of it are under way, in a sliding window.

    What it knows of a variant is a hint that saves waiting: the rows alone decide.
    """

    def __init__(
        self, crowd: int, count: int, window: float, keep: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Contended: `count` times within `window` seconds `crowd` others were there. Hints hold for `keep` seconds."""
        self._crowd = crowd
        self._count = count
        self._window = window
        self._keep = keep
        self._clock = clock
        self._under_way: dict[uuid.UUID, int] = {}
        self._crowded: dict[uuid.UUID, deque[float]] = {}
        self._spread: dict[uuid.UUID, float] = {}
        self._short: dict[uuid.UUID, float] = {}

    @contextmanager
    def taking(self, variant_ids: Iterable[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
        """Be one of those who reserve for the length of a block; gives the variants that have become contended."""
        taken = list(variant_ids)
        contended = [variant_id for variant_id in taken if self._arrive(variant_id)]
        try:
            yield contended
        finally:
            for variant_id in taken:
                self._leave(variant_id)

    def _arrive(self, variant_id: uuid.UUID) -> bool:
        others = self._under_way.get(variant_id, 0)
        self._under_way[variant_id] = others + 1
        if others < self._crowd:
            return False
        if len(self._crowded) >= _MOST_WATCHED:
            self._crowded.clear()
        now = self._clock()
        seen = self._crowded.setdefault(variant_id, deque(maxlen=self._count))
        seen.append(now)
        if len(seen) < self._count or now - seen[0] > self._window:
            return False
        seen.clear()
        return True

    def _leave(self, variant_id: uuid.UUID) -> None:
        left = self._under_way[variant_id] - 1
        if left:
            self._under_way[variant_id] = left
        else:
            del self._under_way[variant_id]

    def spread_of(self, variant_ids: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
        """Those that were spread over buckets when somebody looked."""
        return _fresh(self._spread, variant_ids, self._clock())

    def is_short(self, variant_ids: Iterable[uuid.UUID]) -> bool:
        """Whether one of them was short when somebody looked."""
        return bool(_fresh(self._short, variant_ids, self._clock()))

    def notice(self, row: Stock) -> None:
        """Keep what a locked row says."""
        if row.is_spread:
            self.note_spread(row.variant_id)
        else:
            self._spread.pop(row.variant_id, None)

    def note_spread(self, variant_id: uuid.UUID) -> None:
        """Keep that a variant is spread."""
        _note(self._spread, variant_id, self._clock() + self._keep)

    def note_short(self, variant_ids: Iterable[uuid.UUID]) -> None:
        """Keep that an order was refused for these."""
        for variant_id in variant_ids:
            _note(self._short, variant_id, self._clock() + self._keep)


def _fresh(until: dict[uuid.UUID, float], variant_ids: Iterable[uuid.UUID], now: float) -> frozenset[uuid.UUID]:
    return (
        frozenset(variant_id for variant_id in variant_ids if until.get(variant_id, 0.0) > now)
        if until
        else frozenset()
    )


def _note(until: dict[uuid.UUID, float], variant_id: uuid.UUID, time: float) -> None:
    if len(until) >= _MOST_WATCHED:
        until.clear()
    until[variant_id] = time
