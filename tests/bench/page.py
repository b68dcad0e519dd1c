"""The report as one HTML page with drawings, which opens without a network."""

from html import escape
from math import log10
from pathlib import Path

from tests.bench.figures import Figures
from tests.bench.report import GROUPS, LIMIT, Report

_COLOURS = ("#3b6fb6", "#c8553d", "#5b8c5a", "#8e6bbf", "#d9a441", "#4aa3a2", "#8a8a8a", "#d0d0d0")
_LEFT, _WIDTH, _ROW = 190, 640, 22
# What of a hundred answers is drawn of a distribution.
_SHARES = (*range(1, 99, 2), 98, 99, 99.5, 99.9)
_CURVE_WIDTH, _CURVE_HEIGHT = 260, 110
_STYLE = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; color: #222; padding: 0 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td, th { text-align: right; padding: .15rem .6rem; border-bottom: 1px solid #eee }
td:first-child, th:first-child { text-align: left } .left td { text-align: left }
.misses { color: #b3261e } .holds { color: #2e6b2f }
svg text { font: 12px system-ui, sans-serif } .key span { margin-right: 1em }
figure { display: inline-block; margin: 8px }
figcaption { font-weight: 600 }
"""


def write_page(report: Report, path: Path) -> Path:
    """Write the page and return its path."""
    sections = [
        f"<p>{escape(report.dataset)}. {escape(report.started)}. {escape(report.verified)}</p>",
        _table(report),
        _findings(report),
        "<h2>CPU-milliseconds of one operation</h2>",
        _key(),
        _bars(report.figures),
        "<h2>Latency, milliseconds (logarithmic), of so many of a hundred answers</h2>",
        *_distributions(report.figures),
        "<h2>Answers in a second against connections</h2>",
        *_throughputs(report.figures),
    ]
    path.write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Souk: bench</title><style>{_STYLE}</style>"
        f"<h1>What the golden calls cost</h1>{''.join(sections)}</html>\n"
    )
    return path


def _table(report: Report) -> str:
    names = ("item", "connections", "requests/s", "p50", "p95", "p99", "errors", "of limit", "CPU-ms")
    rows = (
        f"<tr><td>{escape(each.item)}<td>{each.connections}<td>{each.rate:.0f}"
        + "".join(f"<td>{each.percentile(share):.1f}" for share in (50, 95, 99))
        + f"<td>{each.error_count}<td>{report.share_of_limit(each)}<td>{each.cpu_ms:.2f}"
        for each in report.figures
    )
    return f"<table><tr>{''.join(f'<th>{each}' for each in names)}{''.join(rows)}</table>"


def _findings(report: Report) -> str:
    verdicts = {None: "", True: '<span class="holds">holds</span>', False: '<span class="misses">misses</span>'}
    rows = (
        f"<tr><td>{escape(each.item)}<td>{escape(each.what)}<td>{escape(each.text)}<td>{escape(each.mark)}"
        f"<td>{verdicts[each.holds]}"
        for each in report.findings
    )
    return f'<h2>Found out</h2><table class="left">{"".join(rows)}</table>'


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
            place = f'x="{_LEFT + x:.1f}" y="{at * _ROW}" width="{width:.1f}" height="{_ROW - 4}"'
            rows.append(f'<rect {place} fill="{colour}"><title>{tip}</title></rect>')
            x += width
        y = at * _ROW + 14
        rows.append(f'<text x="0" y="{y}">{escape(each.item)}, {each.connections}</text>')
        rows.append(f'<text x="{_LEFT + 10 + _WIDTH}" y="{y}">{total:.2f}</text>')
    height = max(1, len(figures)) * _ROW
    return f'<svg width="{_LEFT + _WIDTH + 70}" height="{height}">{"".join(rows)}</svg>'


def _distributions(figures: list[Figures]) -> list[str]:
    """A drawing for each item with a curve for each number of connections."""
    drawings = []
    for name, runs in _by_item(figures).items():
        least, most = min(each.percentile(1) for each in runs), max(each.percentile(99.9) for each in runs)
        low, high = log10(max(least, 0.01)), log10(max(most, 0.02))
        curves = []
        for run, colour in zip(runs, _COLOURS, strict=False):
            heights = [(log10(max(run.percentile(each), 0.01)) - low) / (high - low or 1) for each in _SHARES]
            points = [(share / 100, height) for share, height in zip(_SHARES, heights, strict=True)]
            curves.append(_curve(points, colour, f"{run.connections} connections"))
        ticks = ((0, f"{10**low:.1f}"), (1, f"{10**high:.1f}"))
        drawings.append(_figure(name, curves, ticks, ((0, "1"), (0.5, "50"), (1, "99.9"))))
    return drawings


def _throughputs(figures: list[Figures]) -> list[str]:
    """A drawing for each item that was run with several numbers of connections, its limit's curve beside it."""
    drawings = []
    grouped = {name: runs for name, runs in _by_item(figures).items() if LIMIT not in name and len(runs) > 1}
    for name, runs in grouped.items():
        limits = _by_item(figures).get(name + LIMIT, [])
        most = max(each.rate for each in [*runs, *limits]) or 1.0
        widest = max(each.connections for each in runs)
        curves = [
            _curve([(each.connections / widest, each.rate / most) for each in drawn], colour, label)
            for drawn, colour, label in ((runs, _COLOURS[0], name), (limits, _COLOURS[1], "limit"))
            if drawn
        ]
        across = tuple((each.connections / widest, str(each.connections)) for each in runs)
        drawings.append(_figure(name, curves, ((0, "0"), (1, f"{most:.0f}")), across))
    return drawings


def _by_item(figures: list[Figures]) -> dict[str, list[Figures]]:
    grouped: dict[str, list[Figures]] = {}
    for each in figures:
        if each.count:
            grouped.setdefault(each.item, []).append(each)
    return grouped


def _curve(points: list[tuple[float, float]], colour: str, label: str) -> str:
    drawn = " ".join(f"{40 + x * _CURVE_WIDTH:.1f},{10 + (1 - y) * _CURVE_HEIGHT:.1f}" for x, y in points)
    line = f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2">'
    return f"{line}<title>{escape(label)}</title></polyline>"


def _figure(
    name: str, curves: list[str], up: tuple[tuple[float, str], ...], across: tuple[tuple[float, str], ...]
) -> str:
    bottom = 10 + _CURVE_HEIGHT
    frame = f'<path d="M40 10V{bottom}H{40 + _CURVE_WIDTH}" fill="none" stroke="#999"/>'
    ticks = [f'<text x="0" y="{14 + (1 - y) * _CURVE_HEIGHT:.0f}">{text}</text>' for y, text in up]
    ticks += [f'<text x="{34 + x * _CURVE_WIDTH:.0f}" y="{bottom + 16}">{text}</text>' for x, text in across]
    drawing = f'<svg width="{_CURVE_WIDTH + 80}" height="{bottom + 20}">{frame}{"".join([*curves, *ticks])}</svg>'
    return f"<figure><figcaption>{escape(name)}</figcaption>{drawing}</figure>"
