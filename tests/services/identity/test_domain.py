"""The rules of identity."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from mesh.errors import FailedPrecondition, InvalidArgument
from services.identity.domain.accounts import ADMIN, CUSTOMER, SELLER, open_account, refuse_last_admin
from services.identity.domain.addresses import refuse_too_many
from services.identity.domain.passwords import is_common, refuse_common_password
from services.identity.domain.sessions import RefreshToken, Session, Use

ADA, BOB = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)


def make_token(*, spend_time: datetime | None = None, ended: bool = False) -> RefreshToken:
    return RefreshToken(UUID(int=3), Session(UUID(int=4), ADA, ended=ended), NOW + timedelta(days=1), spend_time)


class TestAccount:
    def test_compares_its_address_in_lower_case(self) -> None:
        assert open_account(ADA, " Ada@Example.COM ", "Ada").profile.email == "ada@example.com"

    def test_is_called_by_its_address_where_nothing_else_is_told(self) -> None:
        assert open_account(ADA, "ada@example.com", "  ").profile.display_name == "ada"

    def test_keeps_a_display_name(self) -> None:
        with pytest.raises(InvalidArgument, match="DISPLAY_NAME_REQUIRED"):
            open_account(ADA, "ada@example.com", "Ada").profile.changed({"display_name": " "})

    def test_stays_a_customer_and_is_made_no_seller(self) -> None:
        account = open_account(ADA, "ada@example.com", "Ada").with_roles(frozenset({ADMIN, SELLER}))
        assert account.roles == {CUSTOMER, ADMIN}

    def test_is_a_seller_by_a_shop(self) -> None:
        assert SELLER in open_account(ADA, "ada@example.com", "Ada").all_roles(has_shop=True)


class TestLastAdmin:
    def test_cannot_lose_the_role(self) -> None:
        admin = open_account(ADA, "ada@example.com", "Ada", frozenset({ADMIN}))
        with pytest.raises(FailedPrecondition, match="LAST_ADMIN"):
            refuse_last_admin(admin, frozenset({CUSTOMER}), frozenset({ADA}))

    def test_may_when_there_is_another_one(self) -> None:
        admin = open_account(ADA, "ada@example.com", "Ada", frozenset({ADMIN}))
        refuse_last_admin(admin, frozenset({CUSTOMER}), frozenset({ADA, BOB}))


class TestRefreshToken:
    def test_is_good_once(self) -> None:
        assert make_token().use(NOW) is Use.FRESH
        assert make_token(spend_time=NOW).use(NOW + MOMENT) is Use.REUSED

    def test_lost_a_race_when_its_use_had_arrived_before_the_answer_left(self) -> None:
        assert make_token(spend_time=NOW).use(NOW - MOMENT) is Use.LOST_RACE

    def test_is_worth_nothing_after_its_time_or_its_session(self) -> None:
        assert make_token().use(NOW + timedelta(days=1)) is Use.INVALID
        assert make_token(ended=True).use(NOW) is Use.INVALID


class TestPassword:
    @pytest.mark.parametrize(
        "password",
        ["password", "Password1", "iloveyou123", "12345678", "87654321", "abcabcabc", "zxcvbnm1", "football"],
    )
    def test_that_is_tried_first_is_refused(self, password: str) -> None:
        with pytest.raises(InvalidArgument, match="PASSWORD_TOO_COMMON"):
            refuse_common_password(password)

    @pytest.mark.parametrize("password", ["the loom sings", "correct-horse-9", "日本語のパスワード", "Kiln7Glaze!"])
    def test_of_any_characters_is_good(self, password: str) -> None:
        assert not is_common(password)


class TestAddressBook:
    def test_has_an_end(self) -> None:
        refuse_too_many(49)
        with pytest.raises(FailedPrecondition, match="TOO_MANY_ADDRESSES"):
            refuse_too_many(50)
