"""Payments, refunds, the provider's webhooks, payouts, disputes, wallets and the ledger.

Retention: ten years for payments, refunds, payouts, disputes, wallets and the ledger, as bookkeeping demands; 30 days
for webhook events. Nothing here names a person but by id, and no card data is kept; the ids of saved
means of payment are sealed, until their owner deletes them.
"""

from services.payment.tables.common import metadata
from services.payment.tables.ledger import (
    ledger_postings,
    ledger_transactions,
    reconciliation_differences,
    reconciliations,
)
from services.payment.tables.methods import customers, payment_methods
from services.payment.tables.payments import payment_lines, payments, refund_lines, refunds, webhook_events
from services.payment.tables.payouts import disputes, payout_accounts, payout_items, payout_reversals, payouts
from services.payment.tables.wallets import wallet_entries, wallets

__all__ = [
    "customers",
    "disputes",
    "ledger_postings",
    "ledger_transactions",
    "metadata",
    "payment_lines",
    "payment_methods",
    "payments",
    "payout_accounts",
    "payout_items",
    "payout_reversals",
    "payouts",
    "reconciliation_differences",
    "reconciliations",
    "refund_lines",
    "refunds",
    "wallet_entries",
    "wallets",
    "webhook_events",
]
