"""`souk conformance` on the embedded stack, small: every case holds, and says so to people and to machines."""

from pathlib import Path
from xml.etree import ElementTree as ET

import httpx

from cli.conformance.cases import CASES
from tests.stack_process import Stack

_SMALL = ("--tries", "2", "--buyers", "8", "--copies", "8", "--seed", "7")


class TestConformance:
    def test_every_case_holds(self, stack: Stack, tmp_path: Path) -> None:
        report = tmp_path / "conformance.xml"
        done = stack.souk("conformance", *_SMALL, "--junit", str(report))
        assert done.stdout.splitlines()[-1] == "failed: 0"
        suite = ET.parse(report).getroot()  # noqa: S314  our own file
        assert [case.get("name") for case in suite] == [case.name for case in CASES]
        assert [suite.get(kind) for kind in ("failures", "errors", "skipped")] == ["0", "0", "0"]

    def test_without_the_sandbox_its_case_is_not_run(self, stack: Stack) -> None:
        done = stack.souk("conformance", "--url", stack.edge, "--only", "webhook-client")
        assert "not run" in done.stdout
        assert "--sandbox" in done.stdout


def test_the_edge_leads_nobody_to_the_sandbox_s_control(stack: Stack) -> None:
    answer = httpx.get(f"{stack.edge}/_sandbox/faults")
    assert answer.status_code == 404
    assert httpx.get(f"{stack.urls['sandbox']}/_sandbox/faults").status_code == 200
