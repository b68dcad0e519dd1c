"""The readings of a process: what it last saw of queues, lags and invariants, as metrics and for `souk metrics`."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from souk.mesh.v1 import vitals_service_pb2, vitals_service_pb2_grpc

from mesh import metrics
from mesh.call import Call

INSTRUMENTS: Final = {
    "souk.invariant.violations": ("{violation}", "What violates an invariant, by service and invariant."),
    "souk.invariant.check.duration": ("s", "How long a service took to check its invariants."),
    "souk.outbox.events": ("{event}", "Events that wait in an outbox."),
    "souk.outbox.age": ("s", "How long the oldest event has waited in an outbox."),
    "souk.durable.events": ("{event}", "Events that a durable has not applied."),
    "souk.durable.age": ("s", "How long ago the oldest event was published that a durable has not applied."),
    "souk.dead_letters": ("{event}", "Events that are set aside."),
    "souk.parked_keys": ("{key}", "Keys whose events wait behind a dead letter."),
}

Attributes = tuple[tuple[str, str], ...]


class Reading(NamedTuple):
    """One value of a metric."""

    name: str
    attributes: Attributes
    value: float
    read_time: float


@dataclass(frozen=True, slots=True)
class _Kept:
    reading: Reading
    until: float


class Vitals:
    """The last readings of one process. What is not read again in time is forgotten: another process owns it then."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._kept: dict[tuple[str, Attributes], _Kept] = {}

    def read(self, name: str, value: float, keep_seconds: float, **attributes: str) -> None:
        """Keep a reading of one of the instruments for some time."""
        key = (name, tuple(sorted(attributes.items())))
        now = self._clock()
        self._kept[key] = _Kept(Reading(*key, value, now), now + keep_seconds)

    def readings(self, name: str = "") -> Iterator[Reading]:
        """Those of one instrument, or of all."""
        now = self._clock()
        for key, kept in sorted(self._kept.items()):
            if kept.until > now and name in ("", key[0]):
                yield kept.reading

    def export(self) -> None:
        """Report them whenever metrics are collected."""
        for name, (unit, description) in INSTRUMENTS.items():
            metrics.observe_all(name, unit, description, partial(self._observed, name))

    def _observed(self, name: str) -> Iterable[tuple[float, dict[str, str]]]:
        return [(reading.value, dict(reading.attributes)) for reading in self.readings(name)]


class VitalsServicer(vitals_service_pb2_grpc.VitalsServiceServicer):
    """Serves the readings."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    async def ListReadings(  # noqa: N802  # as the contract names it
        self, request: vitals_service_pb2.ListReadingsRequest, call: Call
    ) -> vitals_service_pb2.ListReadingsResponse:
        """All of them."""
        del request, call
        response = vitals_service_pb2.ListReadingsResponse()
        for each in self._vitals.readings():
            reading = response.readings.add(
                name=each.name, unit=INSTRUMENTS[each.name][0], attributes=dict(each.attributes), value=each.value
            )
            reading.read_time.FromMilliseconds(int(each.read_time * 1000))
        return response
