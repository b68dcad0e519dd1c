import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def declared() -> set[str]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    lines = [*project["project"]["dependencies"], *(each for group in groups.values() for each in group)]
    return {re.split(r"[\[=<>;! ]", line)[0] for line in lines if isinstance(line, str)}


class TestDependencies:
    def test_each_is_explained(self) -> None:
        rows = re.findall(r"^\| ([a-z][^|]*) \|", (PROJECT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
        explained = {name.strip() for row in rows for name in row.split(",")} - {"package"}
        assert explained == declared()

    def test_each_is_pinned_with_hashes_and_without_addresses(self) -> None:
        lock = (PROJECT / "requirements-dev.lock").read_text()
        pinned = set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==", lock, re.MULTILINE))
        assert declared() <= pinned
        assert "://" not in lock + (PROJECT / "requirements.lock").read_text()
