"""A payment: one try to take money, which only ever moves forward."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mesh.errors import FailedPrecondition, Internal
from mesh.money import Money


class PaymentState(StrEnum):
    """Where a payment stands; the names are those of the contract."""

    PENDING = "PENDING"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    DECLINED = "DECLINED"
    AUTHORIZED = "AUTHORIZED"
    CANCELLED = "CANCELLED"
    CAPTURED = "CAPTURED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    DISPUTED = "DISPUTED"


# Forward is upward. Taken money outranks everything before it: what a provider has taken is never overlooked, even of
# a payment that was given up here.
_RANK = {
    PaymentState.PENDING: 0,
    PaymentState.REQUIRES_ACTION: 1,
    PaymentState.DECLINED: 2,
    PaymentState.AUTHORIZED: 3,
    PaymentState.CANCELLED: 4,
    PaymentState.CAPTURED: 5,
    PaymentState.PARTIALLY_REFUNDED: 5,
    PaymentState.REFUNDED: 5,
    PaymentState.DISPUTED: 5,
}
# The providers of payments.
STRIPE = "stripe"
WALLET = "wallet"
_OPEN = frozenset({PaymentState.PENDING, PaymentState.REQUIRES_ACTION, PaymentState.AUTHORIZED})


@dataclass(frozen=True, slots=True)
class Observation:
    """What the provider says of a payment at one moment."""

    state: PaymentState
    captured: int = 0
    decline_reason: str = ""
    # What completes it in the buyer's browser. Never stored.
    client_secret: str = ""
    # Whether the provider could still take money for it.
    chargeable: bool = False


@dataclass(slots=True)
class Payment:
    """One try to take an order's money from one source. The amounts taken and given back are in its currency."""

    id: uuid.UUID
    order_id: uuid.UUID
    user_id: uuid.UUID
    provider: str
    amount: Money
    create_time: datetime
    state: PaymentState = PaymentState.PENDING
    captured: int = 0
    refunded: int = 0
    # Refunds on their way: set aside, not given back yet.
    refunding: int = 0
    decline_reason: str = ""
    # The provider's id. None until the provider has answered.
    reference: str | None = None
    # Counts the keys used with the provider: a stored server error would be replayed for ever under the same one.
    attempt: int = 1
    chargeable: bool = True
    # The other payment of the same sale, where wallet and card pay together: the wallet's goes the way of the card's.
    companion_id: uuid.UUID | None = None

    @property
    def is_wallet(self) -> bool:
        """Whether the buyer's store credit pays it."""
        return self.provider == WALLET

    @property
    def wallet_of(self) -> uuid.UUID | None:
        """Whose wallet pays it, None where a card does."""
        return self.user_id if self.is_wallet else None

    @property
    def is_over_without_money(self) -> bool:
        """Whether nothing was taken and nobody can take anything any more."""
        return self.state in (PaymentState.DECLINED, PaymentState.CANCELLED) and not self.chargeable

    @property
    def is_open(self) -> bool:
        """Whether its outcome is still to come."""
        return self.state in _OPEN

    @property
    def key(self) -> str:
        """What every call to the provider about it carries, followed by the verb."""
        return f"{self.id}-{self.attempt}"

    @property
    def refundable(self) -> int:
        """What could still be given back."""
        return self.captured - self.refunded - self.refunding

    def require_same(self, order_id: uuid.UUID, amount: Money) -> None:
        """Refuse a repeated call that means another payment."""
        if (self.order_id, self.amount) != (order_id, amount):
            raise FailedPrecondition(
                "PAYMENT_MISMATCH", "This payment id belongs to another order or amount.", paymentId=str(self.id)
            )

    def observe(self, seen: Observation) -> bool:
        """Take over what the provider says and return whether the state moved; a step back is ignored."""
        self.chargeable = self.chargeable and seen.chargeable
        if _RANK[seen.state] <= _RANK[self.state]:
            return False
        if seen.state is PaymentState.CAPTURED and seen.captured != self.amount.amount:
            raise Internal("CAPTURE_DIFFERS", f"{seen.captured} of {self.amount.format()} was captured for {self.id}.")
        self.state = seen.state
        self.captured = seen.captured
        self.decline_reason = seen.decline_reason if seen.state is PaymentState.DECLINED else ""
        return True

    def take_credit(self) -> None:
        """The wallet has paid it."""
        self.state, self.captured = PaymentState.CAPTURED, self.amount.amount

    def refuse(self, reason: str) -> None:
        """It was refused before any provider heard of it."""
        self.state, self.decline_reason, self.chargeable = PaymentState.DECLINED, reason, False

    def give_up(self) -> None:
        """It is over before anything was taken."""
        self.state, self.chargeable = PaymentState.CANCELLED, False

    def dispute(self) -> None:
        """The buyer's bank has taken the money back for now."""
        self.state = PaymentState.DISPUTED

    def regain(self) -> None:
        """A dispute was won."""
        self.state = PaymentState.CAPTURED
        self._restate()

    def set_aside(self, amount: int) -> None:
        """Reserve a refund. Raises where less than that is left, or where the buyer's bank has taken it."""
        if self.state is PaymentState.DISPUTED:
            message = "The buyer's bank has taken this payment back; the dispute decides."
            raise FailedPrecondition("PAYMENT_DISPUTED", message, paymentId=str(self.id))
        if self.refundable == 0:
            raise FailedPrecondition("NOTHING_TO_REFUND", "Nothing of this payment is left.", paymentId=str(self.id))
        if amount > self.refundable:
            left = Money(self.amount.currency, self.refundable)
            raise FailedPrecondition("REFUND_TOO_LARGE", f"Only {left.format()} is left.", left=str(self.refundable))
        self.refunding += amount

    def give_back(self, amount: int) -> None:
        """The provider has given back what was set aside."""
        self.refunding -= amount
        self.refunded += amount
        self._restate()

    def put_back(self, amount: int, *, was_given: bool) -> None:
        """A refund failed: before the money was given back, or after it."""
        if was_given:
            self.refunded -= amount
        else:
            self.refunding -= amount
        self._restate()

    def _restate(self) -> None:
        if self.state is PaymentState.DISPUTED:
            return
        if self.refunded == 0:
            self.state = PaymentState.CAPTURED
        else:
            whole = self.refunded == self.captured
            self.state = PaymentState.REFUNDED if whole else PaymentState.PARTIALLY_REFUNDED
