"""What the cart service reads from the environment."""

from dataclasses import dataclass

from mesh.money import EXPONENTS


@dataclass(frozen=True, slots=True)
class CartSettings:
    """`SOUK_CART_<FIELD>`."""

    # The currency in which an empty cart counts its nothing.
    default_currency: str = "EUR"
    # cart.updated tells what has become of a cart, at most once in so long.
    tell_seconds: float = 5.0
    # A cart that nobody has touched for so long is reported as abandoned.
    abandon_after_hours: float = 24.0
    # A guest's cart that nobody has touched for so long is forgotten.
    guest_cart_days: float = 60.0

    def __post_init__(self) -> None:
        """Refuse a currency that does not exist and times that are none."""
        if self.default_currency not in EXPONENTS:
            raise ValueError(f"{self.default_currency!r} is no ISO 4217 currency")
        if min(self.tell_seconds, self.abandon_after_hours, self.guest_cart_days) <= 0:
            raise ValueError("tell_seconds, abandon_after_hours and guest_cart_days are more than 0")
