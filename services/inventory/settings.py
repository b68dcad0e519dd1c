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
    # A variant is contended where within `hot_window_seconds` so many reservations began while so many others of it
    # were under way in the same process.
    hot_count: int = 40
    hot_crowd: int = 4
    hot_window_seconds: float = 1.0
    # Over how many rows its stock is spread then, at most. 1: never.
    hot_buckets: int = 16
    # How many reservations of such variants run at once in one process; fewer than it has connections.
    hot_at_once: int = 12
    # It is put together again once it has moved less often than this for so long.
    calm_moves_per_second: float = 10.0
    calm_seconds: float = 30.0
    # How often what is spread is looked at, and what is left of it told, in seconds.
    keep_seconds: float = 1.0
    # How long a process remembers that a variant is spread, or was short, in seconds.
    hint_seconds: float = 5.0
