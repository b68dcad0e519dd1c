"""Writing a folder of generated files so that only what differs is touched."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What is not generated and lies in a generated folder all the same: it is ignored by git.
_KEPT = {"node_modules", "__pycache__"}


@contextmanager
def generated(target: Path) -> Iterator[Path]:
    """Give an empty folder to generate into; then make `target` equal to it, file by file.

    Files whose content is the same are not touched, so a running process never sees a half-written tree.
    """
    with tempfile.TemporaryDirectory() as name:
        fresh = Path(name)
        yield fresh
        mirror(fresh, target)


def mirror(fresh: Path, target: Path) -> None:
    """Copy what differs from `fresh` to `target` and delete what `fresh` no longer has."""
    wanted = {path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()}
    for name in sorted(wanted):
        content = (fresh / name).read_bytes()
        path = target / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in sorted(target.rglob("*"), reverse=True):
        if _KEPT.intersection(path.parts):
            continue
        if path.is_file() and path.relative_to(target) not in wanted:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
