"""Every case, in the order run."""

from cli.conformance.case import Case
from cli.conformance.paying import (
    decline_retry,
    double_completion,
    key_reuse,
    other_customer,
    refund_race,
    same_key,
    webhook_client,
)
from cli.conformance.selling import cancel_ship, cart_merge, last_unit, price_change

CASES = (
    Case("last-unit", "the last unit is sold once, however many want it", last_unit),
    Case("same-key", "one submit is one order, however often it arrives", same_key),
    Case("key-reuse", "a key is good for one request only", key_reuse),
    Case("decline-retry", "a refused card can be followed by a good one", decline_retry),
    Case("double-completion", "two devices that pay one order pay once", double_completion),
    Case("webhook-client", "webhook and client complete an order once", webhook_client),
    Case("refund-race", "refunds never exceed what was taken", refund_race),
    Case("cancel-ship", "an order is cancelled or shipped, never both", cancel_ship),
    Case("price-change", "the price shown is the price paid", price_change),
    Case("cart-merge", "a guest's cart comes along once", cart_merge),
    Case("other-customer", "what is another's does not exist for you", other_customer),
)
