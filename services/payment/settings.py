"""What the payment service reads from the environment."""

from dataclasses import dataclass, field
from datetime import timedelta

from services.payment.domain.payout import Schedule, Terms


@dataclass(frozen=True, slots=True)
class PaymentSettings:
    """`SOUK_PAYMENT_<FIELD>`; the two of Stripe's own names are those that Stripe's tools use."""

    stripe_api_key: str = field(default="", metadata={"env": "STRIPE_API_KEY"})
    stripe_api_base: str = field(default="https://api.stripe.com", metadata={"env": "STRIPE_API_BASE"})
    # Both are good while the provider's secret is changed.
    webhook_secrets: tuple[str, ...] = ()
    # How old a webhook's signature may be, and how far in the future.
    webhook_tolerance_seconds: float = 300.0
    # How long one call to the provider may take.
    provider_timeout_seconds: float = 8.0
    # What the buyer has not completed by then is given up.
    action_seconds: float = 3600.0
    # How many of the provider's newest payments `souk verify` compares.
    verify_provider_payments: int = 5000

    # How often a shop is paid, and how fresh an order's money must not be any more.
    payout_period_hours: float = 24.0
    # How often it is looked for shops whose turn has come.
    payout_look_seconds: float = 60.0
    payout_hold_days: float = 7.0
    # The least payout, in whole units of the currency.
    payout_minimum: int = 10
    # What stays with us, in hundredths of a percent of what a shop earned within the window.
    payout_reserve_bps: int = 500
    payout_reserve_days: float = 90.0

    def __post_init__(self) -> None:
        """Refuse times that have passed already and more than two secrets."""
        if min(self.webhook_tolerance_seconds, self.provider_timeout_seconds, self.action_seconds) <= 0:
            raise ValueError("times are more than 0")
        if min(self.payout_hold_days, self.payout_minimum, self.payout_reserve_bps, self.payout_reserve_days) < 0:
            raise ValueError("hold, minimum, reserve and its window are not below 0")
        if min(self.payout_period_hours, self.payout_look_seconds) <= 0:
            raise ValueError("payout_period_hours and payout_look_seconds are more than 0")
        if len(self.webhook_secrets) > 2:  # noqa: PLR2004 the old one and the new one
            raise ValueError("webhook_secrets holds at most two")

    @property
    def terms(self) -> Terms:
        """When sellers' money is due and how much of it stays."""
        return Terms(timedelta(days=self.payout_hold_days), self.payout_minimum, self.payout_reserve_bps)

    @property
    def schedule(self) -> Schedule:
        """How often sellers are paid."""
        return Schedule(timedelta(hours=self.payout_period_hours), timedelta(days=self.payout_reserve_days))

    @property
    def livemode(self) -> bool:
        """Whether the key moves real money."""
        return self.stripe_api_key.startswith(("sk_live_", "rk_live_"))
