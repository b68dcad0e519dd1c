"""What the payment service reads from the environment."""

from dataclasses import dataclass, field


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

    def __post_init__(self) -> None:
        """Refuse times that have passed already and more than two secrets."""
        if min(self.webhook_tolerance_seconds, self.provider_timeout_seconds, self.action_seconds) <= 0:
            raise ValueError("times are more than 0")
        if len(self.webhook_secrets) > 2:  # noqa: PLR2004 the old one and the new one
            raise ValueError("webhook_secrets holds at most two")

    @property
    def livemode(self) -> bool:
        """Whether the key moves real money."""
        return self.stripe_api_key.startswith(("sk_live_", "rk_live_"))
