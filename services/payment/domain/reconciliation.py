"""Reconciliation: what the provider has booked against what the ledger says of the same things."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mesh.errors import InvalidArgument
from services.payment.domain.ledger import EntryKind

_LONGEST = timedelta(days=31)


class BookingKind(StrEnum):
    """What the provider books."""

    CHARGE = "CHARGE"
    REFUND = "REFUND"
    REFUND_FAILURE = "REFUND_FAILURE"
    TRANSFER = "TRANSFER"
    REVERSAL = "REVERSAL"
    DISPUTE = "DISPUTE"
    DISPUTE_RETURN = "DISPUTE_RETURN"
    OTHER = "OTHER"


# What the provider books each movement of the ledger as; all others never reach it.
BOOKED_AS = {
    EntryKind.CAPTURE: BookingKind.CHARGE,
    EntryKind.REFUND: BookingKind.REFUND,
    EntryKind.REFUND_REVERSAL: BookingKind.REFUND_FAILURE,
    EntryKind.PAYOUT_PAID: BookingKind.TRANSFER,
    EntryKind.REVERSAL_PAID: BookingKind.REVERSAL,
    EntryKind.DISPUTE_OPENED: BookingKind.DISPUTE,
    EntryKind.DISPUTE_WON: BookingKind.DISPUTE_RETURN,
}


@dataclass(frozen=True, slots=True)
class Booking:
    """One balance transaction of the provider's, in our minor units; the amount is before its fee."""

    kind: BookingKind
    # The provider's id of what was booked; of a charge that of its payment.
    reference: str
    amount: int
    fee: int
    currency: str
    time: float

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same movement as one of the ledger's."""
        kind = BookingKind.DISPUTE_RETURN if self.kind is BookingKind.DISPUTE and self.amount > 0 else self.kind
        return (self.reference, kind, self.currency)


@dataclass(frozen=True, slots=True)
class LedgerSide:
    """What the ledger has moved at the provider for one thing, without fees."""

    kind: EntryKind
    reference_id: uuid.UUID
    order_id: uuid.UUID
    provider_reference: str
    amount: int
    currency: str
    time: float

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same movement as one of the provider's."""
        return (self.provider_reference, BOOKED_AS[self.kind], self.currency)


@dataclass(frozen=True, slots=True)
class Span:
    """From when, inclusive, until when, exclusive."""

    begin: datetime
    end: datetime

    def holds(self, time: float) -> bool:
        """Whether a time in seconds since the epoch lies in it."""
        return self.begin.timestamp() <= time < self.end.timestamp()

    def require_short(self) -> None:
        """Refuse an empty one and one that no job could compare in its time."""
        if not timedelta(0) < self.end - self.begin <= _LONGEST:
            fields = {"beginTime": "must be before endTime, by at most 31 days"}
            raise InvalidArgument("SPAN_INVALID", "The span is empty or longer than 31 days.", fields=fields)


class DifferenceKind(StrEnum):
    """How two books differ; the names are those of the contract."""

    NOT_IN_LEDGER = "NOT_IN_LEDGER"
    NOT_AT_PROVIDER = "NOT_AT_PROVIDER"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the two books differ."""

    kind: DifferenceKind
    provider_reference: str
    ledger_reference: str
    provider_amount: int
    ledger_amount: int
    currency: str


@dataclass(slots=True)
class Reconciliation:
    """What was compared and what differs."""

    id: uuid.UUID
    span: Span
    create_time: datetime
    transaction_count: int = 0
    fee_count: int = 0
    difference_count: int = 0
    differences: list[Difference] = field(default_factory=list)


def compare(span: Span, bookings: Sequence[Booking], ledger: Sequence[LedgerSide]) -> list[Difference]:
    """Name what only one side has, and what both have with different amounts.

    Both sides may hold more than the span: what one of them has just before its edge, the other has just after it.
    """
    booked = {booking.key: booking for booking in bookings}
    ours = {side.key: side for side in ledger}
    keys = {booking.key for booking in bookings if span.holds(booking.time)}
    keys |= {side.key for side in ledger if span.holds(side.time)}
    differences = [_difference(booked.get(key), ours.get(key)) for key in sorted(keys)]
    return [difference for difference in differences if difference is not None]


def _difference(booking: Booking | None, side: LedgerSide | None) -> Difference | None:
    if side is None and booking is not None:
        kind = DifferenceKind.NOT_IN_LEDGER
        return Difference(kind, booking.reference, "", booking.amount, 0, booking.currency)
    if side is None or (booking is not None and booking.amount == side.amount):
        return None
    kind = DifferenceKind.NOT_AT_PROVIDER if booking is None else DifferenceKind.AMOUNT_DIFFERS
    name = f"{side.kind} {side.reference_id}"
    return Difference(kind, side.provider_reference, name, booking.amount if booking else 0, side.amount, side.currency)
