"""The composition root of payment."""

from datetime import timedelta
from functools import partial

from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub

from mesh.job import Job
from mesh.service import Parts, Service, ServiceNode
from services.payment.clients import SellerShops, Stripe, StripeBooks, StripeConnect, StripeMethods
from services.payment.handlers.disputing import Disputing
from services.payment.handlers.paying import Paying
from services.payment.handlers.reclaiming import Reclaiming
from services.payment.handlers.reconciling import Reconciling
from services.payment.handlers.recovery import Recovery
from services.payment.handlers.refunding import Refunding
from services.payment.handlers.saving import Saving
from services.payment.handlers.taking import Taking
from services.payment.handlers.webhooks import Webhooks
from services.payment.invariants import Checks
from services.payment.repository.methods import Methods
from services.payment.servicer import (
    LedgerServicer,
    PaymentMethodServicer,
    PaymentServicer,
    PayoutServicer,
    WalletServicer,
)
from services.payment.settings import PaymentSettings
from services.payment.story import StoryServicer
from services.payment.tables import metadata

WEBHOOK_JOB = "payment-apply-webhooks"


def build(node: ServiceNode) -> Parts:
    """Make the parts of payment."""
    settings = node.settings(PaymentSettings)
    provider = Stripe(settings.stripe_api_key, settings.stripe_api_base, settings.provider_timeout_seconds)
    open_at_most = timedelta(seconds=settings.action_seconds)
    taking, refunding = Taking(node.db, provider), Refunding(node.db, provider)
    books, connect = StripeBooks(provider.client), StripeConnect(provider.client)
    paying = Paying(node.db, connect, SellerShops(node.stub(SellerServiceStub)), settings.terms, settings.schedule)
    reclaiming, reconciling = Reclaiming(node.db, connect, paying), Reconciling(node.db, books)
    saving = Saving(node.db, StripeMethods(provider.client), Methods(node.keyring))
    webhooks = Webhooks(
        node.db,
        provider,
        taking,
        refunding,
        Disputing(node.db, books),
        settings.webhook_secrets,
        settings.webhook_tolerance_seconds,
        livemode=settings.livemode,
        wake=partial(node.wake, WEBHOOK_JOB),
    )
    recovery = Recovery(node.db, taking, refunding, open_at_most)
    checks = Checks(node.db, provider, node.verify_delivery, open_at_most, settings.verify_provider_payments)
    return Parts(
        servicers=(
            PaymentServicer(taking, refunding, webhooks, checks, saving),
            PaymentMethodServicer(saving),
            PayoutServicer(paying),
            LedgerServicer(reconciling),
            WalletServicer(),
            StoryServicer(),
        ),
        jobs=(
            Job(WEBHOOK_JOB, every=1.0, run=webhooks.apply_due),
            Job("payment-forget-webhooks", every=3600.0, run=webhooks.forget_old),
            Job("payment-recover", every=5.0, run=recovery.run),
            Job("payment-pay-sellers", every=settings.payout_look_seconds, run=paying.run),
            Job("payment-reclaim", every=10.0, run=reclaiming.run),
            Job("payment-reconcile", every=600.0, run=reconciling.run),
        ),
        on_stop=provider.close,
    )


SERVICE = Service("payment", metadata, build)
