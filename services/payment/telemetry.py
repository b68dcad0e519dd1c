"""What payment counts."""

from opentelemetry import metrics

_meter = metrics.get_meter("souk.payment")
webhooks_refused = _meter.create_counter(
    "souk.payment.webhooks_refused", unit="{webhook}", description="Webhooks that were forged, stale or foreign."
)
reconciliation_differences = _meter.create_counter(
    "souk.payment.reconciliation_differences",
    unit="{difference}",
    description="Differences between the ledger and the provider's books.",
)
