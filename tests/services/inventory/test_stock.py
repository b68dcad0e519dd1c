import uuid

import pytest

from mesh.errors import NotFound
from mesh.principal import Principal
from services.inventory.domain.stock import Place
from services.inventory.handlers.stock import adjust_stock, find_stock, lock_stock, set_stock, track_variants
from services.inventory.repository.stock import list_movements
from tests.services.inventory.conftest import Inventory, warehouse_of


class FakeCatalog:
    def __init__(self, *places: Place) -> None:
        self._places = {place.variant_id: place for place in places}

    async def find_place(self, variant_id: uuid.UUID) -> Place | None:
        return self._places.get(variant_id)


def make_place(initial_stock: int = 0) -> Place:
    return Place(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), initial_stock)


def seller_of(place: Place) -> Principal:
    return Principal(subject=str(uuid.uuid4()), roles=frozenset({"SELLER"}), tenants=frozenset({str(place.shop_id)}))


class TestTrackVariants:
    async def test_told_twice_the_stock_is_there_once(self, inventory: Inventory) -> None:
        variant = await inventory.add(7)
        await inventory.add(7, variant)
        assert await inventory.counts(variant) == (7, 0, 7)

    async def test_nothing_leaves_no_movement(self, inventory: Inventory) -> None:
        variant = await inventory.add(0)
        async with inventory.db.read() as unit:
            assert await list_movements(unit, variant, 100, 10) == []


class TestSetStock:
    async def test_makes_the_row_where_catalog_alone_knows_the_variant(self, inventory: Inventory) -> None:
        place = make_place()
        async with inventory.db.write() as uow:
            warehouse = warehouse_of(uow)
            await set_stock(warehouse, await lock_stock(warehouse, place), 4, "counted", expected_version=0)
        assert await inventory.counts(place.variant_id) == (4, 0, 4)

    async def test_first_stock_that_comes_late_changes_nothing(self, inventory: Inventory) -> None:
        place = make_place(initial_stock=9)
        async with inventory.db.write() as uow:
            warehouse = warehouse_of(uow)
            await set_stock(warehouse, await lock_stock(warehouse, make_place()), 1, "")
            await set_stock(warehouse, await lock_stock(warehouse, Place(*place_key(place))), 4, "")
        await inventory.do(track_variants, [place])
        assert await inventory.counts(place.variant_id) == (4, 0, 4)

    async def test_movements_come_newest_first(self, inventory: Inventory) -> None:
        variant = await inventory.add(5)
        async with inventory.db.write() as uow:
            warehouse = warehouse_of(uow)
            row = await lock_stock(warehouse, Place(variant, uuid.uuid4(), uuid.uuid4()))
            await adjust_stock(warehouse, row, -2, "lost")
        async with inventory.db.read() as unit:
            rows = await list_movements(unit, variant, 100, 10)
        assert [(row["version"], row["kind"], row["on_hand_delta"]) for row in rows] == [
            (2, "LOST", -2),
            (1, "RECEIVED", 5),
        ]


def place_key(place: Place) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    return place.variant_id, place.product_id, place.shop_id


class TestFindStock:
    async def test_another_seller_finds_nothing(self, inventory: Inventory) -> None:
        place = make_place(initial_stock=3)
        await inventory.do(track_variants, [place])
        with pytest.raises(NotFound, match="VARIANT_NOT_FOUND"):
            await find_stock(inventory.db, FakeCatalog(), place.variant_id, seller_of(make_place()))

    async def test_variant_that_only_catalog_knows_is_empty(self, inventory: Inventory) -> None:
        place = make_place()
        found = await find_stock(inventory.db, FakeCatalog(place), place.variant_id, seller_of(place))
        assert (found.stock.on_hand, found.stock.version) == (0, 0)

    async def test_variant_that_only_catalog_knows_is_not_there_for_another(self, inventory: Inventory) -> None:
        place = make_place()
        with pytest.raises(NotFound):
            await find_stock(inventory.db, FakeCatalog(place), place.variant_id, seller_of(make_place()))

    async def test_variant_that_nobody_knows(self, inventory: Inventory) -> None:
        with pytest.raises(NotFound):
            await find_stock(inventory.db, FakeCatalog(), uuid.uuid4(), seller_of(make_place()))
