"""Invariants that SQL can check, one range of ids after the other: no statement runs long on a table of any size."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from souk.mesh.v1.invariants_pb2 import InvariantResult
from sqlalchemy import text

from mesh.database import Database, ReadUnit, Record
from mesh.statement import Statement, statement

RANGE = 20_000
LISTED = 100
_SETTLED = "clock_timestamp() - make_interval(secs => cast(:settle AS float))"


_PARAMETER = re.compile(r"(?<!:):(\w+)")


class Query(NamedTuple):
    """A statement and the parameters that it takes, of those that a check has: settle, after and last."""

    statement: Statement
    parameters: frozenset[str]

    async def rows(self, unit: ReadUnit, values: Mapping[str, Any]) -> list[Record]:
        """Run it with what it takes of `values`."""
        return await unit.fetch(self.statement, **{name: values[name] for name in self.parameters})


class Range(NamedTuple):
    """The ids after one and up to another; everything is in one range or another, whatever is written meanwhile."""

    after: UUID | str
    last: UUID | str


_IDS, _TEXTS = Range(UUID(int=0), UUID(int=2**128 - 1)), Range("", "\U0010ffff")


@dataclass(frozen=True, slots=True)
class Scan:
    """One check of an invariant."""

    invariant: str
    description: str
    # How many facts there are to look at, and which are wrong (`id`, `detail`).
    count: Query
    wrong: Query
    # The id that ends the next range, for a check by ranges.
    bound: Statement | None = None
    whole: Range = _IDS


def scan(invariant: str, description: str, *, count: str, wrong: str) -> Scan:
    """A check in one go, for what an index makes small. `{settled}` stands for the youngest time that is judged."""
    return Scan(invariant, description, _compiled(count), _compiled(wrong))


def scan_ranges(invariant: str, description: str, *, ids: str, count: str, wrong: str, of_text: bool = False) -> Scan:
    """A check by ranges of an indexed column: `ids` is "column FROM table" with the condition, if any, after WHERE.

    `{range(column)}` in the queries stands for the condition that a column lies in the range.
    """
    column, _, rest = ids.partition(" ")
    link = "AND" if " WHERE " in rest else "WHERE"
    bound = f"SELECT {column} {rest} {link} {column} > :after ORDER BY {column} OFFSET :size LIMIT 1"
    whole = _TEXTS if of_text else _IDS
    return Scan(invariant, description, _compiled(count), _compiled(wrong), statement(text(bound)), whole)


def _compiled(query: str) -> Query:
    for piece in query.split("{range(")[1:]:
        column = piece.partition(")")[0]
        query = query.replace(f"{{range({column})}}", f"{column} > :after AND {column} <= :last")
    query = query.replace("{settled}", _SETTLED)
    return Query(statement(text(query)), frozenset(_PARAMETER.findall(query)))


async def run_scan(database: Database, check: Scan, settle_seconds: float) -> InvariantResult:
    """Run all of a check; facts younger than `settle_seconds` are not judged."""
    result = InvariantResult(invariant=check.invariant, description=check.description)
    after: UUID | str | None = check.whole.after
    while after is not None:
        after = await run_range(database, check, settle_seconds, after, result)
    return result


async def run_range(
    database: Database, check: Scan, settle_seconds: float, after: UUID | str, result: InvariantResult
) -> UUID | str | None:
    """Run a check on the range behind `after` and add to `result`; returns the end of the range, None at the end."""
    last = None
    async with database.read() as unit:
        if check.bound is not None:
            last = await unit.fetch_value(check.bound, after=after, size=RANGE)
        end = check.whole.last if last is None else last
        values = {"settle": settle_seconds, "after": after, "last": end}
        result.checked_count += (await check.count.rows(unit, values))[0][0]
        wrong = await check.wrong.rows(unit, values)
    _note(result, wrong)
    return last


def _note(result: InvariantResult, wrong: list[Record]) -> None:
    result.violation_count += len(wrong)
    for row in wrong[: LISTED - len(result.violations)]:
        result.violations.add(id=str(row["id"]), detail=row["detail"])
