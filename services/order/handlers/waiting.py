"""Waiting for sagas: for one's answer, or for the right to drive one."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from mesh import idempotency
from mesh.database import Database
from mesh.detached import Detached
from mesh.errors import Aborted, SoukError
from mesh.idempotency import CallKey
from mesh.principal import current_principal
from services.order.handlers.completion import Completion, Work
from services.order.handlers.endings import Answer
from services.order.messages import order_message
from services.order.repository import sagas
from services.order.repository.orders import Orders

_POLL = 0.05


class AnsweredMeanwhile(SoukError):
    """Another call with the same key was faster."""


class Waiting:
    """Runs sagas apart from their callers and waits for them, as long as the caller has time."""

    def __init__(self, db: Database, orders: Orders, completion: Completion, detached: Detached) -> None:
        self._db = db
        self._orders = orders
        self._completion = completion
        self._detached = detached

    async def run(
        self, begin: Callable[[], Coroutine[Any, Any, Work]], order_id: UUID, key: CallKey | None, until: float
    ) -> bytes:
        """Do the first commit and drive the saga. Returns its answer, or the order as it stands at `until`.

        Raises what `begin` raises. A caller that is cancelled stops neither.
        """

        async def saga() -> Answer | None:
            return await self._completion.drive(await begin())

        task = self._detached.start("order saga", saga)
        done, _ = await asyncio.wait({task}, timeout=max(0.0, until - time.monotonic()))
        answer = task.result() if done else None
        if answer is not None:
            return answer.tell()
        if key is not None:
            try:
                return await idempotency.await_answer(self._db, key, until)
            except Aborted:  # there is none by now: stored answers are never of this kind
                pass
        return await self.as_it_stands(order_id)

    async def join(self, order_id: UUID, key: CallKey, until: float) -> bytes:
        """The answer of a call that is at work, or whose driver has died. Raises Aborted where there is none yet."""
        self._detached.start("order saga", lambda: self._completion.complete(order_id))
        return await idempotency.await_answer(self._db, key, until)

    async def as_it_stands(self, order_id: UUID) -> bytes:
        """The order at this moment."""
        async with self._db.read() as unit:
            order = await self._orders.load(unit, order_id, current_principal())
        return order_message(order).SerializeToString()

    async def take(self, order_id: UUID, until: float) -> Work:
        """Become the driver of a saga, once who drives it now has finished. Raises CHECKOUT_IN_PROGRESS."""
        while True:
            work = await self._completion.take(order_id)
            if work is not None:
                return work
            await wait_for_lease(order_id, until)

    async def give_back(self, work: Work) -> None:
        """Let others drive the saga; a lease that cannot be given back runs out by itself."""
        try:
            async with self._db.write() as uow:
                await sagas.drop_lease(uow, work.lease)
        except SoukError:
            return


async def wait_for_lease(order_id: UUID, until: float) -> None:
    """Pause before a lease is asked for again. Raises CHECKOUT_IN_PROGRESS where no time is left."""
    if time.monotonic() + _POLL >= until:
        raise Aborted(
            "CHECKOUT_IN_PROGRESS",
            "The order is being paid at this moment; ask again.",
            retry_after=1.0,
            orderId=str(order_id),
        )
    await asyncio.sleep(_POLL)
