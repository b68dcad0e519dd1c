"""Money: whole minor units of one ISO 4217 currency, never a float."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from souk.money.v1 import money_pb2

from mesh.errors import InvalidArgument

_TWO_DIGITS = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"

# How many digits the minor unit of a currency has (ISO 4217).
EXPONENTS: dict[str, int] = (
    dict.fromkeys(_TWO_DIGITS.split(), 2)
    | dict.fromkeys(_NO_DIGITS.split(), 0)
    | dict.fromkeys(_THREE_DIGITS.split(), 3)
)

_MAX = 2**63 - 1
_BASIS_POINTS = 10_000


class UnknownCurrency(ValueError):
    """The code is not one of ISO 4217 that is in use."""


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies were put together."""


def exponent(currency: str) -> int:
    """How many digits the minor unit of `currency` has. Raises UnknownCurrency."""
    digits = EXPONENTS.get(currency)
    if digits is None:
        raise UnknownCurrency(currency)
    return digits


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the smallest unit of its currency: `Money("EUR", 2599)` is 25.99 euros. It fits in 64 bits."""

    currency: str
    amount: int

    def __post_init__(self) -> None:
        """Refuse an unknown currency (UnknownCurrency), a float (TypeError) and too large an amount (OverflowError)."""
        if self.currency not in EXPONENTS:
            raise UnknownCurrency(self.currency)
        if type(self.amount) is not int:
            raise TypeError(f"an amount is a whole number of minor units, not {self.amount!r}")
        if not -_MAX <= self.amount <= _MAX:
            raise OverflowError(f"{self.amount} does not fit in 64 bits")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in `currency`."""
        return cls(currency, 0)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(self.currency, self.amount + self._same(other))

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.currency, self.amount - self._same(other))

    def __mul__(self, factor: int) -> "Money":
        return Money(self.currency, self.amount * factor)

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        return Money(self.currency, -self.amount)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Share the amount out by `weights`, none negative, so that the parts sum to it exactly.

        What rounding leaves goes to the largest remainders, the first of equals first. Raises ValueError where
        the weights sum to nothing.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights are not negative and sum to more than nothing")
        shares = [divmod(abs(self.amount) * weight, total) for weight in weights]
        left = abs(self.amount) - sum(share for share, _ in shares)
        by_remainder = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
        lucky = set(by_remainder[:left])
        sign = -1 if self.amount < 0 else 1
        return [Money(self.currency, sign * (share + (i in lucky))) for i, (share, _) in enumerate(shares)]

    def percent(self, basis_points: int) -> "Money":
        """`basis_points` hundredths of a percent of the amount, halves away from zero: 1250 is 12.5 %."""
        product = self.amount * basis_points
        rounded = (2 * abs(product) + _BASIS_POINTS) // (2 * _BASIS_POINTS)
        return Money(self.currency, -rounded if product < 0 else rounded)

    def decimal(self) -> Decimal:
        """The amount in major units, with all the digits of its currency."""
        return Decimal(self.amount).scaleb(-EXPONENTS[self.currency])

    def format(self) -> str:
        """For people, `25.99 EUR`: no grouping, all the digits of the currency."""
        return f"{self.decimal():f} {self.currency}"


def sum_of(amounts: Sequence[Money], currency: str) -> Money:
    """The sum of amounts that are all in `currency`; nothing where there are none."""
    return sum(amounts, Money.zero(currency))


def parse_decimal(text: str, currency: str) -> Money:
    """Read `25.99` as an amount of `currency`. Raises ValueError for more digits than it has, or for no number."""
    try:
        minor = Decimal(text).scaleb(exponent(currency))
        whole = minor.to_integral_exact()
    except InvalidOperation:
        raise ValueError(f"{text!r} is no amount") from None
    if not minor.is_finite() or minor != whole:
        raise ValueError(f"{text!r} is no amount of {currency}")
    return Money(currency, int(whole))


def to_proto(money: Money) -> money_pb2.Money:
    """The amount as the message that contracts carry."""
    return money_pb2.Money(currency=money.currency, amount=money.amount)


def asked(message: money_pb2.Money, field: str) -> Money:
    """The amount in the request field at the JSON path `field`. Raises InvalidArgument `INVALID_FIELDS`."""
    fault = None
    if message.currency not in EXPONENTS:
        field, fault = f"{field}.currency", "is not a currency of ISO 4217"
    elif not -_MAX <= message.amount <= _MAX:
        field, fault = f"{field}.amount", f"is less than {-_MAX}"
    if fault is not None:
        raise InvalidArgument("INVALID_FIELDS", f"{field} {fault}.", fields={field: fault})
    return from_proto(message)


def from_proto(message: money_pb2.Money) -> Money:
    """The amount that a message carries. Raises UnknownCurrency, also for an empty one."""
    return Money(message.currency, message.amount)
