import uuid

import pytest

from mesh.errors import Aborted, FailedPrecondition, InvalidArgument
from services.inventory.domain.holding import Locked, hold
from services.inventory.domain.reservation import Line, demand_of
from services.inventory.domain.stock import MovementKind, Stock

ORDER = uuid.uuid4()


def make_stock(*, on_hand: int = 10, reserved: int = 0, backorder_limit: int = 0, threshold: int = 2) -> Stock:
    return Stock(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), on_hand, reserved, backorder_limit, threshold, version=1)


class TestStock:
    def test_each_move_is_a_movement_with_the_next_version(self) -> None:
        stock = make_stock()
        stock.reserve(3, ORDER)
        stock.commit(3, ORDER)
        stock.restock(1, ORDER)
        assert [(move.version, move.on_hand_delta, move.reserved_delta) for move in stock.movements] == [
            (2, 0, 3),
            (3, -3, -3),
            (4, 1, 0),
        ]
        assert (stock.on_hand, stock.reserved, stock.available) == (8, 0, 8)

    def test_a_sale_of_what_was_held_leaves_what_can_be_bought(self) -> None:
        stock = make_stock(reserved=3)
        stock.commit(3, ORDER)
        assert not stock.availability_changed

    def test_backorder_can_be_bought(self) -> None:
        assert make_stock(on_hand=0, backorder_limit=4).available == 4

    def test_tells_when_the_threshold_is_crossed_and_only_then(self) -> None:
        stock = make_stock(on_hand=3)
        stock.reserve(1, ORDER)
        assert stock.fell_low
        low = make_stock(on_hand=2)
        low.reserve(1, ORDER)
        assert not low.fell_low

    def test_count_cannot_fall_below_what_is_held(self) -> None:
        stock = make_stock(reserved=4)
        with pytest.raises(FailedPrecondition) as caught:
            stock.set_count(3, "")
        assert caught.value.reason == "STOCK_TOO_LOW"

    def test_backorder_cannot_fall_below_what_is_held(self) -> None:
        with pytest.raises(FailedPrecondition):
            make_stock(on_hand=0, reserved=4, backorder_limit=4).set_limits(3, None)

    def test_another_version_is_refused(self) -> None:
        with pytest.raises(Aborted) as caught:
            make_stock().require_version(7)
        assert caught.value.metadata == {"version": "1"}

    def test_stock_has_an_upper_bound(self) -> None:
        with pytest.raises(InvalidArgument):
            make_stock().adjust(1_000_000_000, "")

    @pytest.mark.parametrize(
        ("delta", "reason", "kind"),
        [
            (5, "received", MovementKind.RECEIVED),
            (-1, "Lost", MovementKind.LOST),
            (1, "lost", MovementKind.ADJUSTED),
            (-1, "received", MovementKind.ADJUSTED),
            (2, "counted", MovementKind.ADJUSTED),
        ],
    )
    def test_kind_follows_the_reason(self, delta: int, reason: str, kind: MovementKind) -> None:
        stock = make_stock()
        stock.adjust(delta, reason)
        assert stock.movements[0].kind is kind


class TestDemand:
    def test_lines_of_one_variant_are_summed_in_lock_order(self) -> None:
        low, high = sorted([uuid.uuid4(), uuid.uuid4()])
        assert list(demand_of([(high, 1), (low, 2), (high, 3)]).items()) == [(low, 2), (high, 4)]


class TestHold:
    def test_names_every_variant_that_is_short_and_holds_nothing(self) -> None:
        enough, short = make_stock(), make_stock(on_hand=1)
        missing = uuid.uuid4()
        lines = [Line(enough.variant_id, 1), Line(short.variant_id, 2), Line(missing, 1)]
        with pytest.raises(FailedPrecondition) as caught:
            hold(Locked([enough, short]), lines, ORDER)
        assert caught.value.reason == "OUT_OF_STOCK"
        assert [(violation.subject, violation.description) for violation in caught.value.violations] == [
            (str(short.variant_id), "2 asked, 1 left"),
            (str(missing), "1 asked, 0 left"),
        ]
        assert enough.reserved == 0
