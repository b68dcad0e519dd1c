"""A market with two shops, as the tests of whole stories find it."""

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


@pytest.fixture(scope="session")
def goods(stack: Stack) -> tuple[Goods, Goods]:
    """One thing in each of two shops, plenty of both."""
    with Rest(stack.edge) as client:
        return put_up(client, "Kiln", "Teapot", 8400), put_up(client, "Loom", "Towel", 2650)
