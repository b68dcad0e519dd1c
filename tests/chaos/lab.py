"""A running stack, buyers, goods and faults: what an experiment works with."""

import asyncio
import random
import re
import shutil
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from cli.rest import Rest
from mesh.principal import acting_as, service_principal
from mesh.remote import RemoteChannel
from mesh.stack import breaking
from mesh.stack.state import Status
from mesh.tokens import NodeTokens
from tests.chaos.history import judge
from tests.chaos.market import Market
from tests.goods import Goods, put_up
from tests.stack_process import Stack

HEAL_SECONDS = 60.0
# The last kill comes when so much of a sale is done.
_KILLED_WITHIN = 0.8
_VIOLATIONS = re.compile(r"violations: (\d+)")


def skew_file(stack: Stack) -> Path:
    """What holds the seconds by which the clock of the next process of the mesh is wrong."""
    return stack.home.root / "skew"


def settings(stack: Stack) -> dict[str, str]:
    """The environment in which a clock can be made wrong; nothing happens before the file is written."""
    return {
        "SOUK_SKEW_FILE": str(skew_file(stack)),
        "PYTHONPATH": str(Path(__file__).parent / "skew"),
    }


@dataclass
class Lab:
    """One stack under test. Experiments run one after the other, each with buyers of its own."""

    stack: Stack
    seed: int
    rng: random.Random = field(init=False)
    market: Market = field(init=False)
    # What this run was asked to do: a smaller machine does less of it.
    checkouts: int = 2000
    units: int = 2000
    model_seconds: float = 300.0
    labels: str = ""
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311  it must be repeatable, not secret
        self.market = Market(self.stack.edge, self.rng)

    def expect(self, holds: object, otherwise: str) -> None:
        """Note a problem unless it holds."""
        if not holds:
            self.problems.append(otherwise)

    def note(self, text: str) -> None:
        """Say something in the summary."""
        self.notes.append(text)

    async def goods(self, title: str, stock: int = 1_000_000) -> Goods:
        """A new thing in a new shop."""

        def put() -> Goods:
            with Rest(self.stack.edge) as rest:
                return put_up(rest, f"Shop of {title}", title, 2500, stock=stock)

        return await asyncio.to_thread(put)

    async def left_of(self, goods: Goods) -> int:
        """How many of them can still be sold, as the stock itself says."""
        async with self.database() as database:
            on_hand = "SELECT sum(on_hand - reserved) FROM inventory.stock WHERE variant_id = $1"
            return int(await database.fetchval(on_hand, uuid.UUID(goods.variant_id)))

    @property
    def parts(self) -> list[str]:
        """The processes of the stack."""
        return [each.name for each in self.stack.state.processes]

    @property
    def workers(self) -> list[str]:
        """Those that host services."""
        return [name for name in self.parts if name.startswith("worker-")]

    def kill(self, part: str) -> int:
        """Kill -9; the supervisor starts it again."""
        return breaking.kill(self.stack.home, part)

    def pid(self, part: str) -> int:
        """The process of a part, 0 where there is none just now."""
        return next(each.pid for each in self.stack.state.processes if each.name == part)

    async def kill_through(self, part: str) -> None:
        """Kill -9, and wait until another process has taken its place and serves."""
        before = self.kill(part)
        while self.pid(part) in (0, before):
            await asyncio.sleep(0.05)
        await self.healed()

    @contextmanager
    def frozen(self, part: str) -> Iterator[None]:
        """SIGSTOP, then SIGCONT."""
        with breaking.frozen(self.stack.home, part):
            yield

    async def freeze(self, part: str, seconds: float) -> None:
        """SIGSTOP for so long."""
        with self.frozen(part):
            await asyncio.sleep(seconds)

    async def hinder(self, part: str, how: str, seconds: float, delay: float = 0.0) -> None:
        """Make the way to a part slow or cut it, and wait until it has healed."""
        await breaking.hinder(self.stack.home, part, how, seconds=seconds, delay=delay)
        await asyncio.sleep(seconds)

    async def healed(self) -> None:
        """Return when every part runs and the edge answers."""
        async with asyncio.timeout(HEAL_SECONDS):
            while any(each.state is not Status.RUNNING for each in self.stack.state.processes):
                await asyncio.sleep(0.05)
            while not await self.market.is_up():
                await asyncio.sleep(0.05)

    async def souk(self, *arguments: str) -> str:
        """Run one command and return what it printed."""
        done = await asyncio.to_thread(self.stack.souk, *arguments, check=False)
        if done.returncode:
            return f"{done.stdout}{done.stderr}"
        return done.stdout

    def wipe(self, part: str) -> None:
        """Delete what a stopped part has stored."""
        shutil.rmtree(self.stack.home.data(part))

    @asynccontextmanager
    async def database(self) -> AsyncIterator[asyncpg.Connection]:
        """The store itself."""
        connection = await asyncpg.connect(self.stack.urls["postgres"])
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def calling_as(self, caller: str, service: str, stub: Callable[[RemoteChannel], Any]) -> AsyncIterator[Any]:
        """A stub with which one service calls another, as from inside the mesh."""
        sign = NodeTokens.from_files(self.stack.home.keys).sign
        channel = RemoteChannel(caller, ",".join(self.stack.state.addresses[service]), sign)
        try:
            with acting_as(service_principal(caller)):
                yield stub(channel)
        finally:
            await channel.close()

    async def verdict(self) -> None:
        """Everything healed and settled: the invariants hold, and the clients were told the truth."""
        await self.told_the_truth()
        printed = await self.souk("verify", "--wait")
        found = _VIOLATIONS.search(printed)
        self.expect(found and found[1] == "0", f"souk verify: {printed[-1500:]}")

    async def told_the_truth(self) -> None:
        """Everything healed: what each client was told is so."""
        await self.healed()
        self.problems.extend(await judge(self.market))


Experiment = Callable[[Lab], Awaitable[None]]


async def during(work: Awaitable[object], fault: Awaitable[object]) -> float:
    """Run a fault while there is work; return how many seconds the work went on after the fault was over."""

    async def timed() -> float:
        await fault
        return time.monotonic()

    _, healed = await asyncio.gather(work, timed())
    return max(time.monotonic() - healed, 0.0)


async def killing(lab: Lab, parts: list[str], sold: Callable[[], int], units: int, sale: Awaitable[object]) -> None:
    """Let a sale go on while these parts are killed, each one when so much more is sold: none dies after it is over."""
    killed: list[str] = []

    async def kill_all() -> None:
        for number, part in enumerate(parts, 1):
            while sold() < units * _KILLED_WITHIN * number / len(parts):
                await asyncio.sleep(0.01)
            # It may not have come back yet.
            while not lab.kill(part):
                await asyncio.sleep(0.01)
            killed.append(part)

    killer = asyncio.ensure_future(kill_all())
    try:
        await sale
    finally:
        killer.cancel()
        await asyncio.wait({killer})
    if not killer.cancelled():
        killer.result()
    lab.expect(killed == parts, f"{len(killed)} of {len(parts)} kills came before the end of the sale: {killed}")


async def each_of(count: int, side_by_side: int, one: Callable[[int], Awaitable[object]]) -> None:
    """Do something many times, some at once."""
    gate = asyncio.Semaphore(side_by_side)

    async def gated(number: int) -> None:
        async with gate:
            await one(number)

    await asyncio.gather(*(gated(number) for number in range(count)))
