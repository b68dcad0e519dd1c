"""Payment owns payments, refunds, disputes, payouts, the provider's webhooks and the double-entry ledger.

It emits payment.authorized, .captured, .failed, .requires_action, refund.succeeded, .failed, dispute.opened, .closed
and payout.created, .closed; it calls the payment provider, and seller about shops that are to be paid.
"""
