"""Pages of lists."""

from base64 import urlsafe_b64encode
from uuid import UUID

import pytest

from mesh.errors import InvalidArgument
from mesh.page import decode_id, decode_page, encode_page, next_page, page_size


class TestPageSize:
    def test_is_20_where_none_is_asked_for_and_100_at_most(self) -> None:
        assert [page_size(asked) for asked in (0, 1, 100, 101)] == [20, 1, 100, 100]

    def test_is_never_negative(self) -> None:
        with pytest.raises(InvalidArgument):
            page_size(-1)


class TestPageToken:
    def test_gives_back_its_key(self) -> None:
        assert decode_page(encode_page(("2026-01-01", "a/b?", 7, None))) == ("2026-01-01", "a/b?", 7, None)

    def test_is_none_on_the_first_page(self) -> None:
        assert decode_page("") is None

    @pytest.mark.parametrize(
        "key", ["[NaN]", "[1e999]", "[9223372036854775808]", '["a\\u0000"]', '["\\ud800"]', "[" * 700]
    )
    def test_refuses_what_no_column_can_be_compared_with(self, key: str) -> None:
        with pytest.raises(InvalidArgument):
            decode_page(urlsafe_b64encode(key.encode()).decode())

    @pytest.mark.parametrize("token", ["!", "abc", "e30", "W1tdXQ", "ü"])
    def test_refuses_what_it_did_not_make(self, token: str) -> None:
        with pytest.raises(InvalidArgument) as refused:
            decode_page(token)
        assert refused.value.reason == "INVALID_PAGE_TOKEN"


class TestPageOfIds:
    def test_begins_after_the_last_entry_of_the_page_before(self) -> None:
        ids = [UUID(int=number) for number in (1, 2, 3)]
        assert decode_id(next_page(ids, 2)) == ids[1]

    def test_has_no_next_one_where_nothing_is_left(self) -> None:
        assert next_page([UUID(int=1)], 2) == ""
        assert decode_id("") is None

    @pytest.mark.parametrize("key", [("no id",), ("1", "2"), ()])
    def test_refuses_a_token_of_another_list(self, key: tuple[str, ...]) -> None:
        with pytest.raises(InvalidArgument, match="INVALID_PAGE_TOKEN"):
            decode_id(encode_page(key))
