"""T7: the database is killed, away, cut off, without sessions, read only; nobody waits for it longer than need be."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg

from tests.chaos.lab import Lab
from tests.chaos.market import Answer, Buyer, Outcome
from tests.chaos.outages import shop
from tests.goods import Goods

Fault: TypeAlias = Callable[[], Awaitable[object]]
_FEW = 40
_AWAY_SECONDS = 8.0
# Until then everybody has noticed that it is away.
_NOTICED_SECONDS = 3.5
# What begins after that is refused so soon, far below the deadlines of 2 to 15 seconds.
_FAST_SECONDS = 1.0
# And so soon after it is back calls succeed again.
_BACK_SECONDS = 5.0
_INTERNAL, _UNAVAILABLE, _TOO_LATE = 500, 503, 504


async def lose_postgres(lab: Lab) -> None:
    """T7: people buy and look around during each fault; what cannot be done is refused at once, and soon goes again."""
    goods = await lab.goods("Ledger")

    faults: tuple[tuple[str, bool, Fault], ...] = (
        ("killed", False, lambda: lab.kill_through("postgres")),
        ("all sessions ended", False, lambda: _end_sessions(lab)),
        ("read only 5 s", False, lambda: _read_only(lab, 5)),
        (f"stopped {_AWAY_SECONDS:.0f} s", True, lambda: _stop(lab)),
        (f"cut off {_AWAY_SECONDS:.0f} s", True, lambda: lab.hinder("postgres", "partition", _AWAY_SECONDS)),
    )
    for name, is_away, fault in faults:
        began = time.monotonic()
        async with _looking_around(lab, goods):
            work = asyncio.ensure_future(shop(lab, goods, _FEW))
            await fault()
            healed = time.monotonic()
            await work
        lab.note(f"{name}: {_judge(lab, name, began, is_away=is_away)}; {_judge_return(lab, name, healed)}")
    lab.note(lab.market.counts())


@asynccontextmanager
async def _looking_around(lab: Lab, goods: Goods) -> AsyncIterator[None]:
    """Somebody reads and fills a cart all the time, whatever becomes of it."""
    buyer = await lab.market.register()
    ways = (
        ("GET", "/orders", None),
        ("GET", "/cart", None),
        ("POST", "/cart/items", {"variantId": goods.variant_id, "quantity": 1}),
    )
    tasks = [asyncio.create_task(_ask_on(lab, buyer, *way)) for way in ways for _ in range(2)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _ask_on(lab: Lab, buyer: Buyer, method: str, path: str, body: object) -> None:
    while True:
        await lab.market.call(method, path, buyer, body)
        await asyncio.sleep(0.1)


def _judge(lab: Lab, name: str, began: float, *, is_away: bool) -> str:
    """While it is away, and once that was noticed, every call is answered soon; a 503 says when to come again."""
    answers = [each for each in lab.market.answers if each.began >= began]
    refused = [each for each in answers if each.status == _UNAVAILABLE]
    rude = [each for each in refused if not each.retry_after]
    lab.expect(not rude, f"{name}: {len(rude)} refusals do not say when to ask again, as {_told(rude)}")
    # What was under way when it went away may run into its deadline before that is noticed.
    known, back = began + _NOTICED_SECONDS, began + _AWAY_SECONDS
    in_time = [each for each in answers if not (is_away and each.status == _TOO_LATE and each.began < known)]
    broken = [each for each in in_time if each.status >= _INTERNAL and each.status != _UNAVAILABLE]
    lab.expect(not broken, f"{name}: {len(broken)} answers were another error, as {_told(broken)}")
    if not is_away:
        return f"{len(refused)} refused"
    during_it = [each for each in answers if known < each.began < back - _FAST_SECONDS]
    slow = [each for each in during_it if each.seconds > _FAST_SECONDS]
    lab.expect(refused, f"{name}: nobody was refused")
    lab.expect(not slow, f"{name}: {len(slow)} of {len(during_it)} calls waited, as {_told(slow)}")
    slowest = max((each.seconds for each in during_it), default=0.0)
    longest = max((each.seconds for each in answers if each.began < back), default=0.0)
    return f"{len(refused)} refused, the slowest in {slowest:.2f} s; in flight at most {longest:.1f} s"


def _judge_return(lab: Lab, name: str, healed: float) -> str:
    """Soon after it is back something is written again."""
    writes = [each for each in lab.market.answers if each.call == "POST /cart/items" and each.began > healed]
    done = [each.began + each.seconds - healed for each in writes if each.outcome is Outcome.OK]
    back = min(done, default=_BACK_SECONDS)
    lab.expect(back < _BACK_SECONDS, f"{name}: nothing was written for {back:.1f} s after it was back")
    return f"writes again {back:.1f} s after"


def _told(answers: list[Answer]) -> str:
    return ", ".join(f"{each.call} {each.status} {each.reason} {each.seconds:.1f} s" for each in answers[:3])


async def _stop(lab: Lab) -> None:
    """Nothing listens any more."""
    began = time.monotonic()
    await lab.souk("stop", "postgres")
    await asyncio.sleep(max(0.0, began + _AWAY_SECONDS - time.monotonic()))
    await lab.souk("start", "postgres")
    await lab.healed()


async def _end_sessions(lab: Lab) -> None:
    async with lab.database() as database:
        await _terminate(database)


async def _read_only(lab: Lab, seconds: float) -> None:
    name = "SELECT format('%I', current_database())"
    async with lab.database() as database:
        store = await database.fetchval(name)
        await database.execute(f"ALTER DATABASE {store} SET default_transaction_read_only = on")
        try:
            await _terminate(database)
            await asyncio.sleep(seconds)
        finally:
            await database.execute("SET default_transaction_read_only = off")
            await database.execute(f"ALTER DATABASE {store} RESET default_transaction_read_only")
            await _terminate(database)


async def _terminate(database: asyncpg.Connection) -> None:
    others = "datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
    await database.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")  # noqa: S608  fixed
