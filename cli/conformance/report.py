"""The table at the end, and the same for machines."""

from pathlib import Path
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.table import Table

from cli.conformance.case import Outcome, Result

_MOST_DETAILS = 10
_STYLES = {Outcome.HELD: "green", Outcome.NOT_RUN: "dim", Outcome.WRONG: "bold red", Outcome.BROKEN: "bold red"}


def print_table(console: Console, results: list[Result]) -> None:
    """One row for each case, and below it what went wrong, try by try."""
    table = Table("case", "tries", "seconds", "outcome", "what was seen", box=None, padding=(0, 2, 0, 0))
    for result in results:
        tries = str(result.tries) if result.tries else "-"
        outcome = f"[{_STYLES[result.outcome]}]{result.outcome}[/]"
        table.add_row(
            result.case.name, tries, f"{result.seconds:.1f}", outcome, f"{result.case.promise}: {result.seen}"
        )
    console.print(table)
    for result in results:
        for detail in result.details[:_MOST_DETAILS]:
            console.print(f"{result.case.name}: {detail}", style="red", markup=False)


def write_junit(path: Path, results: list[Result]) -> None:
    """The results as JUnit's XML."""
    counts = {
        "tests": len(results),
        "failures": sum(result.outcome is Outcome.WRONG for result in results),
        "errors": sum(result.outcome is Outcome.BROKEN for result in results),
        "skipped": sum(result.outcome is Outcome.NOT_RUN for result in results),
    }
    seconds = f"{sum(result.seconds for result in results):.3f}"
    attributes = {name: str(count) for name, count in counts.items()}
    suite = ET.Element("testsuite", {"name": "souk conformance", "time": seconds, **attributes})
    kinds = {Outcome.WRONG: "failure", Outcome.BROKEN: "error", Outcome.NOT_RUN: "skipped"}
    for result in results:
        case = ET.SubElement(
            suite, "testcase", classname="conformance", name=result.case.name, time=f"{result.seconds:.3f}"
        )
        if kind := kinds.get(result.outcome):
            ET.SubElement(case, kind, message=result.seen).text = "\n".join(result.details)
        else:
            ET.SubElement(case, "system-out").text = result.seen
    ET.ElementTree(suite).write(path, encoding="unicode", xml_declaration=True)
