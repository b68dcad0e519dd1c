"""Attempts to pay: by a card, by the buyer's wallet, or by both together."""

from dataclasses import dataclass
from uuid import UUID

from mesh.money import Money
from services.order.domain.status import DEAD_ATTEMPTS, TAKEN_ATTEMPTS, AttemptState

STRIPE = "stripe"
WALLET = "wallet"
# Where the wallet's part stands beside a card that stands there; the same where it is not named.
_BESIDE = {AttemptState.REQUIRES_ACTION: AttemptState.AUTHORIZED, AttemptState.DECLINED: AttemptState.CANCELLED}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a payment stands with its owner, and how much of it was given back, in minor units."""

    payment_id: UUID
    state: AttemptState
    refunded: int


@dataclass(slots=True)
class Attempt:
    """One attempt to pay from one source. `key` is the idempotency key of the call that made it.

    `token` is the provider's, or the id of a means of payment that the buyer has saved: no provider's token is a UUID.
    """

    payment_id: UUID
    provider: str
    token: str
    amount: Money
    key: str
    state: AttemptState = AttemptState.PENDING
    decline_reason: str = ""
    # Whether the buyer wants the card saved once it has paid.
    save_method: bool = False
    # The card's attempt that it is made beside and goes the way of; None for one that stands by itself.
    beside_id: UUID | None = None
    # What was given back of it, in minor units.
    refunded: int = 0

    @property
    def saved_method_id(self) -> str:
        """The saved means of payment; empty where a token was given."""
        try:
            return self.token if str(UUID(self.token)) == self.token else ""
        except ValueError:
            return ""

    @property
    def is_dead(self) -> bool:
        """Whether no money can come from it any more."""
        return self.state in DEAD_ATTEMPTS

    @property
    def is_taken(self) -> bool:
        """Whether it has taken the money, whatever became of it since."""
        return self.state in TAKEN_ATTEMPTS

    @property
    def unreturned(self) -> int:
        """What it took and nobody has got back, in minor units; what the buyer's bank took back is none of it."""
        return self.amount.amount - self.refunded if self.is_taken and self.state is not AttemptState.DISPUTED else 0

    def stands(self, state: AttemptState, decline_reason: str = "") -> None:
        """Take up where it, or the card that it is made beside, stands."""
        if self.beside_id is not None:
            state, decline_reason = _BESIDE.get(state, state), ""
        self.state, self.decline_reason = state, decline_reason

    def gave_back(self, amount: int) -> None:
        """Take up how much of it was given back in all. A dispute decides for itself."""
        self.refunded = amount
        if self.state is AttemptState.DISPUTED:
            return
        if amount >= self.amount.amount:
            self.state = AttemptState.REFUNDED
        else:
            self.state = AttemptState.PARTIALLY_REFUNDED if amount else AttemptState.CAPTURED
