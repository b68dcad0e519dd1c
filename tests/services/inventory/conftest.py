import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mesh.database import Database, UnitOfWork
from mesh.migrations import upgrade_all
from mesh.pool import Pool
from services.inventory.domain.stock import Place
from services.inventory.handlers import reservations, stock
from services.inventory.handlers.warehouse import Warehouse
from services.inventory.repository.reservations import ReservationRepository
from services.inventory.repository.stock import StockRepository, read_availability
from tests.services.bazaar import Bazaar, running_bazaar
from tests.stores import Stores


def warehouse_of(uow: UnitOfWork) -> Warehouse:
    return Warehouse(StockRepository(uow, 2), ReservationRepository(uow), uow)


@dataclass
class Inventory:
    """Inventory on a real PostgreSQL, each call a transaction of its own."""

    db: Database

    async def add(self, quantity: int, variant_id: uuid.UUID | None = None) -> uuid.UUID:
        place = Place(variant_id or uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), quantity)
        async with self.db.write() as uow:
            await stock.track_variants(warehouse_of(uow), [place])
        return place.variant_id

    async def reserve(
        self, order_id: uuid.UUID, *lines: tuple[uuid.UUID, int], ttl: int = 900, supersedes: uuid.UUID | None = None
    ) -> None:
        async with self.db.write() as uow:
            await reservations.reserve_stock(warehouse_of(uow), order_id, lines, ttl, supersedes)

    async def do(self, use_case: Callable, *arguments: object) -> None:  # type: ignore[type-arg]  # any use case
        async with self.db.write() as uow:
            await use_case(warehouse_of(uow), *arguments)

    async def counts(self, variant_id: uuid.UUID) -> tuple[int, int, int]:
        """On hand, reserved and what can be bought, with holds that have run out counted as free."""
        async with self.db.read() as unit:
            [found] = await read_availability(unit, [variant_id])
        row = found.stock
        return row.on_hand, row.reserved, row.available + found.expired_count


@pytest.fixture
async def inventory(stores: Stores) -> AsyncIterator[Inventory]:
    await upgrade_all(stores.postgres_url, ["inventory"])
    pool = Pool(stores.postgres_url, size=8, patience=30.0)
    yield Inventory(Database("inventory", pool))
    await pool.close()


@pytest.fixture
async def bazaar(stores: Stores, tmp_path: Path) -> AsyncIterator[Bazaar]:
    async with running_bazaar(stores, tmp_path) as running:
        yield running
