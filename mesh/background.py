"""What a process does besides serving calls: relays, consumers and jobs, each owned by one process at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

from mesh.broker import Broker
from mesh.faults import report_fault
from mesh.intake import Intake
from mesh.job import Job, JobRunner
from mesh.locks import Locks
from mesh.pool import Pool
from mesh.pulse import Pulse
from mesh.relay import Relay
from mesh.retention import clean

if TYPE_CHECKING:
    from mesh.node import ServiceNode
    from mesh.service import Parts

CLEAN_SECONDS: Final = 3600.0
_RESTART_SECONDS: Final = 1.0
_CANCEL_AGAIN_SECONDS: Final = 4.0
Work = Callable[[], Awaitable[None]]


class Background:
    """The background work of all services of a process, on one broker connection and one session of locks.

    Neither NATS nor PostgreSQL needs to be there when it starts.
    """

    def __init__(self, pool: Pool, nats_url: str) -> None:
        """Nothing runs before `start`; without NATS events stay in their outboxes and jobs run."""
        self.broker = Broker(nats_url)
        self._locks = Locks(pool)
        self._pulse = Pulse(pool)
        self._work: list[tuple[str, Work]] = []
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, node: "ServiceNode", parts: "Parts", watches: Sequence[Job] = ()) -> None:
        """Take over what a service consists of besides its calls, and the jobs that watch it."""
        relay = Relay(node.db, self.broker, self._locks.lock(f"relay {node.name}"))
        self._work.append((f"relay {node.name}", relay.run))
        for consumer in parts.consumers:
            lock = self._locks.lock(f"consumer {consumer.name}")
            intake = Intake(consumer, node.db, self.broker, lock, node.tracer)
            self._work.append((f"consumer {consumer.name}", intake.run))
        for job in (*parts.jobs, *watches, Job(f"{node.name}-clean", CLEAN_SECONDS, lambda: clean(node.db))):
            runner = JobRunner(job, self._locks.lock(f"job {job.name}"), node.as_service)
            self.broker.on_wake(job.name, runner.wake)
            self._work.append((f"job {job.name}", runner.run))

    def start(self) -> None:
        """Begin to work. Returns at once."""
        self.broker.start()
        for name, work in [("locks", self._locks.run), ("pulse", self._pulse.run), *self._work]:
            self._tasks.append(asyncio.create_task(_keep_running(name, work), name=name))

    async def stop(self) -> None:
        """Finish the events at hand, give the locks away and disconnect."""
        # The locks go last: nobody else may begin what is still being finished here.
        for tasks in (self._tasks[1:], self._tasks[:1]):
            await _end(tasks)
        await self.broker.close()


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel tasks until they are over: before Python 3.12 `asyncio.wait_for` may swallow a cancellation."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_CANCEL_AGAIN_SECONDS)


async def _keep_running(name: str, work: Work) -> None:
    """Begin again whatever ends by a fault of ours: without it events would stay where they are."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - see above
            report_fault(name, error)
        await asyncio.sleep(_RESTART_SECONDS)
