"""The RPCs of payment: decode, call the use case, encode."""

from services.payment.servicer.ledger import LedgerServicer
from services.payment.servicer.methods import PaymentMethodServicer
from services.payment.servicer.payments import PaymentServicer
from services.payment.servicer.payouts import PayoutServicer
from services.payment.servicer.wallets import WalletServicer

__all__ = ["LedgerServicer", "PaymentMethodServicer", "PaymentServicer", "PayoutServicer", "WalletServicer"]
