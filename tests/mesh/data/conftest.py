"""One service with the mesh's tables alone, on real stores."""

from collections.abc import AsyncIterator

import pytest

from mesh.broker import Broker
from mesh.database import Database
from mesh.pool import Pool
from tests.mesh.data.service import make_database, running_broker
from tests.stores import Stores


@pytest.fixture
async def pool(stores: Stores) -> AsyncIterator[Pool]:
    """The connections of one process."""
    pool = Pool(stores.postgres_url)
    yield pool
    await pool.close()


@pytest.fixture
async def database(pool: Pool) -> Database:
    """A schema and a role of the test's own."""
    return await make_database(pool)


@pytest.fixture
async def broker(stores: Stores) -> AsyncIterator[Broker]:
    """The connection to NATS of one process."""
    async with running_broker(stores.nats_url) as broker:
        yield broker
