"""The fault tests by their numbers."""

from tests.chaos.crashes import crash_everywhere
from tests.chaos.lab import Experiment

EXPERIMENTS: dict[str, tuple[str, Experiment]] = {
    "T2": ("a worker dies at each labelled line", crash_everywhere),
}
