"""What the order service reads from the environment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderSettings:
    """`SOUK_ORDER_<FIELD>`. Times are in seconds where the name does not say otherwise."""

    # How long the goods of an unpaid order are held.
    hold_seconds: int = 900
    quote_seconds: int = 900
    # How long one driver of a checkout may be silent before another takes over.
    lease_seconds: float = 30.0
    # How often the recovery looks for checkouts that nobody drives.
    recover_every: float = 2.0
    # How long after its delivery an order is completed.
    return_window_days: float = 14.0

    def __post_init__(self) -> None:
        """Refuse times that cannot work."""
        if min(self.hold_seconds, self.quote_seconds) < 1:
            raise ValueError("hold_seconds and quote_seconds are at least 1")
        if self.lease_seconds < 1 or self.recover_every <= 0 or self.return_window_days < 0:
            raise ValueError("lease_seconds is at least 1, recover_every more than 0, return_window_days not negative")
