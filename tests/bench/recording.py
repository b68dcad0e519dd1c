"""Statements out of PostgreSQL's log, put together to the transactions that they were, as a script of psql."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

_LINE = re.compile(r"^(\S+ \S+ \S+) \[(\d+)\] (\S+) (LOG|DETAIL):  (.*)$", re.DOTALL)
_DONE = re.compile(r"duration: [\d.]+ ms  (?:statement|execute [^:]*): (.*)$", re.DOTALL)
_PARAMETER = re.compile(r"\$\d+ = (NULL|'(?:[^']|'')*')")
# Who plays may do everything, so that nobody changes roles.
_ROLE = re.compile(r'(?:SET ROLE "[^"]*"|RESET ROLE);?\s*')
_PREPARABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "MERGE")
_WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM|MERGE INTO)\s", re.IGNORECASE)


@dataclass(slots=True)
class Statement:
    """One statement with its parameters as SQL literals."""

    text: str
    parameters: list[str] = field(default_factory=list)

    @property
    def is_preparable(self) -> bool:
        """Whether PREPARE takes it."""
        return self.text.lstrip("( \n\t").upper().startswith(_PREPARABLE) and ";" not in self.text


@dataclass(slots=True)
class Transaction:
    """The statements between BEGIN and COMMIT, or one by itself; `ended` in seconds since 1970."""

    ended: float = 0.0
    statements: list[Statement] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        """Whether it changes rows."""
        return any(_WRITES.search(each.text) for each in self.statements)


def read_log(lines: Iterable[str], begins: Sequence[float]) -> list[list[Transaction]]:
    """For each of the moments the transactions that were committed from then to the next, in their order."""
    found: list[list[Transaction]] = [[] for _ in begins]
    for transaction in sorted(_transactions(lines), key=lambda each: each.ended):
        order = bisect_right(begins, transaction.ended) - 1
        if order >= 0:
            found[order].append(transaction)
    return found


def _transactions(lines: Iterable[str]) -> Iterator[Transaction]:
    open_ones: dict[str, Transaction] = {}
    for ended, session, statement in _statements(lines):
        word = statement.text.lstrip().upper()
        if word.startswith(("BEGIN", "START TRANSACTION")):
            open_ones[session] = Transaction(statements=[statement])
            continue
        transaction = open_ones.get(session)
        if transaction is None:
            yield Transaction(ended, [statement])
            continue
        transaction.statements.append(statement)
        if word.startswith(("COMMIT", "END", "ROLLBACK")):
            transaction.ended = ended
            del open_ones[session]
            if not word.startswith("ROLLBACK"):
                yield transaction


def _statements(lines: Iterable[str]) -> Iterator[tuple[float, str, Statement]]:
    """When it ended, the session, the statement. Its parameters follow it in the log, by sessions mixed."""
    last: dict[str, tuple[float, str, Statement]] = {}
    for time, session, user, kind, text in entries(lines):
        if user != "souk":
            continue
        if kind == "DETAIL":
            if session in last and text.lower().startswith("parameters: "):
                last[session][2].parameters = _PARAMETER.findall(text)
            continue
        if session in last:
            yield last.pop(session)
        if (done := _DONE.match(text)) and (statement := _ROLE.sub("", done[1])):
            last[session] = (_seconds(time), session, Statement(statement))
    yield from last.values()


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time.replace(" UTC", "+00:00")).timestamp()


def entries(lines: Iterable[str]) -> Iterator[tuple[str, str, str, str, str]]:
    """Entries of a log: time, process, user, kind, text. Lines that go on begin with a tab."""
    entry = ""
    for line in [*lines, "\n"]:
        if line.startswith("\t"):
            entry += line
            continue
        if match := _LINE.match(entry.rstrip("\n")):
            yield match[1], match[2], match[3], match[4], match[5]
        entry = line


def lane_script(orders: Iterable[Sequence[Transaction]], gate: int) -> str:
    """What one client plays: it prepares and plans everything, waits at the gate, and then does order after order."""
    names: dict[str, str] = {}
    planned: list[str] = []
    played: list[str] = []
    for statement in (each for order in orders for transaction in order for each in transaction.statements):
        if not statement.is_preparable:
            # What came as one message goes as one message.
            played.append(statement.text.rstrip("; \n").replace(";", "\\;") + ";")
            continue
        given = f"({', '.join(statement.parameters)})" if statement.parameters else ""
        if statement.text not in names:
            names[statement.text] = f"s{len(names)}"
            # Souk's own sessions have planned each statement long ago; EXPLAIN plans and does nothing.
            planned.append(f"EXPLAIN EXECUTE {names[statement.text]}{given};")
        played.append(f"EXECUTE {names[statement.text]}{given};")
    prepared = [f"PREPARE {name} AS {text};" for text, name in names.items()]
    generic = "SET plan_cache_mode = force_generic_plan;"
    return "\n".join([generic, *prepared, *planned, f"SELECT pg_advisory_lock_shared({gate});", *played, ""])
