"""The report as one HTML page with drawings, which opens without a network."""

from html import escape
from pathlib import Path

from tests.bench.report import GROUPS, Report
from tests.bench.run import Figures

_COLOURS = ("#3b6fb6", "#c8553d", "#5b8c5a", "#8e6bbf", "#d9a441", "#4aa3a2", "#8a8a8a", "#d0d0d0")
_WIDTH, _ROW = 640, 22
_STYLE = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; color: #222; padding: 0 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td, th { text-align: right; padding: .15rem .6rem; border-bottom: 1px solid #eee } td:first-child { text-align: left }
svg text { font: 12px system-ui, sans-serif } .key span { margin-right: 1em }
"""


def write_page(report: Report, path: Path) -> Path:
    """Write the page and return its path."""
    sections = [
        f"<p>{escape(report.dataset)}. {escape(report.started)}. {escape(report.verified)}</p>",
        _table(report),
        "<h2>CPU-milliseconds of one operation</h2>",
        _key(),
        _bars(report.figures),
        "<h2>Latency in milliseconds, 50 to 99 of 100 answers</h2>",
        _ranges(report.figures),
    ]
    path.write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Souk: bench</title><style>{_STYLE}</style>"
        f"<h1>What the golden calls cost</h1>{''.join(sections)}</html>\n"
    )
    return path


def _table(report: Report) -> str:
    head = "".join(f"<th>{each}" for each in ("item", "connections", "requests/s", "p50", "p95", "p99", "errors"))
    rows = (
        f"<tr><td>{escape(each.item)}<td>{each.connections}<td>{each.rate:.0f}"
        + "".join(f"<td>{each.percentile(share):.1f}" for share in (50, 95, 99))
        + f"<td>{sum(each.errors.values())}"
        for each in report.figures
    )
    return f"<table><tr>{head}{''.join(rows)}</table>"


def _key() -> str:
    spans = (
        f'<span><svg width="10" height="10"><rect width="10" height="10" fill="{colour}"/></svg> {group}</span>'
        for group, colour in zip(GROUPS, _COLOURS, strict=True)
    )
    return f'<p class="key">{"".join(spans)}</p>'


def _bars(figures: list[Figures]) -> str:
    """One stacked bar for each run; each is as long as the dearest, since the items differ a hundredfold."""
    rows = []
    for at, each in enumerate(figures):
        cpu = each.cpu_per_operation()
        total = sum(cpu.values()) or 1.0
        x = 0.0
        for group, colour in zip(GROUPS, _COLOURS, strict=True):
            width = cpu.get(group, 0.0) / total * _WIDTH
            tip = f"{group} {cpu.get(group, 0.0):.2f}"
            place = f'x="{180 + x:.1f}" y="{at * _ROW}" width="{width:.1f}" height="{_ROW - 4}"'
            rows.append(f'<rect {place} fill="{colour}"><title>{tip}</title></rect>')
            x += width
        rows.append(_label(each, at) + f'<text x="{190 + _WIDTH}" y="{at * _ROW + 14}">{total:.2f}</text>')
    return _drawing(rows, len(figures))


def _ranges(figures: list[Figures]) -> str:
    """For each run a line from the median to p99, with a mark at p95."""
    longest = max((each.percentile(99) for each in figures), default=0.0) or 1.0
    rows = []
    for at, each in enumerate(figures):
        p50, p95, p99 = (180 + each.percentile(share) / longest * _WIDTH for share in (50, 95, 99))
        y = at * _ROW + 9
        rows.append(f'<line x1="{p50:.1f}" x2="{p99:.1f}" y1="{y}" y2="{y}" stroke="{_COLOURS[0]}" stroke-width="3"/>')
        rows.append(f'<circle cx="{p95:.1f}" cy="{y}" r="4" fill="{_COLOURS[1]}"/>')
        rows.append(_label(each, at) + f'<text x="{190 + _WIDTH}" y="{y + 5}">{each.percentile(99):.1f}</text>')
    return _drawing(rows, len(figures))


def _label(each: Figures, at: int) -> str:
    return f'<text x="0" y="{at * _ROW + 14}">{escape(each.item)}, {each.connections}</text>'


def _drawing(rows: list[str], count: int) -> str:
    return f'<svg width="{_WIDTH + 260}" height="{max(1, count) * _ROW}">{"".join(rows)}</svg>'
