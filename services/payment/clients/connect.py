"""Sellers at Stripe Connect: accounts, separate transfers, and their reversals."""

import uuid
from typing import Any

import stripe

from services.payment.clients.failures import failures_typed
from services.payment.domain.amounts import to_stripe
from services.payment.domain.payout import PayoutItem, PayoutState, Reversal, TransferObservation
from services.payment.domain.provider import OutcomeUnknown, Refused

_PAGE = 100


class StripeConnect:
    """Stripe Connect as the payment service needs it. Every call that changes something carries a stored key."""

    def __init__(self, client: stripe.StripeClient) -> None:
        """Uses the connections of `client`."""
        self._accounts = client.v1.accounts
        self._transfers = client.v1.transfers

    async def open_account(self, shop_id: uuid.UUID, country: str) -> str:
        """The account that a shop's money goes to, always the same. Raises Refused or OutcomeUnknown."""
        params: Any = {
            "country": country,
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "stripe_dashboard": {"type": "express"},
            },
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"shop_id": str(shop_id)},
        }
        with failures_typed("accounts.create"):
            account = await self._accounts.create_async(params, {"idempotency_key": f"account-{shop_id}"})
        return account.id

    async def transfer(self, item: PayoutItem, destination: str) -> TransferObservation:
        """Send a seller what an order earned. Raises Refused or OutcomeUnknown."""
        params: Any = {
            "amount": to_stripe(item.amount),
            "currency": item.currency.lower(),
            "destination": destination,
            "transfer_group": str(item.order_id),
            "metadata": {"payout_item_id": str(item.id), "payout_id": str(item.payout_id)},
        }
        with failures_typed("transfers.create"):
            transfer = await self._transfers.create_async(params, {"idempotency_key": item.key})
        return TransferObservation(transfer.id, PayoutState.PAID)

    async def find_transfer(self, item: PayoutItem) -> TransferObservation | None:
        """The transfer, None where the provider has none. Raises OutcomeUnknown."""
        try:
            with failures_typed("transfers.find"):
                page = await self._transfers.list_async({"transfer_group": str(item.order_id), "limit": _PAGE})
                async for found in page.auto_paging_iter():
                    if _names(found, "payout_item_id", item.id):
                        return TransferObservation(found.id, PayoutState.PAID)
        except Refused as refused:
            raise OutcomeUnknown(refused.reason) from refused
        return None

    async def reverse(self, reversal: Reversal) -> TransferObservation:
        """Take back from a seller what was transferred. Raises Refused or OutcomeUnknown."""
        params: Any = {"amount": to_stripe(reversal.amount), "metadata": {"reversal_id": str(reversal.id)}}
        options: Any = {"idempotency_key": reversal.key}
        with failures_typed("transfer_reversals.create"):
            made = await self._transfers.reversals.create_async(reversal.transfer, params, options)
        return TransferObservation(made.id, PayoutState.PAID)

    async def find_reversal(self, reversal: Reversal) -> TransferObservation | None:
        """The reversal, None where the provider has none. Raises OutcomeUnknown."""
        try:
            with failures_typed("transfer_reversals.find"):
                page = await self._transfers.reversals.list_async(reversal.transfer, {"limit": _PAGE})
                async for found in page.auto_paging_iter():
                    if _names(found, "reversal_id", reversal.id):
                        return TransferObservation(found.id, PayoutState.PAID)
        except Refused as refused:
            raise OutcomeUnknown(refused.reason) from refused
        return None


def _names(found: Any, field: str, wanted: uuid.UUID) -> bool:
    metadata: Any = found.metadata
    return bool(metadata) and field in metadata and metadata[field] == str(wanted)
