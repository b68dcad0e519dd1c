"""The rules of shops."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from mesh.errors import FailedPrecondition, InvalidArgument
from services.seller.domain import Happening, Shop, ShopState, apply_for_shop, refuse_too_many

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOOM = Shop(UUID(int=1), UUID(int=2), "Loom", "", "DE", "EUR", 1000)


class TestApplication:
    def test_waits_for_verification(self) -> None:
        event = apply_for_shop(LOOM)
        assert (event.happening, event.shop.state, event.shop.version) == (Happening.APPLIED, ShopState.PENDING, 1)

    @pytest.mark.parametrize(
        ("field", "value", "reason"),
        [
            ("currency", "EUX", "UNKNOWN_CURRENCY"),
            ("currency", "eur", "UNKNOWN_CURRENCY"),
            ("country", "XX", "UNKNOWN_COUNTRY"),
            ("name", "  ", "NAME_REQUIRED"),
        ],
    )
    def test_is_refused_for_what_does_not_exist(self, field: str, value: str, reason: str) -> None:
        with pytest.raises(InvalidArgument, match=reason) as refused:
            apply_for_shop(replace(LOOM, **{field: value}))
        assert list(refused.value.fields) == [field]

    def test_is_one_of_twenty_at_most(self) -> None:
        refuse_too_many(19)
        with pytest.raises(FailedPrecondition, match="TOO_MANY_SHOPS"):
            refuse_too_many(20)


class TestShop:
    def test_sells_again_after_a_suspension(self) -> None:
        suspended = LOOM.verified(NOW).suspended("fakes")
        again = suspended.verified(NOW)
        assert (suspended.state, suspended.suspend_reason) == (ShopState.SUSPENDED, "fakes")
        assert (again.state, again.suspend_reason, again.version) == (ShopState.VERIFIED, "", 4)

    def test_that_is_closed_changes_no_more(self) -> None:
        closed = replace(LOOM, state=ShopState.CLOSED)
        for move in (lambda: closed.verified(NOW), lambda: closed.suspended(""), lambda: closed.renamed("New", "")):
            with pytest.raises(FailedPrecondition, match="SHOP_CLOSED"):
                move()
