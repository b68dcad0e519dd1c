"""Wallets: store credit that buyers pay with. What is held for an order in the making cannot be spent by another."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mesh.errors import InvalidArgument
from mesh.ids import new_id
from mesh.money import Money
from services.payment.domain.amounts import least_charge, step
from services.payment.domain.ledger import Account, Entry, EntryKind, Posting

# In minor units: a slip of the keyboard stays below it.
MOST_CREDIT = 1_000_000_000
TOO_LOW = "wallet_too_low"


class WalletEntryKind(StrEnum):
    """What moves a wallet; the names are those of the contract."""

    CREDIT = "CREDIT"
    PAYMENT = "PAYMENT"
    REFUND = "REFUND"


@dataclass(frozen=True, slots=True)
class WalletBalance:
    """What a wallet holds in one currency, in minor units."""

    currency: str
    balance: int
    held: int

    @property
    def available(self) -> int:
        """What can be spent."""
        return self.balance - self.held


@dataclass(frozen=True, slots=True)
class WalletEntry:
    """One movement of a wallet, and what was in it afterwards."""

    id: uuid.UUID
    user_id: uuid.UUID
    kind: WalletEntryKind
    amount: Money
    balance: int
    # The payment or refund that moved it; the entry itself for credit.
    reference_id: uuid.UUID
    order_id: uuid.UUID | None
    reason: str
    create_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """What the market gives a buyer."""

    id: uuid.UUID
    user_id: uuid.UUID
    amount: Money
    reason: str


def new_credit(user_id: uuid.UUID, amount: Money, reason: str) -> Credit:
    """Store credit. Raises for nothing, and for more than anybody means to give."""
    if amount.amount <= 0:
        message = "The amount is not more than zero."
        raise InvalidArgument("AMOUNT_NOT_POSITIVE", message, fields={"amount.amount": "must be more than 0"})
    if amount.amount > MOST_CREDIT:
        message = f"At most {Money(amount.currency, MOST_CREDIT).format()} is given at once."
        raise InvalidArgument("AMOUNT_TOO_LARGE", message, fields={"amount.amount": f"must be at most {MOST_CREDIT}"})
    return Credit(new_id(), user_id, amount, reason)


def credit_entry(credit: Credit) -> Entry:
    """The market bears what it gives, and owes it to the buyer."""
    postings = [
        Posting(Account.STORE_CREDIT_GRANTED, None, credit.amount),
        Posting(Account.WALLET_LIABILITY, None, credit.amount * -1, credit.user_id),
    ]
    return Entry(EntryKind.WALLET_CREDIT, credit.id, None, postings)


def plan_wallet(total: Money, available: int) -> Money:
    """What a wallet pays of a total: all that it can, as long as a card can be charged with the rest."""
    currency = total.currency
    if available >= total.amount:
        return total
    rest = max(total.amount - max(available, 0), least_charge(currency))
    rest += -rest % step(currency)
    return Money(currency, max(0, total.amount - rest))
