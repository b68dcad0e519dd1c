"""What the use cases need from outside."""

from collections.abc import AsyncIterator
from typing import Protocol

from services.payment.domain.payment import Observation, Payment
from services.payment.domain.provider import ProviderPayment
from services.payment.domain.refund import Refund, RefundObservation


class Provider(Protocol):
    """Who takes and gives back the money. Every method may raise OutcomeUnknown."""

    async def create(self, payment: Payment, token: str) -> str: ...

    async def confirm(self, payment: Payment) -> Observation: ...

    async def read(self, payment: Payment) -> Observation: ...

    async def cancel(self, payment: Payment, *, after_refusal: bool = False) -> Observation: ...

    async def refund(self, refund: Refund, payment: Payment) -> RefundObservation: ...

    async def find_refund(self, refund: Refund, payment: Payment) -> RefundObservation | None: ...

    def newest_payments(self, most: int) -> AsyncIterator[ProviderPayment]: ...
