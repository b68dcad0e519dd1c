"""`python -m tests.bench.generator`: makes the load of one run, in a process of its own so that its CPU counts apart.

Reads a plan as one line of JSON, connects, says `ready`, begins at the next line and prints what it saw as JSON.
"""

import asyncio
import itertools
import json
import os
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import uvloop

from tests.bench.wire import KEY, Connection

if TYPE_CHECKING:
    from collections.abc import Iterator


class Run:
    """One load: `connections` at once, each sending its next request when the answer to the last one is there."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.url: str = plan["url"]
        self.connections: int = plan["connections"]
        # 0: every request once, however long it takes.
        self.seconds: float = plan["seconds"]
        requests = [text.encode() for text in plan["requests"]]
        self.requests: Iterator[bytes] = iter(requests) if not self.seconds else itertools.cycle(requests)
        self.latencies: list[float] = []
        self.errors: Counter[str] = Counter()
        self._prefix = os.urandom(8).hex()
        self._sent = 0

    async def run(self) -> dict[str, Any]:
        """Connect, wait for the word, make the load."""
        lanes = [await Connection.open(self.url) for _ in range(self.connections)]
        print("ready", flush=True)  # noqa: T201 - the word that the parent waits for
        sys.stdin.readline()
        cpu, began = time.process_time(), time.perf_counter()
        deadline = began + self.seconds if self.seconds else float("inf")
        async with asyncio.TaskGroup() as group:
            for lane in lanes:
                group.create_task(self._work(lane, deadline))
        seconds = time.perf_counter() - began
        return {
            "seconds": seconds,
            "latencies": [round(each * 1000, 3) for each in self.latencies],
            "errors": dict(self.errors),
            "cpu_ms": (time.process_time() - cpu) * 1000,
        }

    async def _work(self, connection: Connection, deadline: float) -> None:
        for request in self.requests:
            began = time.perf_counter()
            if began >= deadline:
                break
            try:
                if not connection.is_open:
                    connection = await Connection.open(self.url)
                answer = await connection.exchange(self._with_key(request))
            except OSError as error:
                self.errors[type(error).__name__] += 1
                continue
            if answer.status == 200:
                self.latencies.append(time.perf_counter() - began)
            else:
                self.errors[f"{answer.status} {answer.body[:160].decode(errors='replace')}"] += 1
        connection.close()

    def _with_key(self, request: bytes) -> bytes:
        if KEY not in request:
            return request
        self._sent += 1
        return request.replace(KEY, f"{self._prefix}-{self._sent:08}".encode())


if __name__ == "__main__":
    print(json.dumps(uvloop.run(Run(json.loads(sys.stdin.readline())).run())))  # noqa: T201 - the parent reads it
