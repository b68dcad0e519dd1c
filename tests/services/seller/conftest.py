"""Seller on a real PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.market import Market, running_market
from tests.stores import Stores


@pytest.fixture
async def market(stores: Stores, tmp_path: Path) -> AsyncIterator[Market]:
    async with running_market(stores, tmp_path, ["seller"]) as running:
        yield running


@pytest.fixture
async def quick_market(stores: Stores, tmp_path: Path) -> AsyncIterator[Market]:
    """A market that verifies shops by itself."""
    async with running_market(stores, tmp_path, ["seller"], SOUK_AUTO_VERIFY_SHOPS="true") as running:
        yield running
