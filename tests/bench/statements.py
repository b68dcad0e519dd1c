"""Which SQL statements take longest, from what the server logs while an item runs."""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from tests.bench.figures import percentile
from tests.bench.market import Market
from tests.bench.recording import entries

_DONE = re.compile(r"duration: ([\d.]+) ms  (?:statement|execute [^:]*): (.*)$", re.DOTALL)
_SHOWN = 160
# Waits of a commit are the disk's, not the statement's.
_NOT_COUNTED = ("COMMIT", "BEGIN", "ROLLBACK", "SET", "RESET")


@dataclass
class Timed:
    """One statement and how long each time took, in milliseconds."""

    text: str
    times: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """What half of the times took at most."""
        return percentile(self.times, 50)

    @property
    def p99(self) -> float:
        """What nearly all of the times took at most."""
        return percentile(self.times, 99)


@asynccontextmanager
async def logged_statements(market: Market) -> AsyncIterator[None]:
    """Within it the server logs every statement with its time."""
    password = market.stack.home.secret("postgres")
    admin = await asyncpg.connect(market.stack.urls["postgres"], user="postgres", password=password)
    try:
        await admin.execute("ALTER SYSTEM SET log_min_duration_statement = 0")
        await admin.execute("SELECT pg_reload_conf()")
        yield
    finally:
        await admin.execute("ALTER SYSTEM RESET log_min_duration_statement")
        await admin.execute("SELECT pg_reload_conf()")
        await admin.close()


def slowest(lines: Iterable[str], least_times: int = 5) -> list[Timed]:
    """Statements that ran some times, the one with the highest median first."""
    seen: dict[str, Timed] = {}
    for _, _, user, _, text in entries(lines):
        if user == "souk" and (done := _DONE.match(text)):
            words = " ".join(done[2].split())
            if not words.startswith(_NOT_COUNTED):
                seen.setdefault(words, Timed(words[:_SHOWN])).times.append(float(done[1]))
    often = [each for each in seen.values() if len(each.times) >= least_times]
    return sorted(often, key=lambda each: -each.median)
