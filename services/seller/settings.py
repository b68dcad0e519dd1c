"""What seller reads from the environment."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SellerSettings:
    """Each field names its variable."""

    # Lets new shops sell at once, without an admin: for the embedded stack and for tests.
    auto_verify: bool = field(default=False, metadata={"env": "SOUK_AUTO_VERIFY_SHOPS"})
    # What the platform keeps of a sale in a new shop, in hundredths of a percent.
    commission_bps: int = field(default=1000, metadata={"env": "SOUK_SELLER_COMMISSION_BPS"})

    def __post_init__(self) -> None:
        """Refuse a commission beyond the whole."""
        if not 0 <= self.commission_bps <= 10_000:  # noqa: PLR2004  # 100 %
            raise ValueError("the commission is 0 to 10000 hundredths of a percent")
