"""What can be set about inventory."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InventorySettings:
    # How long an order's hold lives unless order says otherwise, in seconds.
    hold_seconds: int = 900
    # The count at which a shop is told that a new variant's stock is low.
    low_stock_threshold: int = 2
    # How often holds that have run out are given back, in seconds.
    sweep_seconds: float = 5.0
    # How long a seller's change of stock waits until the product page shows it, in seconds.
    page_wait_seconds: float = 0.5
