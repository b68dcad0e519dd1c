"""What can be set about the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CatalogSettings:
    # How long product pages and lists are kept in the cache, in seconds. A change shows at once all the same.
    product_cache_seconds: float = 300.0
    list_cache_seconds: float = 30.0
    # How long CreateProduct waits until inventory has the first stock, in seconds.
    stock_wait_seconds: float = 1.0
    # How often a stored import is looked for, in seconds.
    import_poll_seconds: float = 0.5
