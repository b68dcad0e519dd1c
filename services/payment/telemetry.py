"""What payment counts."""

from opentelemetry import metrics

_meter = metrics.get_meter("souk.payment")
webhooks_refused = _meter.create_counter(
    "souk.payment.webhooks_refused", unit="{webhook}", description="Webhooks that were forged, stale or foreign."
)
