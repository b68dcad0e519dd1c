"""What the use cases need from outside."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.payment.domain.dispute import DisputeObservation
from services.payment.domain.method import Details, Means
from services.payment.domain.payment import Observation, Payment
from services.payment.domain.payout import PayoutItem, Reversal, TransferObservation
from services.payment.domain.provider import ProviderPayment
from services.payment.domain.reconciliation import Booking
from services.payment.domain.refund import Refund, RefundObservation


class Provider(Protocol):
    """Who takes and gives back the money. Every method may raise OutcomeUnknown."""

    async def create(self, payment: Payment, means: Means) -> str: ...

    async def confirm(self, payment: Payment) -> Observation: ...

    async def read(self, payment: Payment) -> Observation: ...

    async def cancel(self, payment: Payment, *, after_refusal: bool = False) -> Observation: ...

    async def refund(self, refund: Refund, payment: Payment) -> RefundObservation: ...

    async def find_refund(self, refund: Refund, payment: Payment) -> RefundObservation | None: ...

    def newest_payments(self, most: int) -> AsyncIterator[ProviderPayment]: ...


class Connect(Protocol):
    """Who sends sellers their money. Every method may raise OutcomeUnknown."""

    async def open_account(self, shop_id: uuid.UUID, country: str) -> str: ...

    async def transfer(self, item: PayoutItem, destination: str) -> TransferObservation: ...

    async def find_transfer(self, item: PayoutItem) -> TransferObservation | None: ...

    async def reverse(self, reversal: Reversal) -> TransferObservation: ...

    async def find_reversal(self, reversal: Reversal) -> TransferObservation | None: ...


@dataclass(frozen=True, slots=True)
class Payee:
    """What matters of a shop that is to be paid."""

    is_verified: bool
    country: str


class Shops(Protocol):
    """Who knows the shops."""

    async def payee(self, shop_id: uuid.UUID) -> Payee | None: ...


class Disputes(Protocol):
    """Who knows what buyers' banks took back. May raise OutcomeUnknown."""

    async def read_dispute(self, reference: str) -> DisputeObservation | None: ...


class Books(Protocol):
    """Who has booked what. May raise OutcomeUnknown."""

    def bookings(self, begin: datetime, end: datetime) -> AsyncIterator[Booking]: ...


class Keeper(Protocol):
    """Who keeps means of payment for buyers. May raise OutcomeUnknown."""

    async def open_customer(self, user_id: uuid.UUID) -> str: ...

    async def keep(self, token: str, customer: str, key: str) -> Details: ...

    async def used(self, payment_reference: str) -> Details | None: ...

    async def forget(self, reference: str) -> None: ...
