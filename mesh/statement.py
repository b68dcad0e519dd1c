"""SQL composed with SQLAlchemy, compiled once, and run by asyncpg as a prepared statement."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, Table, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]  # the dialect's constructor is untyped
_WRITE = re.compile(r'\b(?<!FOR )(?<!KEY )(INSERT|UPDATE|DELETE)\s+(?:INTO|FROM)?\s*(?:"?\w+"?\.)?"?(\w+)')
_READ = re.compile(r'\b(FROM)\s+(?:"?\w+"?\.)?"?(\w+)')
_CHANGE = re.compile(
    r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM|FOR\s+(NO\s+KEY\s+UPDATE|SHARE|KEY\s+SHARE))\b", re.IGNORECASE
)


_CHANGES_ALONE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_PARAMETER = re.compile(r"\$(\d+)")


class Statement:
    """One statement: its SQL with `$1` parameters and the order they go in. Compiled at its first use."""

    __slots__ = ("_clause", "_constants", "_name", "_names", "_sql", "_width", "_writes")

    def __init__(self, clause: ClauseElement) -> None:
        """Wrap a select, insert, update, delete or text with parameters named by `bindparam("x")` or `:x`."""
        self._clause = clause
        self._sql = ""
        self._name = ""
        self._writes = False

    @property
    def writes(self) -> bool:
        """Whether it changes or locks rows."""
        if not self._sql:
            self._compile()
        return self._writes

    @property
    def sql(self) -> str:
        """The SQL as PostgreSQL gets it."""
        if not self._sql:
            self._compile()
        return self._sql

    @property
    def name(self) -> str:
        """What a span of it is called: `SELECT orders`."""
        if not self._name:
            write = _WRITE.search(self.sql)
            read = _READ.search(self.sql)
            self._name = f"{write[1]} {write[2]}" if write else f"SELECT {read[2]}" if read else "SELECT"
        return self._name

    @property
    def width(self) -> int:
        """How many parameters PostgreSQL gets."""
        if not self._sql:
            self._compile()
        return len(self._names)

    def _compile(self) -> None:
        compiled = self._clause.compile(dialect=_DIALECT)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101  # narrows the type: only DDL compiles to another
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise TypeError("a compiled statement has no IN list: compare with `= func.any(bindparam(...))`")
        names = tuple(compiled.positiontup or ())
        self._constants = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        self._names = names
        self._width = len(set(names))
        self._sql = compiled.string
        self._writes = _CHANGE.search(self._sql) is not None

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values in the order of `$1, $2, …`. Raises TypeError for a missing parameter or one that is not there."""
        if not self._sql:
            self._compile()
        values = {**self._constants, **parameters} if self._constants else parameters
        try:
            arguments = [values[name] for name in self._names]
        except KeyError as missing:
            raise TypeError(f"parameter {missing} is not given: {self._sql}") from None
        if len(values) != self._width:
            raise TypeError(f"parameters {sorted(set(values) - set(self._names))} are not in: {self._sql}")
        return arguments

    def __repr__(self) -> str:
        return f"Statement({self.sql!r})"


@cache
def grouped(statements: tuple[Statement, ...]) -> str:
    """The SQL that runs several inserts, updates and deletes at once, which do not see each other's effects.

    Its parameters are those of the statements, one after the other. Raises TypeError for anything else.
    """
    texts, width = [], 0
    for each in statements:
        if not _CHANGES_ALONE.match(each.sql):
            raise TypeError(f"only a plain INSERT, UPDATE or DELETE goes in a group: {each.sql}")
        texts.append(_PARAMETER.sub(lambda found, first=width: f"${int(found[1]) + first}", each.sql))  # type: ignore[misc]
        width += each.width
    *inner, last = texts
    if not inner:
        return last
    return f"WITH {', '.join(f'g{number} AS ({each})' for number, each in enumerate(inner))} {last}"


def statement(clause: ClauseElement) -> Statement:
    """Wrap a SQLAlchemy core statement; values go to asyncpg as they are, and JSONB columns take Python objects."""
    return Statement(clause)


def any_of(name: str, kind: Any) -> Any:
    """What a column equals that is one of the list parameter `name`, of values of the type `kind`.

    While a plan for the very list seems cheaper than one for any list, PostgreSQL plans at each execution, and planning
    costs more than a look-up by keys. Of a subquery it knows the same either way, so that one plan stays.
    """
    return func.any(func.array(select(func.unnest(bindparam(name, type_=ARRAY(kind)))).scalar_subquery()))


def insert_rows(table: Table, *names: str) -> Statement:
    """The statement that writes any number of rows, given the columns `names`, with the parameters of `as_columns`."""
    columns = [table.c[name] for name in names]
    listed = ", ".join(f'"{name}"' for name in names)
    arrays = ", ".join(f"cast(:{column.name} AS {column.type.compile(_DIALECT)}[])" for column in columns)
    place = f'"{table.schema}"."{table.name}"'
    return Statement(text(f"INSERT INTO {place} ({listed}) SELECT * FROM unnest({arrays})"))  # noqa: S608  # our own names


def as_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rows, of which there is at least one, as the parameters of `insert_rows`."""
    return {name: [row[name] for row in rows] for name in rows[0]}


@cache
def in_schema(service: str, query: str) -> Statement:
    """The mesh's own statements, whose `{schema}` is that of the service at hand."""
    return Statement(text(query.replace("{schema}", f'"{service}"')))
