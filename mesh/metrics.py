"""Rate, errors and duration of each RPC, and the pool, as OpenTelemetry metrics; dropped where nobody collects."""

from collections.abc import Callable, Iterable
from typing import Any

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation

# The histogram of OpenTelemetry's RPC conventions: its counts by code are the rate and the errors.
# https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/
_meter = metrics.get_meter("souk.mesh")
_duration = _meter.create_histogram("rpc.server.duration", unit="s", description="How long calls took.")


def record(service: str, method: str, code: int, seconds: float) -> None:
    """Count one call."""
    _duration.record(seconds, {"rpc.service": service, "rpc.method": method, "rpc.grpc.status_code": code})


def observe(name: str, unit: str, description: str, read: Callable[[], float]) -> None:
    """Report what `read` gives whenever metrics are collected."""

    def callback(_options: CallbackOptions) -> Iterable[Observation]:
        return (Observation(read()),)

    _meter.create_observable_gauge(name, callbacks=[callback], unit=unit, description=description)


def observe_all(
    name: str, unit: str, description: str, read: Callable[[], Iterable[tuple[float, dict[str, str]]]]
) -> None:
    """Report all that `read` gives, each value with its attributes, whenever metrics are collected."""

    def callback(_options: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value, attributes) for value, attributes in read()]

    _meter.create_observable_gauge(name, callbacks=[callback], unit=unit, description=description)


def start_export(endpoint: str, process: str) -> Any:
    """Send the metrics of this process to an OTLP endpoint until the `shutdown` of what is returned."""
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource

    exporter = OTLPMetricExporter(endpoint=endpoint, insecure=not endpoint.startswith("https://"))
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=15_000)
    provider = MeterProvider([reader], resource=Resource({"service.name": "souk", "service.instance.id": process}))
    metrics.set_meter_provider(provider)
    return provider
