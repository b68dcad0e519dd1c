"""What one item found out beside rates and costs, and whether its mark holds."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure. `holds` is None where it has no mark."""

    item: str
    what: str
    value: float
    unit: str = ""
    mark: str = ""
    holds: bool | None = None

    @property
    def text(self) -> str:
        """The figure as it is read."""
        return f"{_figure(self.value)} {self.unit}".strip()


def _figure(value: float) -> str:
    for least, decimals in ((100.0, 0), (10.0, 1), (0.0, 2)):
        if abs(value) >= least and not float(value).is_integer():
            return f"{value:,.{decimals}f}"
    return f"{value:,.0f}"


def at_most(item: str, what: str, value: float, most: float, unit: str = "") -> Finding:
    """A figure that is good while it is no more than its mark."""
    return Finding(item, what, value, unit, f"at most {_figure(most)}", value <= most)


def at_least(item: str, what: str, value: float, least: float, unit: str = "") -> Finding:
    """A figure that is good while it is no less than its mark."""
    return Finding(item, what, value, unit, f"at least {_figure(least)}", value >= least)


def exactly(item: str, what: str, value: float, wanted: float, unit: str = "") -> Finding:
    """A figure that is good while it is its mark."""
    return Finding(item, what, value, unit, f"exactly {_figure(wanted)}", value == wanted)


# Takes what an item found out.
Tell = Callable[[Finding], None]
