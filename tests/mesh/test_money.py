"""Money that always adds up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from souk.money.v1 import money_pb2

from mesh import money
from mesh.errors import InvalidArgument
from mesh.money import CurrencyMismatch, Money, UnknownCurrency

currencies = st.sampled_from(["JPY", "EUR", "KWD"])
amounts = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=50).filter(lambda weights: sum(weights) > 0)


class TestSplit:
    @given(currencies, amounts, weights)
    def test_parts_sum_to_the_whole(self, currency: str, amount: int, weights: list[int]) -> None:
        parts = Money(currency, amount).split(weights)
        assert money.sum_of(parts, currency) == Money(currency, amount)

    @given(currencies, amounts, weights)
    def test_no_part_is_a_unit_away_from_its_share(self, currency: str, amount: int, weights: list[int]) -> None:
        parts = Money(currency, amount).split(weights)
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part.amount * sum(weights) - amount * weight) < sum(weights)

    @given(currencies, amounts, weights)
    def test_a_debt_splits_as_a_claim_does(self, currency: str, amount: int, weights: list[int]) -> None:
        claim = Money(currency, amount)
        assert (-claim).split(weights) == [-part for part in claim.split(weights)]

    def test_gives_the_rest_to_the_largest_remainders_and_the_first_of_equals(self) -> None:
        assert [part.amount for part in Money("EUR", 100).split([1, 1, 1])] == [34, 33, 33]
        assert [part.amount for part in Money("JPY", 10).split([1, 2, 4])] == [1, 3, 6]

    @pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
    def test_refuses_weights_that_share_nothing_out(self, weights: list[int]) -> None:
        with pytest.raises(ValueError, match="weights"):
            Money("EUR", 100).split(weights)


class TestArithmetic:
    @given(currencies, amounts, amounts)
    def test_adds_and_subtracts(self, currency: str, one: int, other: int) -> None:
        total = Money(currency, one) + Money(currency, other)
        assert total.amount == one + other
        assert total - Money(currency, other) == Money(currency, one)

    def test_multiplies_by_a_count(self) -> None:
        assert Money("KWD", 1500) * 3 == 3 * Money("KWD", 1500) == Money("KWD", 4500)

    def test_refuses_two_currencies(self) -> None:
        with pytest.raises(CurrencyMismatch):
            Money("EUR", 1) + Money("JPY", 1)
        with pytest.raises(CurrencyMismatch):
            _ = Money("EUR", 1) < Money("JPY", 1)

    def test_refuses_what_does_not_fit_in_64_bits(self) -> None:
        with pytest.raises(OverflowError):
            Money("EUR", 2**62) * 2

    @pytest.mark.parametrize("amount", [1.0, True, "1", Decimal(1)])
    def test_refuses_what_is_no_whole_number(self, amount: int) -> None:
        with pytest.raises(TypeError):
            Money("EUR", amount)

    @pytest.mark.parametrize("currency", ["", "eur", "XXX", "EURO"])
    def test_refuses_an_unknown_currency(self, currency: str) -> None:
        with pytest.raises(UnknownCurrency):
            Money(currency, 1)


class TestPercent:
    @pytest.mark.parametrize(
        ("amount", "basis_points", "expected"),
        [(2599, 1000, 260), (5, 1000, 1), (4, 1000, 0), (-5, 1000, -1), (100, 10_000, 100), (100, 0, 0)],
    )
    def test_rounds_halves_away_from_zero(self, amount: int, basis_points: int, expected: int) -> None:
        assert Money("EUR", amount).percent(basis_points) == Money("EUR", expected)

    @given(currencies, st.integers(0, 10**12), st.integers(0, 10_000))
    def test_stays_within_the_whole(self, currency: str, amount: int, basis_points: int) -> None:
        assert 0 <= Money(currency, amount).percent(basis_points).amount <= amount


class TestText:
    @given(currencies, amounts)
    def test_reads_what_it_wrote(self, currency: str, amount: int) -> None:
        written, code = Money(currency, amount).format().split()
        assert money.parse_decimal(written, code) == Money(currency, amount)

    @pytest.mark.parametrize(
        ("currency", "amount", "expected"),
        [("EUR", 2599, "25.99 EUR"), ("JPY", 2599, "2599 JPY"), ("KWD", 2599, "2.599 KWD"), ("EUR", -5, "-0.05 EUR")],
    )
    def test_has_all_the_digits_of_its_currency(self, currency: str, amount: int, expected: str) -> None:
        assert Money(currency, amount).format() == expected

    @pytest.mark.parametrize(("text", "currency"), [("1.5", "JPY"), ("1.999", "EUR"), ("NaN", "EUR"), ("one", "EUR")])
    def test_refuses_what_is_no_amount(self, text: str, currency: str) -> None:
        with pytest.raises(ValueError, match="amount"):
            money.parse_decimal(text, currency)


class TestProto:
    @given(currencies, amounts)
    def test_comes_back_as_it_went(self, currency: str, amount: int) -> None:
        assert money.from_proto(money.to_proto(Money(currency, amount))) == Money(currency, amount)


class TestAsked:
    def test_is_the_amount_of_a_request(self) -> None:
        assert money.asked(money_pb2.Money(currency="EUR", amount=5), "amount") == Money("EUR", 5)

    @pytest.mark.parametrize(
        ("currency", "amount", "field"), [("ABC", 1, "amount.currency"), ("EUR", -(2**63), "amount.amount")]
    )
    def test_names_the_field_that_is_wrong(self, currency: str, amount: int, field: str) -> None:
        with pytest.raises(InvalidArgument) as refused:
            money.asked(money_pb2.Money(currency=currency, amount=amount), "amount")
        assert list(refused.value.fields) == [field]
