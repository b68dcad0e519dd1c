"""One log file for each component, of bounded size."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_LARGEST = 64 * 1024 * 1024
_TAIL_LINES = 20


def open_log(path: Path) -> BinaryIO:
    """Open for appending."""
    return path.open("ab", buffering=0)


def trim_logs(folder: Path, largest: int = _LARGEST) -> None:
    """Move what is in a log that has grown too large to `<name>.log.1`; its process writes on in the emptied file."""
    for path in folder.glob("*.log"):
        if path.stat().st_size > largest:
            shutil.copyfile(path, path.with_name(path.name + ".1"))
            os.truncate(path, 0)


def tail(path: Path, lines: int = _TAIL_LINES) -> str:
    """The last lines of a log."""
    if not path.exists():
        return "(empty)"
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - lines * 400))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:]) or "(empty)"


class Follower:
    """Reads what is added to logs."""

    def __init__(self, paths: dict[str, Path]) -> None:
        self._paths = paths
        self._offsets = {name: path.stat().st_size if path.exists() else 0 for name, path in paths.items()}

    def new_lines(self) -> Iterator[tuple[str, str]]:
        """The whole lines that came since the last call, with the name of their log."""
        for name, path in self._paths.items():
            if not path.exists():
                continue
            size = path.stat().st_size
            offset = self._offsets[name] if self._offsets[name] <= size else 0
            with path.open("rb") as file:
                file.seek(offset)
                text = file.read(1024 * 1024)
            end = text.rfind(b"\n") + 1
            self._offsets[name] = offset + end
            for line in text[:end].decode(errors="replace").splitlines():
                yield name, line
