"""Payment owns payments, refunds, the provider's webhooks and the double-entry ledger.

It emits payment.authorized, .captured, .failed, .requires_action and refund.succeeded, .failed; it calls the payment
provider and no service: order learns by the events.
"""
