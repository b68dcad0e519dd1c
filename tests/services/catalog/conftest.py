"""The catalogue with the services that it follows, on real stores."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.bazaar import Bazaar, running_bazaar
from tests.stores import Stores


@pytest.fixture
async def bazaar(stores: Stores, tmp_path: Path) -> AsyncIterator[Bazaar]:
    async with running_bazaar(stores, tmp_path) as running:
        yield running
