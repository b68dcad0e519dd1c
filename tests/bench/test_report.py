"""What a run has found is told the same way on the page, in the JSON and in the tables of the docs."""

import json
from pathlib import Path

from tests.bench.figures import Figures
from tests.bench.findings import Finding, at_least, at_most, exactly
from tests.bench.markdown import lines, lines_of_scale
from tests.bench.page import write_page
from tests.bench.report import Report


def a_report() -> Report:
    report = Report("10 products", "2026-01-01", verified="violations: 0")
    for connections, rate in ((16, 100), (64, 150)):
        item, limit = Figures("list", connections, 1.0, is_golden=True), Figures("list (limit)", connections, 1.0)
        item.latencies, limit.latencies = [float(each) for each in range(rate)], [1.0] * (2 * rate)
        item.cpu.update({"workers": 300.0, "envoy": 100.0, "generator": 10.0})
        report.figures += [item, limit]
        report.compare_with_limit(item, limit)
    report.tell(at_most("list", "p95 <here>", 250.0, 200.0, "ms"))
    report.tell(Finding("list", "rows", 1234.0))
    return report


class TestPage:
    def test_has_its_drawings_and_needs_no_network(self, tmp_path: Path) -> None:
        page = write_page(a_report(), tmp_path / "bench.html").read_text()
        # A distribution with two curves for each of item and limit, a throughput with one for each, and the bars.
        assert page.count("<polyline") == 6
        assert page.count("<rect") == 8 + 4 * 8
        assert "http" not in page
        assert "p95 &lt;here&gt;" in page


class TestMarkdown:
    def test_has_each_item_and_what_misses_its_mark(self) -> None:
        text = "\n".join(lines(json.loads(json.dumps(a_report().as_json()))))
        assert "| list | 64 | 150 | 75.0 | 142.0 | 148.0 | 0 | 0.50 | 2.67 |" in text
        assert "| list | p95 <here> | 250 ms | at most 200 | **misses** |" in text
        assert "| list | rows | 1,234 |  |  |" in text

    def test_has_the_stages_side_by_side(self) -> None:
        stages = [
            {"name": name, "items": {"list": [100.0, 20.4, cost]}} for name, cost in (("small", 1.0), ("large", 1.2))
        ]
        text = "\n".join(lines_of_scale({"verify": "violations: 0", "stages": stages, "findings": []}))
        assert "| item | small | large |" in text
        assert "| list | 1.00; 20 | 1.20; 20 |" in text


class TestCosts:
    def test_are_those_of_golden_items_over_all_connections(self) -> None:
        assert a_report().costs() == {"list": 800.0 / 250}


class TestFindings:
    def test_hold_or_miss(self) -> None:
        assert at_most("a", "b", 5.0, 5.0).holds
        assert not at_least("a", "b", 4.9, 5.0).holds
        assert not exactly("a", "b", 9_999, 10_000).holds
        assert Finding("a", "b", 1.0).holds is None
