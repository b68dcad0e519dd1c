"""The composition root of payment."""

from datetime import timedelta
from functools import partial

from mesh.job import Job
from mesh.service import Parts, Service, ServiceNode
from services.payment.clients import Stripe
from services.payment.handlers.recovery import Recovery
from services.payment.handlers.refunding import Refunding
from services.payment.handlers.taking import Taking
from services.payment.handlers.webhooks import Webhooks
from services.payment.invariants import Checks
from services.payment.servicer import PaymentServicer
from services.payment.settings import PaymentSettings
from services.payment.tables import metadata

WEBHOOK_JOB = "payment-apply-webhooks"


def build(node: ServiceNode) -> Parts:
    """Make the parts of payment."""
    settings = node.settings(PaymentSettings)
    provider = Stripe(settings.stripe_api_key, settings.stripe_api_base, settings.provider_timeout_seconds)
    open_at_most = timedelta(seconds=settings.action_seconds)
    taking, refunding = Taking(node.db, provider), Refunding(node.db, provider)
    webhooks = Webhooks(
        node.db,
        provider,
        taking,
        refunding,
        settings.webhook_secrets,
        settings.webhook_tolerance_seconds,
        livemode=settings.livemode,
        wake=partial(node.wake, WEBHOOK_JOB),
    )
    recovery = Recovery(node.db, taking, refunding, open_at_most)
    checks = Checks(node.db, provider, node.verify_delivery, open_at_most, settings.verify_provider_payments)
    return Parts(
        servicers=(PaymentServicer(taking, refunding, webhooks, checks),),
        jobs=(
            Job(WEBHOOK_JOB, every=1.0, run=webhooks.apply_due),
            Job("payment-forget-webhooks", every=3600.0, run=webhooks.forget_old),
            Job("payment-recover", every=5.0, run=recovery.run),
        ),
        on_stop=provider.close,
    )


SERVICE = Service("payment", metadata, build)
