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
        self._intents = client.v1.payment_intents

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
        return _details(kept)

    async def used(self, payment_reference: str) -> Details | None:
        """What a payment was made with; None where it is not kept. Raises Refused or OutcomeUnknown."""
        with failures_typed("payment_intents.retrieve"):
            intent = await self._intents.retrieve_async(payment_reference, {"expand": ["payment_method"]})
        method: Any = intent.payment_method
        return None if method is None or method.customer is None else _details(method)

    async def forget(self, reference: str) -> None:
        """Keep it no longer; one that is gone is as good. Raises OutcomeUnknown."""
        try:
            with failures_typed("payment_methods.detach"):
                await self._methods.detach_async(reference)
        except Refused:
            return


def _details(method: Any) -> Details:
    card: Any = method.card
    if card is None:
        return Details(method.id)
    return Details(method.id, card.brand, card.last4 or "", card.exp_month, card.exp_year)
