"""Crash points: labelled places where a process can be made to die, to prove that dying there does no harm."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

EXIT_CODE = 137  # as after kill -9
_AT = os.environ.get("SOUK_CRASH_AT", "")
# Made when the process dies; while it is there nobody dies again, so that a restarted process goes on.
_ONCE_FILE = os.environ.get("SOUK_CRASH_ONCE_FILE", "")
_CALL = re.compile(r"\bcrash\.point\(\s*\"([a-z0-9_.]+)\"")


def point(label: str) -> None:
    """Die here where `SOUK_CRASH_AT` names this label: no cleaning up, as if the machine lost its power."""
    if label == _AT:
        _die()


def _die() -> None:
    if _ONCE_FILE:
        try:
            os.close(os.open(_ONCE_FILE, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
    os._exit(EXIT_CODE)


def labels(folders: Iterable[Path]) -> list[str]:
    """The labels of all crash points in the Python files under `folders`, sorted."""
    files = (path for folder in folders for path in folder.rglob("*.py"))
    return sorted({label for path in files for label in _CALL.findall(path.read_text())})
