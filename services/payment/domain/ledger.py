"""Double-entry postings: every movement of money sums to zero. Positive is a debit, negative a credit."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mesh.money import Money
from services.payment.domain.lines import Shares


class Account(StrEnum):
    """The chart of accounts."""

    PROVIDER_CLEARING = "provider_clearing"
    PROVIDER_FEES = "provider_fees"
    SELLER_PAYABLE = "seller_payable"
    COMMISSION_EARNED = "commission_earned"
    TAX_PAYABLE = "tax_payable"
    SHIPPING_PAYABLE = "shipping_payable"
    DISCOUNT = "discount"
    REFUND_CLEARING = "refund_clearing"
    DISPUTE_HOLD = "dispute_hold"
    DISPUTE_LOSS = "dispute_loss"
    WALLET_LIABILITY = "wallet_liability"
    PAYOUT_IN_TRANSIT = "payout_in_transit"
    ROUNDING = "rounding"
    STORE_CREDIT_GRANTED = "store_credit_granted"


# What an order's money is owed or earned as: with captures and refunds these sum to captured minus refunded.
EARNINGS = (Account.SELLER_PAYABLE, Account.COMMISSION_EARNED, Account.TAX_PAYABLE, Account.SHIPPING_PAYABLE)


class EntryKind(StrEnum):
    """What moved the money."""

    CAPTURE = "CAPTURE"
    REFUND = "REFUND"
    REFUND_REVERSAL = "REFUND_REVERSAL"
    PAYOUT_OFFSET = "PAYOUT_OFFSET"
    PAYOUT_BEGUN = "PAYOUT_BEGUN"
    PAYOUT_PAID = "PAYOUT_PAID"
    PAYOUT_FAILED = "PAYOUT_FAILED"
    REVERSAL_BEGUN = "REVERSAL_BEGUN"
    REVERSAL_PAID = "REVERSAL_PAID"
    REVERSAL_FAILED = "REVERSAL_FAILED"
    DISPUTE_OPENED = "DISPUTE_OPENED"
    DISPUTE_WON = "DISPUTE_WON"
    DISPUTE_LOST = "DISPUTE_LOST"
    PROVIDER_FEE = "PROVIDER_FEE"
    WALLET_CREDIT = "WALLET_CREDIT"


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a movement on one account."""

    account: Account
    shop_id: uuid.UUID | None
    amount: Money
    # Whose wallet it is, of wallet liability alone.
    user_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of money: at most one of a kind for each reference."""

    kind: EntryKind
    reference_id: uuid.UUID
    # None for what is of no order.
    order_id: uuid.UUID | None
    postings: list[Posting]


def _owed(shares: Iterable[tuple[uuid.UUID, Shares]], currency: str, sign: int) -> list[Posting]:
    """Who is owed what of a sale; the market's own accounts are summed over shops."""
    sums: defaultdict[tuple[Account, uuid.UUID | None], int] = defaultdict(int)
    for shop_id, share in shares:
        sums[Account.SELLER_PAYABLE, shop_id] += share.seller
        sums[Account.COMMISSION_EARNED, None] += share.commission
        sums[Account.TAX_PAYABLE, None] += share.tax
        sums[Account.SHIPPING_PAYABLE, None] += share.shipping
    return [
        Posting(account, shop_id, Money(currency, sign * amount))
        for (account, shop_id), amount in sums.items()
        if amount
    ]


def _entry(
    kind: EntryKind,
    reference_id: uuid.UUID,
    order_id: uuid.UUID,
    shares: Iterable[tuple[uuid.UUID, Shares]],
    amount: Money,
    sign: int,
    wallet_of: uuid.UUID | None = None,
) -> Entry:
    source = Account.PROVIDER_CLEARING if wallet_of is None else Account.WALLET_LIABILITY
    paid = Posting(source, None, amount * sign, wallet_of)
    return Entry(kind, reference_id, order_id, [paid, *_owed(shares, amount.currency, -sign)])


def capture_entry(
    payment_id: uuid.UUID,
    order_id: uuid.UUID,
    shares: Iterable[tuple[uuid.UUID, Shares]],
    amount: Money,
    wallet_of: uuid.UUID | None = None,
) -> Entry:
    """Money came in: the provider owes it to us, we owe it to sellers, tax and carriers, and earned our commission.

    Where it came from the wallet of `wallet_of`, we owe that buyer so much less.
    """
    return _entry(EntryKind.CAPTURE, payment_id, order_id, shares, amount, 1, wallet_of)


def refund_entry(
    refund_id: uuid.UUID,
    order_id: uuid.UUID,
    shares: Iterable[tuple[uuid.UUID, Shares]],
    amount: Money,
    wallet_of: uuid.UUID | None = None,
) -> Entry:
    """Money went back: the capture's postings in reverse, in proportion."""
    return _entry(EntryKind.REFUND, refund_id, order_id, shares, amount, -1, wallet_of)


def reversal_entry(
    refund_id: uuid.UUID, order_id: uuid.UUID, shares: Iterable[tuple[uuid.UUID, Shares]], amount: Money
) -> Entry:
    """Money that had gone back came in again, because its refund failed later."""
    return _entry(EntryKind.REFUND_REVERSAL, refund_id, order_id, shares, amount, 1)
