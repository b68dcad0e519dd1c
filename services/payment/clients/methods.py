"""Buyers' saved means of payment at Stripe."""

import uuid
from typing import Any

import stripe

from services.payment.clients.failures import failures_typed
from services.payment.domain.method import Details
from services.payment.domain.provider import Refused


class StripeMethods:
    """What Stripe keeps for buyers. Every call that changes something carries a stored key."""

    def __init__(self, client: stripe.StripeClient) -> None:
        """Uses the connections of `client`."""
        self._customers = client.v1.customers
        self._methods = client.v1.payment_methods

    async def open_customer(self, user_id: uuid.UUID) -> str:
        """Whom a user's means of payment are kept for, always the same. Raises Refused or OutcomeUnknown."""
        options: Any = {"idempotency_key": f"customer-{user_id}"}
        with failures_typed("customers.create"):
            return (await self._customers.create_async({"metadata": {"user_id": str(user_id)}}, options)).id

    async def keep(self, token: str, customer: str, key: str) -> Details:
        """Keep a means of payment for a customer. Raises Refused or OutcomeUnknown."""
        options: Any = {"idempotency_key": key}
        with failures_typed("payment_methods.attach"):
            kept = await self._methods.attach_async(token, {"customer": customer}, options)
        card: Any = kept.card
        if card is None:
            return Details(kept.id)
        return Details(kept.id, card.brand, card.last4 or "", card.exp_month, card.exp_year)

    async def forget(self, reference: str) -> None:
        """Keep it no longer; one that is gone is as good. Raises OutcomeUnknown."""
        try:
            with failures_typed("payment_methods.detach"):
                await self._methods.detach_async(reference)
        except Refused:
            return
