"""What all tests of services share."""

from collections.abc import Iterator

import pytest

from mesh import reasons


@pytest.fixture(autouse=True)
def _only_listed_reasons() -> Iterator[None]:
    """No method answers with a reason that its contract does not list."""
    reasons.undeclared.clear()
    yield
    assert not reasons.undeclared
