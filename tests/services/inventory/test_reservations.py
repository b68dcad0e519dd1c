import asyncio
import uuid

import pytest

from mesh.errors import FailedPrecondition, InvalidArgument, NotFound
from services.inventory.handlers.reservations import (
    commit_paid_order,
    commit_stock,
    release_stock,
    restock_order,
)
from services.inventory.handlers.stock import release_expired
from services.inventory.invariants import check_stock
from tests.services.inventory.conftest import Inventory

EXPIRED = -1


def refused(results: list[BaseException | None]) -> list[FailedPrecondition]:
    return [result for result in results if isinstance(result, FailedPrecondition)]


class TestReserve:
    async def test_all_lines_or_none(self, inventory: Inventory) -> None:
        enough, short = await inventory.add(5), await inventory.add(1)
        with pytest.raises(FailedPrecondition):
            await inventory.reserve(uuid.uuid4(), (enough, 2), (short, 2))
        assert await inventory.counts(enough) == (5, 0, 5)

    async def test_lines_of_one_variant_are_summed(self, inventory: Inventory) -> None:
        variant = await inventory.add(3)
        with pytest.raises(FailedPrecondition):
            await inventory.reserve(uuid.uuid4(), (variant, 2), (variant, 2))

    async def test_repeated_it_holds_once(self, inventory: Inventory) -> None:
        variant, order = await inventory.add(5), uuid.uuid4()
        await inventory.reserve(order, (variant, 2))
        await inventory.reserve(order, (variant, 2))
        assert await inventory.counts(variant) == (5, 2, 3)

    async def test_other_lines_for_the_same_order_are_refused(self, inventory: Inventory) -> None:
        variant, order = await inventory.add(5), uuid.uuid4()
        await inventory.reserve(order, (variant, 2))
        with pytest.raises(InvalidArgument, match="RESERVATION_DIFFERS"):
            await inventory.reserve(order, (variant, 3))

    async def test_expired_hold_of_another_is_free(self, inventory: Inventory) -> None:
        variant = await inventory.add(1)
        await inventory.reserve(uuid.uuid4(), (variant, 1), ttl=EXPIRED)
        assert await inventory.counts(variant) == (1, 1, 1)
        await inventory.reserve(uuid.uuid4(), (variant, 1))
        assert await inventory.counts(variant) == (1, 1, 0)

    async def test_order_takes_its_lost_hold_again(self, inventory: Inventory) -> None:
        variant, order = await inventory.add(1), uuid.uuid4()
        await inventory.reserve(order, (variant, 1), ttl=EXPIRED)
        await inventory.do(release_expired, [variant])
        assert await inventory.counts(variant) == (1, 0, 1)
        await inventory.reserve(order, (variant, 1))
        assert await inventory.counts(variant) == (1, 1, 0)

    async def test_last_unit_goes_from_the_superseded_order_to_the_new_one(self, inventory: Inventory) -> None:
        variant, earlier, later = await inventory.add(1), uuid.uuid4(), uuid.uuid4()
        await inventory.reserve(earlier, (variant, 1))
        await inventory.reserve(later, (variant, 1), supersedes=earlier)
        assert await inventory.counts(variant) == (1, 1, 0)
        with pytest.raises(FailedPrecondition, match="RESERVATION_RELEASED"):
            await inventory.reserve(earlier, (variant, 1))

    async def test_two_hundred_buyers_of_the_last_unit(self, inventory: Inventory) -> None:
        variant = await inventory.add(1)
        tries = [inventory.reserve(uuid.uuid4(), (variant, 1)) for _ in range(200)]
        results = await asyncio.gather(*tries, return_exceptions=True)
        assert len(refused(results)) == 199
        assert results.count(None) == 1
        assert await inventory.counts(variant) == (1, 1, 0)

    async def test_crossed_orders_neither_oversell_nor_deadlock(self, inventory: Inventory) -> None:
        first, second = await inventory.add(30), await inventory.add(30)
        tries = [
            inventory.reserve(uuid.uuid4(), *([(first, 1), (second, 1)] if turn % 2 else [(second, 1), (first, 1)]))
            for turn in range(80)
        ]
        results = await asyncio.gather(*tries, return_exceptions=True)
        assert len(refused(results)) == 50
        assert await inventory.counts(first) == await inventory.counts(second) == (30, 30, 0)


class TestCommit:
    async def test_sells_what_was_held_once(self, inventory: Inventory) -> None:
        variant, order = await inventory.add(5), uuid.uuid4()
        await inventory.reserve(order, (variant, 2))
        await inventory.do(commit_stock, order)
        await inventory.do(commit_stock, order)
        assert await inventory.counts(variant) == (3, 0, 3)

    async def test_after_expiry_while_there_is_stock(self, inventory: Inventory) -> None:
        variant, order = await inventory.add(1), uuid.uuid4()
        await inventory.reserve(order, (variant, 1), ttl=EXPIRED)
        await inventory.do(release_expired, [variant])
        await inventory.do(commit_stock, order)
        assert await inventory.counts(variant) == (0, 0, 0)

    async def test_after_expiry_when_another_bought_it(self, inventory: Inventory) -> None:
        variant, late = await inventory.add(1), uuid.uuid4()
        await inventory.reserve(late, (variant, 1), ttl=EXPIRED)
        await inventory.reserve(uuid.uuid4(), (variant, 1))
        with pytest.raises(FailedPrecondition, match="OUT_OF_STOCK"):
            await inventory.do(commit_stock, late)

    async def test_without_a_hold(self, inventory: Inventory) -> None:
        with pytest.raises(NotFound, match="RESERVATION_NOT_FOUND"):
            await inventory.do(commit_stock, uuid.uuid4())

    async def test_paid_after_it_was_cancelled_changes_nothing(self, inventory: Inventory) -> None:
        variant, order = await inventory.add(5), uuid.uuid4()
        await inventory.reserve(order, (variant, 2))
        await inventory.do(restock_order, order)
        await inventory.do(commit_paid_order, order)
        assert await inventory.counts(variant) == (5, 0, 5)


class TestGiveBack:
    async def test_release_is_idempotent(self, inventory: Inventory) -> None:
        variant, order = await inventory.add(5), uuid.uuid4()
        await inventory.reserve(order, (variant, 2))
        await inventory.do(release_stock, order)
        await inventory.do(release_stock, order)
        assert await inventory.counts(variant) == (5, 0, 5)

    async def test_release_before_the_hold_closes_the_door(self, inventory: Inventory) -> None:
        variant, order = await inventory.add(5), uuid.uuid4()
        await inventory.do(release_stock, order)
        with pytest.raises(FailedPrecondition, match="RESERVATION_RELEASED"):
            await inventory.reserve(order, (variant, 2))

    async def test_release_of_a_sale_is_refused(self, inventory: Inventory) -> None:
        variant, order = await inventory.add(5), uuid.uuid4()
        await inventory.reserve(order, (variant, 2))
        await inventory.do(commit_stock, order)
        with pytest.raises(FailedPrecondition, match="RESERVATION_COMMITTED"):
            await inventory.do(release_stock, order)

    async def test_restock_puts_a_sale_back_once(self, inventory: Inventory) -> None:
        variant, order = await inventory.add(5), uuid.uuid4()
        await inventory.reserve(order, (variant, 2))
        await inventory.do(commit_stock, order)
        await inventory.do(restock_order, order)
        await inventory.do(restock_order, order)
        assert await inventory.counts(variant) == (5, 0, 5)

    async def test_release_of_a_hold_that_ran_out_in_part(self, inventory: Inventory) -> None:
        swept, kept, order = await inventory.add(1), await inventory.add(1), uuid.uuid4()
        await inventory.reserve(order, (swept, 1), (kept, 1), ttl=EXPIRED)
        await inventory.do(release_expired, [swept])
        await inventory.do(release_stock, order)
        assert await inventory.counts(swept) == await inventory.counts(kept) == (1, 0, 1)


class TestInvariants:
    async def test_hold_after_everything_above(self, inventory: Inventory) -> None:
        variant = await inventory.add(4)
        orders = [uuid.uuid4() for _ in range(4)]
        for order in orders:
            await inventory.reserve(order, (variant, 1))
        await inventory.do(commit_stock, orders[0])
        await inventory.do(release_stock, orders[1])
        result = await check_stock(inventory.db)
        assert result.checked_count >= 1
        assert result.violation_count == 0

    async def test_a_count_changed_by_hand_is_found(self, inventory: Inventory) -> None:
        variant = await inventory.add(4)
        pool = inventory.db.pool
        connection = await pool.acquire()
        await connection.session.execute("UPDATE inventory.stock SET on_hand = 5 WHERE variant_id = $1", variant)
        found = await check_stock(inventory.db)
        await connection.session.execute("UPDATE inventory.stock SET on_hand = 4 WHERE variant_id = $1", variant)
        await pool.release(connection)
        assert [violation.id for violation in found.violations] == [str(variant)]
