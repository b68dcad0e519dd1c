"""What is left, where many want to know at once: whoever asks while a look is under way shares the next one."""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mesh.database import Database
from services.inventory.repository.buckets import Left, find_reservations, read_left


class Seen(NamedTuple):
    """What one moment after the question shows."""

    left: Mapping[uuid.UUID, Left]
    # Whether the order that asks has a reservation already.
    is_known: bool


@dataclass(slots=True)
class _Look:
    order_ids: list[uuid.UUID]
    answer: "asyncio.Future[tuple[Mapping[uuid.UUID, Left], frozenset[uuid.UUID]]]"


@dataclass(slots=True)
class Looking:
    """Looks without locks. Every answer is of a moment after its question, so that none is stale."""

    db: Database
    _waiting: dict[frozenset[uuid.UUID], _Look] = field(default_factory=dict)
    _running: dict[frozenset[uuid.UUID], "asyncio.Task[None]"] = field(default_factory=dict)

    async def look(self, variant_ids: frozenset[uuid.UUID], order_id: uuid.UUID) -> Seen:
        """What is left of each variant, and whether the order is known."""
        waiting = self._waiting.get(variant_ids)
        if waiting is None:
            waiting = self._waiting[variant_ids] = _Look([], asyncio.get_running_loop().create_future())
        waiting.order_ids.append(order_id)
        if variant_ids not in self._running:
            self._running[variant_ids] = asyncio.create_task(self._run(variant_ids))
        left, known = await asyncio.shield(waiting.answer)
        return Seen(left, order_id in known)

    async def _run(self, variant_ids: frozenset[uuid.UUID]) -> None:
        while look := self._waiting.pop(variant_ids, None):
            try:
                async with self.db.read() as unit:
                    known = await find_reservations(unit, look.order_ids)
                    look.answer.set_result((await read_left(unit, variant_ids), known))
            except BaseException as error:  # noqa: BLE001  # whatever it is, those who wait get it
                look.answer.set_exception(error)
        del self._running[variant_ids]
