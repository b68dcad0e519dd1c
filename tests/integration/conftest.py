"""The market over REST, in both placements."""

from collections.abc import Iterator

import pytest

from cli.rest import Rest
from tests.goods import Goods, put_up
from tests.stack_process import Stack


@pytest.fixture
def rest(stack: Stack) -> Iterator[Rest]:
    """The market over REST."""
    with Rest(stack.edge) as client:
        yield client


@pytest.fixture
def teapot(rest: Rest) -> Goods:
    """Ten teapots in a shop of their own."""
    return put_up(rest, "Kiln", "Teapot", 8400, stock=10)


@pytest.fixture
def towel(rest: Rest) -> Goods:
    """Ten towels in another shop."""
    return put_up(rest, "Loom", "Towel", 2650, stock=10)
