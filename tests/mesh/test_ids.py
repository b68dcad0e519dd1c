"""Ids, order numbers and secrets."""

import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh import ids

_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class TestNewId:
    def test_rises_strictly_within_a_process(self) -> None:
        made = [ids.new_id() for _ in range(10_000)]
        assert made == sorted(set(made))

    def test_rises_while_the_clock_goes_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = ids.new_id()
        monkeypatch.setattr(ids.time, "time_ns", lambda: 1_000_000_000)
        assert ids.new_id() > before

    @given(st.integers(0, 1023))
    def test_carries_its_cell(self, cell: int) -> None:
        made = ids.new_id(cell)
        assert ids.cell_of(made) == cell
        assert made.version == 8
        assert made.variant == uuid.RFC_4122

    def test_carries_its_time(self) -> None:
        assert abs(ids.time_of(ids.new_id()) - time.time()) < 1

    @pytest.mark.parametrize("cell", [-1, 1024])
    def test_refuses_a_cell_that_does_not_fit(self, cell: int) -> None:
        with pytest.raises(ValueError, match="cell"):
            ids.new_id(cell)


class TestOrderNumber:
    def test_reads_what_it_made(self) -> None:
        for _ in range(1000):
            number = ids.new_order_number()
            assert ids.parse_order_number(number) == number

    @given(st.integers(0, 8), st.sampled_from(_SYMBOLS))
    def test_finds_any_one_wrong_symbol(self, place: int, symbol: str) -> None:
        plain = ids.new_order_number().replace("-", "")
        wrong = plain[:place] + symbol + plain[place + 1 :]
        if wrong != plain:
            with pytest.raises(ValueError, match="no order number"):
                ids.parse_order_number(wrong)

    @given(st.integers(0, 7), st.integers(0, 7))
    def test_finds_any_two_exchanged_symbols(self, one: int, other: int) -> None:
        plain = list(ids.new_order_number().replace("-", ""))
        wrong = plain.copy()
        wrong[one], wrong[other] = wrong[other], wrong[one]
        if wrong != plain:
            with pytest.raises(ValueError, match="no order number"):
                ids.parse_order_number("".join(wrong))

    def test_reads_what_people_type(self) -> None:
        number = next(n for n in iter(ids.new_order_number, "") if "0" in n and "1" in n)
        typed = number.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        assert ids.parse_order_number(typed) == number

    @pytest.mark.parametrize("text", ["", "7K3M-9QXT", "UUUU-UUUU-U", "ßßßß-ßßßß-ß"])
    def test_refuses_what_is_none(self, text: str) -> None:
        with pytest.raises(ValueError, match="no order number"):
            ids.parse_order_number(text)


class TestSecret:
    def test_has_256_random_bits(self) -> None:
        assert len(ids.new_secret()) == 43
        assert ids.new_secret() != ids.new_secret()

    def test_is_found_by_its_hash(self) -> None:
        secret = ids.new_secret()
        assert ids.hash_secret(secret) == ids.hash_secret(secret)
        assert len(ids.hash_secret(secret)) == 32
