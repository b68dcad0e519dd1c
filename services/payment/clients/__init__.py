"""Adapters to Stripe and to other services. Nothing else of the market knows Stripe's library."""

from services.payment.clients.books import StripeBooks
from services.payment.clients.connect import StripeConnect
from services.payment.clients.methods import StripeMethods
from services.payment.clients.payments import Stripe
from services.payment.clients.shops import SellerShops

__all__ = ["SellerShops", "Stripe", "StripeBooks", "StripeConnect", "StripeMethods"]
