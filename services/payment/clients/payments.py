"""Payments and refunds at Stripe, the only payment provider so far."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Literal

import stripe

from services.payment.clients.failures import failures_typed, refusal_of
from services.payment.domain.amounts import NotChargeable, from_stripe, to_stripe
from services.payment.domain.method import Means
from services.payment.domain.payment import Observation, Payment, PaymentState
from services.payment.domain.provider import OutcomeUnknown, ProviderPayment, Refused
from services.payment.domain.refund import Refund, RefundObservation, RefundState

_log = logging.getLogger(__name__)
_STATES = {
    "requires_confirmation": PaymentState.PENDING,
    "processing": PaymentState.PENDING,
    "requires_action": PaymentState.REQUIRES_ACTION,
    "requires_payment_method": PaymentState.DECLINED,
    "requires_capture": PaymentState.AUTHORIZED,
    "succeeded": PaymentState.CAPTURED,
    "canceled": PaymentState.CANCELLED,
}
_NOT_CHARGEABLE = frozenset({"succeeded", "canceled"})
_REFUND_STATES = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
# Why an intent is cancelled: after a refusal, so that nobody pays it later, or because the payment was given up.
_AFTER_REFUSAL: Literal["abandoned"] = "abandoned"
_GIVEN_UP: Literal["requested_by_customer"] = "requested_by_customer"
_PAGE = 100


class Stripe:
    """Stripe's API as the payment service needs it. Every call that changes something carries a stored key."""

    def __init__(self, api_key: str, api_base: str, timeout_seconds: float) -> None:
        """Nothing is connected before the first call."""
        self._http = stripe.AIOHTTPClient(timeout=timeout_seconds)
        # The library repeats nothing by itself: recovery does, by the stored ids.
        client = stripe.StripeClient(
            api_key, base_addresses={"api": api_base}, http_client=self._http, max_network_retries=0
        )
        self.client = client
        self._intents = client.v1.payment_intents
        self._refunds = client.v1.refunds

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call]  # the library leaves it untyped

    async def create(self, payment: Payment, means: Means) -> str:
        """Make the intent, unconfirmed, and return its id. Raises Refused or OutcomeUnknown."""
        try:
            amount = to_stripe(payment.amount)
        except NotChargeable:
            raise Refused("amount_not_chargeable") from None
        params: Any = {
            "amount": amount,
            "currency": payment.amount.currency.lower(),
            "payment_method": means.token,
            "payment_method_types": ["card"],
            "capture_method": "automatic",
            "transfer_group": str(payment.order_id),
            "metadata": {"payment_id": str(payment.id), "order_id": str(payment.order_id)},
        }
        if means.customer:
            params["customer"] = means.customer
        if means.keep:
            params["setup_future_usage"] = "off_session"
        with failures_typed("payment_intents.create"):
            intent = await self._intents.create_async(params, {"idempotency_key": f"{payment.key}-create"})
        return intent.id

    async def confirm(self, payment: Payment) -> Observation:
        """Charge the intent; a refused card is a result. Raises OutcomeUnknown."""
        options: Any = {"idempotency_key": f"{payment.key}-confirm"}
        try:
            with failures_typed("payment_intents.confirm"):
                return _observed(await self._intents.confirm_async(_reference(payment), {}, options))
        except Refused as refused:
            # The card was refused, or the intent has moved meanwhile: in both cases the object itself tells.
            seen = await self.read(payment)
            if seen.state is not PaymentState.PENDING:
                return seen
            return replace(seen, state=PaymentState.DECLINED, decline_reason=refused.reason)

    async def read(self, payment: Payment) -> Observation:
        """The intent as it is now. Raises OutcomeUnknown."""
        try:
            with failures_typed("payment_intents.retrieve"):
                return _observed(await self._intents.retrieve_async(_reference(payment)))
        except Refused as refused:
            _log.exception("the provider does not know %s", payment.reference)
            raise OutcomeUnknown(refused.reason) from refused

    async def cancel(self, payment: Payment, *, after_refusal: bool = False) -> Observation:
        """See to it that the intent is never charged, where it is not yet. Raises OutcomeUnknown."""
        reason = _AFTER_REFUSAL if after_refusal else _GIVEN_UP
        options: Any = {"idempotency_key": f"{payment.key}-{reason}"}
        try:
            with failures_typed("payment_intents.cancel"):
                intent = await self._intents.cancel_async(_reference(payment), {"cancellation_reason": reason}, options)
        except Refused:
            return await self.read(payment)
        return _observed(intent)

    async def refund(self, refund: Refund, payment: Payment) -> RefundObservation:
        """Give money back. Raises Refused or OutcomeUnknown."""
        params: Any = {
            "payment_intent": _reference(payment),
            "amount": to_stripe(refund.amount),
            "metadata": {"refund_id": str(refund.id), "order_id": str(refund.order_id)},
        }
        with failures_typed("refunds.create"):
            return _refund_observed(await self._refunds.create_async(params, {"idempotency_key": refund.key}))

    async def find_refund(self, refund: Refund, payment: Payment) -> RefundObservation | None:
        """The refund as it is now, None where the provider has none. Raises OutcomeUnknown."""
        try:
            with failures_typed("refunds.find"):
                if refund.reference is not None:
                    return _refund_observed(await self._refunds.retrieve_async(refund.reference))
                page = await self._refunds.list_async({"payment_intent": _reference(payment), "limit": _PAGE})
                async for found in page.auto_paging_iter():
                    if _is_ours(found, refund):
                        return _refund_observed(found)
        except Refused as refused:
            raise OutcomeUnknown(refused.reason) from refused
        return None

    async def newest_payments(self, most: int) -> AsyncIterator[ProviderPayment]:
        """What the provider has, newest first. Raises OutcomeUnknown."""
        seen = 0
        with failures_typed("payment_intents.list"):
            page = await self._intents.list_async({"limit": min(most, _PAGE), "expand": ["data.latest_charge"]})
            async for intent in page.auto_paging_iter():
                yield _listed(intent)
                seen += 1
                if seen == most:
                    return


def _reference(payment: Payment) -> str:
    if payment.reference is None:
        raise RuntimeError(f"the provider does not know {payment.id} yet")
    return payment.reference


def _observed(intent: stripe.PaymentIntent) -> Observation:
    state = _STATES[intent.status]
    if state is PaymentState.CANCELLED and intent.cancellation_reason == _AFTER_REFUSAL:
        state = PaymentState.DECLINED
    error = intent.last_payment_error
    return Observation(
        state=state,
        captured=from_stripe(intent.amount_received, intent.currency.upper()),
        decline_reason=refusal_of(error) if error is not None else "",
        client_secret=intent.client_secret or "",
        chargeable=intent.status not in _NOT_CHARGEABLE,
    )


def _refund_observed(refund: stripe.Refund) -> RefundObservation:
    state = _REFUND_STATES[refund.status or "pending"]
    return RefundObservation(refund.id, state, getattr(refund, "failure_reason", None) or "")


def _is_ours(found: stripe.Refund, refund: Refund) -> bool:
    metadata: Any = found.metadata
    return bool(metadata) and "refund_id" in metadata and metadata["refund_id"] == str(refund.id)


def _listed(intent: stripe.PaymentIntent) -> ProviderPayment:
    charge: Any = intent.latest_charge
    return ProviderPayment(
        reference=intent.id,
        captured=from_stripe(intent.amount_received, intent.currency.upper()),
        create_time=intent.created,
        update_time=charge.created if charge else intent.created,
    )
