"""`python -m tests.bench.generator`: makes the load of one run, in a process of its own so that its CPU counts apart.

Reads a plan as one line of JSON, connects, says `ready`, begins at the next line and prints what it saw as JSON.
"""

import asyncio
import json
import os
import random
import re
import resource
import sys
import time
from collections import Counter, deque
from typing import Any

import uvloop

from tests.bench.wire import KEY, Answer, Connection

_REASON = re.compile(rb'"reason":\s?"(\w+)"')
_COME_AGAIN_SECONDS = 1.0
_OPENED_AT_ONCE = 64
_ANSWERED_WITHIN_SECONDS = 30.0


class Run:
    """One load: `connections` at once, each sending its next request when the answer to the last one is there.

    With a `rate` requests come at moments of their own, whether or not those before are answered, and each takes the
    connection that has been idle longest; a latency then counts from the moment that was drawn.
    """

    def __init__(self, plan: dict[str, Any]) -> None:
        self.url: str = plan["url"]
        self.connections: int = plan["connections"]
        # 0: every request once, however long it takes.
        self.seconds: float = plan["seconds"]
        # Requests in a second; 0: as many as are answered.
        self.rate: float = plan.get("rate", 0.0)
        # Each request is done once, else over and over.
        self.once: bool = plan.get("once", not self.seconds)
        # What was refused for being too much comes again.
        self.again: bool = plan.get("again", False)
        self.waiting = deque(text.encode() for text in plan["requests"])
        self.latencies: list[float] = []
        self.errors: Counter[str] = Counter()
        self.seen = Seen()
        self._prefix = os.urandom(8).hex()
        self._sent = 0
        self._chance = random.Random(1)  # noqa: S311 - moments of a load

    def _next(self) -> bytes | None:
        """The request whose turn it is; None when all are done."""
        if not self.waiting:
            return None
        request = self.waiting.popleft()
        if not self.once:
            self.waiting.append(request)
        return request

    async def run(self) -> dict[str, Any]:
        """Connect, wait for the word, make the load."""
        lanes = await self._connect()
        print("ready", flush=True)  # noqa: T201 - the word that the parent waits for
        sys.stdin.readline()
        cpu, began = time.process_time(), time.perf_counter()
        ended = await (self._keep_rate(lanes, began) if self.rate else self._keep_busy(lanes, began))
        seconds = time.perf_counter() - began
        return {
            "seconds": seconds,
            "latencies": [round(each * 1000, 3) for each in self.latencies],
            "errors": dict(self.errors),
            "cpu_ms": (time.process_time() - cpu) * 1000,
            **self.seen.as_json(began, ended),
        }

    async def _connect(self) -> list[Connection]:
        lanes: list[Connection] = []
        while len(lanes) < self.connections:
            count = min(_OPENED_AT_ONCE, self.connections - len(lanes))
            lanes += await asyncio.gather(*(Connection.open(self.url) for _ in range(count)))
        return lanes

    async def _keep_busy(self, lanes: list[Connection], began: float) -> float:
        """Returns the moment of the last answer."""
        deadline = began + self.seconds if self.seconds else float("inf")
        async with asyncio.TaskGroup() as group:
            for lane in lanes:
                group.create_task(self._work(lane, deadline))
        return time.perf_counter()

    async def _work(self, connection: Connection, deadline: float) -> None:
        while (began := time.perf_counter()) < deadline and (request := self._next()) is not None:
            connection = await self._ask(connection, request, began)
        connection.close()

    async def _keep_rate(self, lanes: list[Connection], began: float) -> float:
        """Poisson arrivals; what finds no connection idle is not sent. Returns the moment of the last."""
        idle = deque(lanes)
        tasks: set[asyncio.Task[None]] = set()
        due = began

        async def ask(lane: Connection, request: bytes, moment: float) -> None:
            idle.append(await self._ask(lane, request, moment))

        while (due := due + self._chance.expovariate(self.rate)) < began + self.seconds:
            # Also where the moment has passed: the answers must be taken in.
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if not idle:
                self.seen.unsent += 1
                continue
            if (request := self._next()) is None:
                break
            task = asyncio.create_task(ask(idle.popleft(), request, due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        ended = time.perf_counter()
        if tasks:
            await asyncio.wait(tasks, timeout=_ANSWERED_WITHIN_SECONDS)
        for lane in idle:
            lane.close()
        return ended

    async def _ask(self, connection: Connection, request: bytes, began: float) -> Connection:
        """Send one request and note what became of it; returns the connection that the next one takes."""
        try:
            if not connection.is_open:
                connection = await Connection.open(self.url)
            answer = await connection.exchange(self._with_key(request))
        except OSError as error:
            self.errors[type(error).__name__] += 1
            return connection
        seconds = time.perf_counter() - began
        self.seen.note(answer, seconds)
        if answer.status == 200:
            self.latencies.append(seconds)
            return connection
        self.errors[_what_failed(answer)] += 1
        if self.again and answer.is_refusal:
            self.waiting.append(request)
            if not self.rate:
                await asyncio.sleep(_COME_AGAIN_SECONDS)
        return connection

    def _with_key(self, request: bytes) -> bytes:
        if KEY not in request:
            return request
        self._sent += 1
        return request.replace(KEY, f"{self._prefix}-{self._sent:08}".encode())


def _what_failed(answer: Answer) -> str:
    """Status and reason, or the beginning of what is there instead of one."""
    reason = _REASON.search(answer.body)
    return f"{answer.status} {(reason[1] if reason else answer.body[:160]).decode(errors='replace')}"


class Seen:
    """How many answers were good while requests came, and how refusals were told."""

    def __init__(self) -> None:
        self.good_times: list[float] = []
        self.bad_latencies: list[float] = []
        self.refusals = 0
        self.refusals_without_time = 0
        # Requests for which no connection was idle.
        self.unsent = 0

    def note(self, answer: Answer, seconds: float) -> None:
        """One answer, which took so long."""
        if answer.status == 200:
            self.good_times.append(time.perf_counter())
            return
        self.bad_latencies.append(seconds)
        if answer.is_refusal:
            self.refusals += 1
            self.refusals_without_time += not answer.has_retry_after

    def as_json(self, began: float, ended: float) -> dict[str, Any]:
        """All of it; requests came from `began` to `ended`."""
        return {
            "goodput": sum(each <= ended for each in self.good_times) / (ended - began),
            "bad_latencies": [round(each * 1000, 3) for each in self.bad_latencies],
            "refusals": self.refusals,
            "refusals_without_time": self.refusals_without_time,
            "unsent": self.unsent,
        }


if __name__ == "__main__":
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(json.dumps(uvloop.run(Run(json.loads(sys.stdin.readline())).run())))  # noqa: T201 - the parent reads it
