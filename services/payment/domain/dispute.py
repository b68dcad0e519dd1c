"""Disputes: a buyer's bank takes a charge back, and gives it back or not."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mesh.money import Money
from services.payment.domain.lines import PaymentLine


class DisputeState(StrEnum):
    """Where a dispute stands; the names are those of the contract."""

    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"


@dataclass(frozen=True, slots=True)
class DisputeObservation:
    """What the provider says of a dispute at one moment. State None: an inquiry, which takes no money."""

    reference: str
    payment_reference: str
    amount: Money
    reason: str
    state: DisputeState | None


@dataclass(slots=True)
class Dispute:
    """Money that the buyer's bank has taken back for now."""

    id: uuid.UUID
    payment_id: uuid.UUID
    order_id: uuid.UUID
    amount: Money
    reason: str
    reference: str
    state: DisputeState = DisputeState.OPEN

    def close(self, state: DisputeState | None) -> bool:
        """Take over the end and return whether it is one; nothing reopens a closed dispute."""
        if self.state is not DisputeState.OPEN or state not in (DisputeState.WON, DisputeState.LOST):
            return False
        self.state = state
        return True


def held_shares(lines: Sequence[PaymentLine], amount: Money) -> dict[uuid.UUID, int]:
    """What each seller's part of a disputed amount is, in proportion to what is left of the lines."""
    left = [line.left.total for line in lines]
    disputed = min(amount.amount, sum(left))
    held: defaultdict[uuid.UUID, int] = defaultdict(int)
    if disputed == 0:
        return held
    shares = Money(amount.currency, disputed).split(left)
    for line, share in zip(lines, shares, strict=True):
        held[line.shop_id] += line.left.take(share.amount, amount.currency).seller
    return {shop_id: held_amount for shop_id, held_amount in held.items() if held_amount}
