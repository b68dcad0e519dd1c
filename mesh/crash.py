"""Crash points: labelled places where a process can be made to die, to prove that dying there does no harm.

`SOUK_CRASH_AT` names one for the whole life of a process. `SOUK_CRASH_FILE` names a file that a running stack reads at
each point: the first process that reaches the label in it removes the file and dies. Without both nothing is read.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

EXIT_CODE = 137  # as after kill -9
_AT = os.environ.get("SOUK_CRASH_AT", "")
# Made when the process dies; while it is there nobody dies again, so that a restarted process goes on.
_ONCE_FILE = os.environ.get("SOUK_CRASH_ONCE_FILE", "")
_FILE = os.environ.get("SOUK_CRASH_FILE", "")
_ON = bool(_AT or _FILE)
_CALL = re.compile(r"\bcrash\.point\(\s*\"([a-z0-9_.]+)\"")


def point(label: str, of: str = "") -> None:
    """Die here where this label is asked for: no cleaning up, as if the machine lost its power.

    `of` is the service or consumer at work; `label@of` asks for this one alone.
    """
    if _ON:
        _die_where_asked((label, f"{label}@{of}"))


def _die_where_asked(names: tuple[str, str]) -> None:
    if _AT in names and _first_in(_ONCE_FILE):
        os._exit(EXIT_CODE)
    if _FILE and _read(_FILE) in names and _removed(_FILE):
        os._exit(EXIT_CODE)


def _first_in(file: str) -> bool:
    if not file:
        return True
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def _read(file: str) -> str:
    if not os.access(file, os.F_OK):  # a fifth of what opening costs, at every point of a running stack
        return ""
    try:
        return Path(file).read_text().strip()
    except OSError:
        return ""


def _removed(file: str) -> bool:
    """Whether this process removed it: of several that reach the point at once, one dies."""
    try:
        Path(file).unlink()
    except OSError:
        return False
    return True


def labels(folders: Iterable[Path]) -> list[str]:
    """The labels of all crash points in the Python files under `folders`, sorted."""
    files = (path for folder in folders for path in folder.rglob("*.py"))
    return sorted({label for path in files for label in _CALL.findall(path.read_text())})
