"""A contended variant is spread over buckets, and never one unit too many or too few is sold."""

import asyncio
import random
import uuid

import pytest

from mesh.errors import FailedPrecondition, SoukError
from services.inventory.domain.contention import Contention
from services.inventory.domain.stock import Place
from services.inventory.handlers.reservations import commit_stock, release_stock, restock_order
from services.inventory.handlers.reserving import Reserving, Wish
from services.inventory.handlers.stock import adjust_stock, lock_stock, release_expired, set_stock
from services.inventory.invariants import check_stock
from services.inventory.repository.buckets import list_spread
from services.inventory.repository.stock import list_movements
from tests.services.inventory.conftest import Inventory, warehouse_of
from tests.services.inventory.sale import reserving_on, sell_out

EXPIRED = -1


@pytest.fixture
def reserving(inventory: Inventory) -> Reserving:
    return reserving_on(inventory.db, buckets=8)


async def make_hot(reserving: Reserving, inventory: Inventory, units: int) -> uuid.UUID:
    variant = await inventory.add(units)
    assert await reserving.spreading.spread(variant)
    reserving.contention.note_spread(variant)
    return variant


async def take(reserving: Reserving, variant: uuid.UUID, quantity: int = 1, ttl: int = 900) -> uuid.UUID:
    order = uuid.uuid4()
    await reserving.reserve(Wish(order, [(variant, quantity)], ttl))
    return order


async def violations(inventory: Inventory) -> list[str]:
    return [violation.detail for violation in (await check_stock(inventory.db)).violations]


async def is_spread(inventory: Inventory, variant: uuid.UUID) -> bool:
    async with inventory.db.read() as unit:
        return variant in {each.stock.variant_id for each in await list_spread(unit)}


async def published(inventory: Inventory, variant: uuid.UUID) -> list[tuple[str, int]]:
    connection = await inventory.db.pool.acquire()
    rows = await connection.session.fetch(
        "SELECT type, aggregate_version FROM inventory.outbox WHERE aggregate_id = $1 ORDER BY position", str(variant)
    )
    await inventory.db.pool.release(connection)
    return [(row["type"].rpartition(".")[2], row["aggregate_version"]) for row in rows]


class TestSale:
    @pytest.mark.timeout(120)
    async def test_200_buyers_get_every_unit_and_none_more(self, inventory: Inventory) -> None:
        variant, sale = await sell_out(inventory.db, units=400, buyers=200, buckets=16, refusals=1)
        assert sale.outcomes == {"SOLD": 400, "OUT_OF_STOCK": 200}
        assert await inventory.counts(variant) == (400, 400, 0)
        assert await violations(inventory) == []
        assert sale.bucket_count == 16

    @pytest.mark.timeout(120)
    async def test_nobody_is_refused_while_enough_lies_in_several_buckets(
        self, inventory: Inventory, reserving: Reserving
    ) -> None:
        variant = await make_hot(reserving, inventory, 40)
        orders = await asyncio.gather(*(take(reserving, variant, 3) for _ in range(13)))
        assert len(set(orders)) == 13
        with pytest.raises(FailedPrecondition, match="2 asked, 1 left"):
            await take(reserving, variant, 2)
        await take(reserving, variant, 1)
        assert await inventory.counts(variant) == (40, 40, 0)
        assert await violations(inventory) == []

    @pytest.mark.timeout(120)
    async def test_everything_at_once_leaves_the_sums_right(self, inventory: Inventory, reserving: Reserving) -> None:
        hot, plain = await make_hot(reserving, inventory, 60), await inventory.add(60)
        draw = random.Random(7)  # noqa: S311  # a seeded draw is the point

        async def live(turn: int) -> None:
            order = uuid.uuid4()
            lines = [(hot, draw.randint(1, 3)), (plain, 1)] if turn % 3 else [(hot, 1)]
            await reserving.reserve(Wish(order, lines, EXPIRED if turn % 5 == 0 else 900))
            if turn % 5:
                await inventory.do(commit_stock, order)
                if turn % 2:
                    await inventory.do(restock_order, order)
            elif turn % 2:
                await inventory.do(release_stock, order)

        keeping = [reserving.spreading.keep() for _ in range(3)]
        ends = await asyncio.gather(*map(live, range(120)), *keeping, return_exceptions=True)
        assert {end.reason if isinstance(end, SoukError) else end for end in ends} == {None, "OUT_OF_STOCK"}
        await inventory.do(release_expired, [hot, plain])
        assert await violations(inventory) == []
        connection = await inventory.db.pool.acquire()
        sold = await connection.session.fetchval(
            "SELECT sum(quantity) FROM inventory.reservation_lines WHERE variant_id = $1 AND state = 'COMMITTED'", hot
        )
        await inventory.db.pool.release(connection)
        on_hand, reserved, _ = await inventory.counts(hot)
        assert (on_hand + sold, reserved) == (60, 0)


class TestSpreadStock:
    async def test_a_process_that_does_not_know_finds_the_units(
        self, inventory: Inventory, reserving: Reserving
    ) -> None:
        variant = await make_hot(reserving, inventory, 40)
        other = reserving_on(inventory.db, buckets=8)
        for _ in range(40):
            await take(other, variant)
        with pytest.raises(FailedPrecondition, match="OUT_OF_STOCK"):
            await take(other, variant)

    async def test_expired_holds_in_any_bucket_are_free(self, inventory: Inventory, reserving: Reserving) -> None:
        variant = await make_hot(reserving, inventory, 40)
        await asyncio.gather(*(take(reserving, variant, 4, ttl=EXPIRED) for _ in range(10)))
        assert (await inventory.counts(variant))[2] == 40
        await take(reserving, variant, 33)
        assert (await inventory.counts(variant))[2] == 7
        assert await violations(inventory) == []

    async def test_an_order_takes_its_lost_hold_again_from_another_row(
        self, inventory: Inventory, reserving: Reserving
    ) -> None:
        variant = await make_hot(reserving, inventory, 40)
        order = await take(reserving, variant, 5, ttl=EXPIRED)
        await inventory.do(release_expired, [variant])
        await take(reserving, variant, 35)
        await inventory.do(commit_stock, order)
        assert await inventory.counts(variant) == (35, 35, 0)
        assert await violations(inventory) == []

    async def test_an_order_takes_over_the_last_units_of_the_one_it_supersedes(
        self, inventory: Inventory, reserving: Reserving
    ) -> None:
        variant = await make_hot(reserving, inventory, 40)
        earlier = await take(reserving, variant, 40)
        await reserving.reserve(Wish(uuid.uuid4(), [(variant, 40)], 900, supersedes=earlier))
        assert await inventory.counts(variant) == (40, 40, 0)

    async def test_repeated_when_nothing_is_left_it_still_holds(
        self, inventory: Inventory, reserving: Reserving
    ) -> None:
        variant = await make_hot(reserving, inventory, 40)
        order = await take(reserving, variant, 40)
        with pytest.raises(FailedPrecondition, match="OUT_OF_STOCK"):
            await take(reserving, variant)
        await reserving.reserve(Wish(order, [(variant, 40)], 900))
        assert await inventory.counts(variant) == (40, 40, 0)

    async def test_a_seller_sees_and_sets_the_whole(self, inventory: Inventory, reserving: Reserving) -> None:
        variant = await make_hot(reserving, inventory, 40)
        await asyncio.gather(*(take(reserving, variant, 1) for _ in range(10)))
        async with inventory.db.write() as uow:
            warehouse = warehouse_of(uow)
            await set_stock(warehouse, await lock_stock(warehouse, _place(variant)), 25, "counted")
        assert await inventory.counts(variant) == (25, 10, 15)
        async with inventory.db.write() as uow:
            warehouse = warehouse_of(uow)
            row = await lock_stock(warehouse, _place(variant))
            with pytest.raises(FailedPrecondition, match="There are 25, 10 of them held"):
                await adjust_stock(warehouse, row, -16, "lost")
        assert await violations(inventory) == []

    async def test_movements_are_listed_once_and_in_order(self, inventory: Inventory, reserving: Reserving) -> None:
        variant = await make_hot(reserving, inventory, 40)
        for _ in range(12):
            await take(reserving, variant)
        seen: list[str] = []
        before, location = 2**62, ""
        async with inventory.db.read() as unit:
            while rows := await list_movements(unit, variant, before, 5, location):
                seen += [row["kind"] for row in rows]
                before, location = rows[-1]["version"], rows[-1]["location"]
        assert seen == ["RESERVED"] * 12 + ["RECEIVED"]


class TestKeeping:
    async def test_what_is_left_is_told_with_rising_versions(self, inventory: Inventory, reserving: Reserving) -> None:
        variant = await make_hot(reserving, inventory, 40)
        for _ in range(3):
            await take(reserving, variant, 13)
            await reserving.spreading.keep()
            await reserving.spreading.keep()
        told = await published(inventory, variant)
        assert [kind for kind, _ in told] == ["StockChanged"] * 3 + ["StockLow"]
        assert [version for _, version in told[:3]] == sorted({version for _, version in told[:3]})

    async def test_calm_stock_is_put_together_once_its_holds_have_ended(
        self, inventory: Inventory, reserving: Reserving
    ) -> None:
        spreading = reserving.spreading
        spreading.calm_seconds = 0.0
        variant = await make_hot(reserving, inventory, 40)
        orders = [await take(reserving, variant) for _ in range(9)]
        await spreading.keep()
        assert await is_spread(inventory, variant)
        for order in orders:
            await inventory.do(commit_stock, order)
        await spreading.keep()
        await spreading.keep()
        assert not await is_spread(inventory, variant)
        assert await inventory.counts(variant) == (31, 0, 31)
        await inventory.do(restock_order, orders[0])
        await take(reserving, variant, 32)
        assert await violations(inventory) == []

    async def test_spread_again_the_versions_go_on(self, inventory: Inventory, reserving: Reserving) -> None:
        spreading = reserving.spreading
        spreading.calm_seconds = 0.0
        variant = await make_hot(reserving, inventory, 40)
        for _ in range(3):
            await spreading.keep()
            await inventory.do(commit_stock, await take(reserving, variant))
            await spreading.keep()
            await spreading.keep()
            await spreading.spread(variant)
        versions = [version for kind, version in await published(inventory, variant) if kind == "StockChanged"]
        assert versions == sorted(set(versions))
        assert await violations(inventory) == []

    async def test_few_units_stay_in_one_row(self, inventory: Inventory, reserving: Reserving) -> None:
        assert not await reserving.spreading.spread(await inventory.add(7))


class TestContention:
    def test_is_seen_when_enough_came_while_others_were_there(self) -> None:
        now = [0.0]
        contention = Contention(crowd=1, count=3, window=1.0, keep=5.0, clock=lambda: now[0])
        variant = uuid.uuid4()
        with contention.taking([variant]) as alone:
            found = []
            for _ in range(3):
                with contention.taking([variant]) as contended:
                    found.append(contended)
        assert alone == []
        assert found == [[], [], [variant]]

    def test_a_slow_trickle_is_none(self) -> None:
        now = [0.0]
        contention = Contention(crowd=1, count=3, window=1.0, keep=5.0, clock=lambda: now[0])
        variant = uuid.uuid4()
        with contention.taking([variant]):
            for _ in range(9):
                now[0] += 0.6
                with contention.taking([variant]) as contended:
                    assert contended == []

    def test_hints_run_out(self) -> None:
        now = [0.0]
        contention = Contention(crowd=1, count=3, window=1.0, keep=5.0, clock=lambda: now[0])
        variant = uuid.uuid4()
        contention.note_spread(variant)
        contention.note_short([variant])
        assert contention.spread_of([variant]) == {variant}
        assert contention.is_short([variant])
        now[0] = 6.0
        assert not contention.spread_of([variant])
        assert not contention.is_short([variant])


def _place(variant: uuid.UUID) -> Place:
    return Place(variant, uuid.uuid4(), uuid.uuid4())
