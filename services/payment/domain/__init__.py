"""The rules of payments, refunds and the ledger."""
