"""What a case is, and how its tries are run and counted."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from cli.conformance.client import Reply

if TYPE_CHECKING:
    from cli.conformance.bench import Bench

# Tries of one case under way at the same time, each with a buyer of its own.
_AT_ONCE = 4


class WrongEffectError(Exception):
    """The market did what no market may do."""


class NotRunError(Exception):
    """The case cannot be tried on this market; the message says why."""


class Outcome(StrEnum):
    """How a case ended."""

    HELD = "held"
    WRONG = "WRONG"
    BROKEN = "BROKEN"
    NOT_RUN = "not run"


@dataclass
class Seen:
    """What the tries of a case showed."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    tries: int = 0

    def __str__(self) -> str:
        return " · ".join(f"{count} x {what}" for what, count in self.counts.most_common())


Run = Callable[["Bench", Seen], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Case:
    """One promise and how it is tried."""

    name: str
    promise: str
    run: Run


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case."""

    case: Case
    outcome: Outcome
    tries: int
    seconds: float
    seen: str
    details: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the market, or the way to it, is not as it should be."""
        return self.outcome in {Outcome.WRONG, Outcome.BROKEN}


def require(*, holds: bool, otherwise: str) -> None:
    """WrongEffectError unless `holds`."""
    if not holds:
        raise WrongEffectError(otherwise)


def require_refused(reply: Reply, *reasons: str) -> None:
    """A reply that is no success must say why in one of these ways."""
    known = reply.ok or reply.reason in reasons
    require(holds=known, otherwise=f"refused with {reply.said}: {reply.body.get('message', '')}")


async def race(bench: "Bench", seen: Seen, tries: int, one: Callable[[int], Awaitable[str]]) -> None:
    """Run the tries, a few at a time. One that goes wrong is noted, and the others go on."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def attempt(number: int) -> None:
        async with slots:
            try:
                seen.counts[await one(number)] += 1
            except WrongEffectError as error:
                seen.wrong.append(f"try {number + 1}: {error}")
            seen.tries += 1
            bench.progress(seen.tries, tries)

    async with asyncio.TaskGroup() as group:
        for number in range(tries):
            group.create_task(attempt(number))


async def judge(bench: "Bench", case: Case) -> Result:
    """Run a case to its end."""
    seen, begun = Seen(), time.monotonic()

    def result(outcome: Outcome, said: str, *details: str) -> Result:
        return Result(case, outcome, seen.tries, time.monotonic() - begun, said, details)

    try:
        await case.run(bench, seen)
    except NotRunError as error:
        return result(Outcome.NOT_RUN, str(error))
    except WrongEffectError as error:
        return result(Outcome.WRONG, str(error), *seen.wrong)
    except Exception as error:  # noqa: BLE001  # whatever breaks one case must not hold up the others
        first = _first(error)
        return result(Outcome.BROKEN, f"{type(first).__name__}: {first}", *seen.wrong)
    if seen.wrong:
        return result(Outcome.WRONG, f"{len(seen.wrong)} of {seen.tries}: {seen.wrong[0]}", *seen.wrong)
    return result(Outcome.HELD, str(seen))


def _first(error: BaseException) -> BaseException:
    """The error itself, out of however many groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
