"""Identity and seller together on a real PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.market import Market, running_market
from tests.stores import Stores


@pytest.fixture
async def market(stores: Stores, tmp_path: Path) -> AsyncIterator[Market]:
    async with running_market(stores, tmp_path, ["identity", "seller"]) as running:
        yield running
