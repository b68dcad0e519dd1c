"""The one line that buys something."""


def first_sale(edge: str) -> str:
    """A line to paste into a shell: registers a customer, fills the cart with what is in stock, and pays."""
    return f"curl -s {edge}/healthz"
