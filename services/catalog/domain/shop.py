"""The copy of a shop that the catalogue keeps."""

import uuid
from dataclasses import dataclass

from mesh.errors import FailedPrecondition, InvalidArgument
from mesh.money import EXPONENTS, Money

VERIFIED = "VERIFIED"
# In minor units. The dearest full cart, 100 lines of 999 each, still fits in 64 bits with its fees.
MAX_PRICE = 10**12
_OPEN = frozenset({"PENDING", VERIFIED})


@dataclass(frozen=True, slots=True)
class Shop:
    shop_id: uuid.UUID
    name: str
    state: str
    currency: str
    version: int = 0

    @property
    def sells(self) -> bool:
        return self.state == VERIFIED

    def require_open(self) -> None:
        """A shop that waits for its verification may fill its shelves; a suspended or closed one may not."""
        if self.state not in _OPEN:
            message = f"The shop is {self.state.lower()}."
            raise FailedPrecondition("SHOP_NOT_OPEN", message, shopId=str(self.shop_id))

    def price(self, currency: str, amount: int, field: str) -> Money:
        """A price in the shop's currency. Raises CURRENCY_UNKNOWN, CURRENCY_MISMATCH, PRICE_INVALID."""
        if currency not in EXPONENTS:
            message = f"There is no currency {currency}."
            raise InvalidArgument("CURRENCY_UNKNOWN", message, fields={f"{field}.currency": "is not in ISO 4217"})
        if currency != self.currency:
            message = f"The shop's prices are in {self.currency}, not {currency}."
            raise InvalidArgument("CURRENCY_MISMATCH", message, fields={f"{field}.currency": f"is not {self.currency}"})
        if amount < 0:
            message = "A price is not negative."
            raise InvalidArgument("PRICE_INVALID", message, fields={f"{field}.amount": "is less than 0"})
        if amount > MAX_PRICE:
            message = f"A price is at most {Money(currency, MAX_PRICE).format()}."
            raise InvalidArgument("PRICE_INVALID", message, fields={f"{field}.amount": f"is more than {MAX_PRICE}"})
        return Money(currency, amount)
