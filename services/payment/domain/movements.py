"""The ledger entries of payouts, reversals, disputes and fees."""

import uuid
from collections.abc import Mapping, Sequence

from mesh.money import Money
from services.payment.domain.dispute import Dispute
from services.payment.domain.ledger import Account, Entry, EntryKind, Posting
from services.payment.domain.payout import PayoutItem, Reversal


def _between(
    kind: EntryKind,
    item: PayoutItem | Reversal,
    amount: Money,
    debit: tuple[Account, uuid.UUID | None],
    credit: tuple[Account, uuid.UUID | None],
) -> Entry:
    return Entry(kind, item.id, item.order_id, [Posting(*debit, amount), Posting(*credit, amount * -1)])


def _seller(item: PayoutItem | Reversal) -> tuple[Account, uuid.UUID]:
    return (Account.SELLER_PAYABLE, item.shop_id)


_TRANSIT = (Account.PAYOUT_IN_TRANSIT, None)
_CLEARING = (Account.PROVIDER_CLEARING, None)


def offset_entry(item: PayoutItem) -> Entry:
    """What one order pays of another's debt: over the items of a payout these sum to nothing in transit."""
    return _between(EntryKind.PAYOUT_OFFSET, item, Money(item.currency, item.offset), _seller(item), _TRANSIT)


def payout_begun_entry(item: PayoutItem) -> Entry:
    """What we owed the seller is on its way."""
    return _between(EntryKind.PAYOUT_BEGUN, item, item.amount, _seller(item), _TRANSIT)


def payout_paid_entry(item: PayoutItem) -> Entry:
    """The provider has transferred it."""
    return _between(EntryKind.PAYOUT_PAID, item, item.amount, _TRANSIT, _CLEARING)


def payout_failed_entry(item: PayoutItem) -> Entry:
    """The provider has refused the transfer: we owe it again."""
    return _between(EntryKind.PAYOUT_FAILED, item, item.amount, _TRANSIT, _seller(item))


def reversal_begun_entry(reversal: Reversal) -> Entry:
    """What the seller owes us is on its way back."""
    return _between(EntryKind.REVERSAL_BEGUN, reversal, reversal.amount, _TRANSIT, _seller(reversal))


def reversal_paid_entry(reversal: Reversal) -> Entry:
    """The provider has taken it back."""
    return _between(EntryKind.REVERSAL_PAID, reversal, reversal.amount, _CLEARING, _TRANSIT)


def reversal_failed_entry(reversal: Reversal) -> Entry:
    """There was nothing to take back: the seller owes it still."""
    return _between(EntryKind.REVERSAL_FAILED, reversal, reversal.amount, _seller(reversal), _TRANSIT)


def dispute_opened_entry(dispute: Dispute, held: Mapping[uuid.UUID, int]) -> Entry:
    """The bank has taken the amount; the sellers' parts of it are held back."""
    currency = dispute.amount.currency
    taken = [
        Posting(Account.PROVIDER_CLEARING, None, dispute.amount * -1),
        Posting(Account.DISPUTE_HOLD, None, dispute.amount),
    ]
    parts = [
        posting
        for shop_id, amount in held.items()
        for posting in (
            Posting(Account.SELLER_PAYABLE, shop_id, Money(currency, amount)),
            Posting(Account.DISPUTE_HOLD, shop_id, Money(currency, -amount)),
        )
    ]
    return Entry(EntryKind.DISPUTE_OPENED, dispute.id, dispute.order_id, [*taken, *parts])


def dispute_won_entry(dispute: Dispute, opened: Sequence[Posting]) -> Entry:
    """All of it is as before."""
    back = [Posting(posting.account, posting.shop_id, posting.amount * -1) for posting in opened]
    return Entry(EntryKind.DISPUTE_WON, dispute.id, dispute.order_id, back)


def dispute_lost_entry(dispute: Dispute, opened: Sequence[Posting]) -> Entry:
    """The sellers bear their parts, the market bears what it, taxes and carriers had."""
    holds = [posting for posting in opened if posting.account is Account.DISPUTE_HOLD]
    closed = [Posting(posting.account, posting.shop_id, posting.amount * -1) for posting in holds]
    loss = Money(dispute.amount.currency, sum(posting.amount.amount for posting in holds))
    lost = [Posting(Account.DISPUTE_LOSS, None, loss)] if loss.amount else []
    return Entry(EntryKind.DISPUTE_LOST, dispute.id, dispute.order_id, [*closed, *lost])


def fee_entry(reference_id: uuid.UUID, order_id: uuid.UUID, fee: Money) -> Entry:
    """What the provider has kept for itself."""
    postings = [Posting(Account.PROVIDER_FEES, None, fee), Posting(Account.PROVIDER_CLEARING, None, fee * -1)]
    return Entry(EntryKind.PROVIDER_FEE, reference_id, order_id, postings)
