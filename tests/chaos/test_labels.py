"""No labelled line is left out: each is reached by a story of T2 or has a case of its own."""

from tests.chaos.labels import all_labels, known_labels
from tests.services.order.test_crashes import CASES


def test_every_label_is_tried() -> None:
    by_stories = {label.partition("@")[0] for label in all_labels()}
    by_cases = {label for label, _ in CASES}
    assert set(known_labels()) - by_stories - by_cases == set()
    assert len(by_stories) >= 60
