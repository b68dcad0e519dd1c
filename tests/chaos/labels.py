"""Which labelled lines there are, and which story leads a process to each."""

from pathlib import Path

import mesh
import services
from mesh import crash
from tests.chaos.stories import (
    Story,
    authenticate,
    buy,
    buy_after_a_decline,
    buy_and_keep_the_card,
    buy_at_the_wrong_price,
    buy_what_is_sold_out,
    cancel_a_paid_one,
    cancel_an_unpaid_one,
    dispute,
    give_back_some,
    give_back_what_is_paid_out,
    give_up_what_was_never_begun,
    pay_the_seller,
)

# Which story reaches the labels that begin so; the first that fits decides. A label that is in none of them must be
# tried elsewhere, which tests/chaos/test_labels.py sees to.
STORIES: tuple[tuple[str, Story], ...] = (
    ("order.o1.", buy),
    ("order.reserve.", buy),
    ("order.pay.", buy),
    ("order.o2_paid.", buy),
    ("order.o2_waiting.", buy_after_a_decline),
    ("order.o2_rejected.", buy_what_is_sold_out),
    ("order.refusal.", buy_at_the_wrong_price),
    ("order.r1.", buy_after_a_decline),
    ("order.c1.", cancel_a_paid_one),
    ("order.c2.", cancel_a_paid_one),
    ("order.refund.", cancel_a_paid_one),
    ("order.cancel_payment.", cancel_an_unpaid_one),
    ("order.release.", cancel_an_unpaid_one),
    ("payment.p1.", buy),
    ("payment.p1b.", buy),
    ("payment.p2.", buy),
    ("payment.provider_create.", buy),
    ("payment.provider_confirm.", buy),
    ("payment.webhook.", buy),
    ("payment.keep_used.", buy_and_keep_the_card),
    ("payment.never_begun.", give_up_what_was_never_begun),
    ("payment.r1.", give_back_some),
    ("payment.r1_order.", cancel_a_paid_one),
    ("payment.r2.", cancel_a_paid_one),
    ("payment.provider_refund.", cancel_a_paid_one),
    ("payment.dispute.", dispute),
    ("payment.payout", pay_the_seller),
    ("payment.provider_transfer.", pay_the_seller),
    ("payment.reversal", give_back_what_is_paid_out),
    ("payment.provider_reversal.", give_back_what_is_paid_out),
)
# The labels of the mesh, once for each service, consumer or call at which they are tried.
_OF: dict[str, dict[str, Story]] = {
    "database.": dict.fromkeys(("order", "inventory", "payment", "cart"), buy),
    "relay.": dict.fromkeys(("order", "inventory", "payment"), buy),
    "consumer.": dict.fromkeys(
        ("cart-take-ordered", "inventory-commit-reservation", "order-money-came", "notification-tell-order"), buy
    ),
    "provider.": {
        "payment_intents.create": buy,
        "payment_intents.confirm": buy,
        "payment_intents.retrieve": authenticate,
        "payment_intents.cancel": cancel_an_unpaid_one,
        "refunds.create": cancel_a_paid_one,
        "customers.create": buy_and_keep_the_card,
        "transfers.create": pay_the_seller,
        "transfer_reversals.create": give_back_what_is_paid_out,
    },
}


def known_labels() -> list[str]:
    """What `souk crash-points` lists."""
    return crash.labels([Path(place) for package in (mesh, services) for place in package.__path__])


def all_labels() -> list[str]:
    """Every label that a story reaches, those of the mesh once for each service, consumer or call."""
    return [name for label in known_labels() for name in _named(label) if story_of(name)]


def _named(label: str) -> list[str]:
    for start, names in _OF.items():
        if label.startswith(start):
            return [f"{label}@{name}" for name in names]
    return [label]


def story_of(label: str) -> Story | None:
    """What must be done for a process to come by the label; None where no story does."""
    plain, _, of = label.partition("@")
    for start, stories in _OF.items():
        if of and plain.startswith(start):
            return stories.get(of)
    return next((story for start, story in STORIES if label.startswith(start)), None)
