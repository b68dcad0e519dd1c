"""Stripe's own rules for amounts: https://docs.stripe.com/currencies#special-cases."""

from mesh.money import EXPONENTS, Money

# Stripe counts these in hundredths although ISO 4217 gives them no minor unit.
_COUNTED_IN_HUNDREDTHS = frozenset({"ISK", "UGX"})
# Stripe counts this one in whole units although ISO 4217 gives it hundredths.
_COUNTED_IN_UNITS = frozenset({"MGA"})
_THREE_DIGITS = 3
# What a charge is at least, as Stripe counts it: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts.
_LEAST = {
    "AUD": 50,
    "CAD": 50,
    "CHF": 50,
    "DKK": 250,
    "EUR": 50,
    "GBP": 30,
    "JPY": 50,
    "NOK": 300,
    "SEK": 300,
    "USD": 50,
}


class NotChargeable(ValueError):
    """The provider cannot take this amount."""


def step(currency: str) -> int:
    """The least amount in our minor units of which the provider takes every multiple."""
    if currency in _COUNTED_IN_UNITS:
        return 100
    return 10 if EXPONENTS[currency] == _THREE_DIGITS else 1


def least_charge(currency: str) -> int:
    """The least amount in our minor units that the provider charges."""
    return max(step(currency), _LEAST.get(currency, 1))


def to_stripe(money: Money) -> int:
    """The amount as Stripe counts it. Raises NotChargeable for an amount finer than Stripe takes."""
    if money.currency in _COUNTED_IN_HUNDREDTHS:
        return money.amount * 100
    divisor = 100 if money.currency in _COUNTED_IN_UNITS else 1
    if money.amount % step(money.currency):
        raise NotChargeable(f"{money.format()} is finer than the provider takes")
    return money.amount // divisor


def from_stripe(amount: int, currency: str) -> int:
    """An amount of Stripe's in our minor units."""
    if currency in _COUNTED_IN_HUNDREDTHS:
        return amount // 100
    return amount * 100 if currency in _COUNTED_IN_UNITS else amount
