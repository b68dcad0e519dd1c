"""Stripe's disputes, and its balance transactions: what it has booked."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import stripe

from mesh.money import Money
from services.payment.clients.failures import failures_typed
from services.payment.domain.amounts import from_stripe
from services.payment.domain.dispute import DisputeObservation, DisputeState
from services.payment.domain.provider import OutcomeUnknown, Refused
from services.payment.domain.reconciliation import Booking, BookingKind

_DISPUTE_STATES = {
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
_KINDS = {
    "charge": BookingKind.CHARGE,
    "payment": BookingKind.CHARGE,
    "refund": BookingKind.REFUND,
    "payment_refund": BookingKind.REFUND,
    "refund_failure": BookingKind.REFUND_FAILURE,
    "payment_failure_refund": BookingKind.REFUND_FAILURE,
    "transfer": BookingKind.TRANSFER,
    "transfer_refund": BookingKind.REVERSAL,
    "adjustment": BookingKind.DISPUTE,
}
_PAGE = 100


class StripeBooks:
    """What Stripe has booked and what buyers' banks took back. Nothing here changes anything."""

    def __init__(self, client: stripe.StripeClient) -> None:
        """Uses the connections of `client`."""
        self._disputes = client.v1.disputes
        self._transactions = client.v1.balance_transactions

    async def read_dispute(self, reference: str) -> DisputeObservation | None:
        """The dispute as it is now; None where the provider has none. Raises OutcomeUnknown."""
        try:
            with failures_typed("disputes.retrieve"):
                found = await self._disputes.retrieve_async(reference)
        except Refused:
            return None
        currency = found.currency.upper()
        return DisputeObservation(
            reference=found.id,
            payment_reference=_id(found.payment_intent),
            amount=Money(currency, from_stripe(found.amount, currency)),
            reason=found.reason,
            state=_DISPUTE_STATES.get(found.status),
        )

    async def bookings(self, begin: datetime, end: datetime) -> AsyncIterator[Booking]:
        """What was booked from `begin` to before `end`, newest first. Raises OutcomeUnknown."""
        params: Any = {
            "created": {"gte": int(begin.timestamp()), "lt": int(end.timestamp())},
            "limit": _PAGE,
            "expand": ["data.source"],
        }
        try:
            with failures_typed("balance_transactions.list"):
                page = await self._transactions.list_async(params)
                async for found in page.auto_paging_iter():
                    yield _booking(found)
        except Refused as refused:
            raise OutcomeUnknown(refused.reason) from refused


def _booking(found: Any) -> Booking:
    currency, source = found.currency.upper(), found.source
    kind = _KINDS.get(found.type, BookingKind.OTHER)
    # A charge is known to us by its payment intent.
    reference = source.payment_intent if kind is BookingKind.CHARGE else source
    return Booking(
        kind,
        _id(reference),
        from_stripe(found.amount, currency),
        from_stripe(found.fee, currency),
        currency,
        found.created,
    )


def _id(reference: Any) -> str:
    return reference if isinstance(reference, str) else str(getattr(reference, "id", "") or "")
