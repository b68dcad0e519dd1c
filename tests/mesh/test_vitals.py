"""Readings: kept, forgotten, and how often invariants are looked at."""

import pytest
from souk.mesh.v1.invariants_pb2 import CheckInvariantsResponse, InvariantResult

from mesh import watch
from mesh.vitals import Vitals
from mesh.watch import InvariantWatch


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


class TestVitals:
    def test_a_reading_replaces_the_one_before(self) -> None:
        vitals = Vitals(Clock())
        vitals.read("souk.outbox.events", 3, 60, service="order")
        vitals.read("souk.outbox.events", 1, 60, service="order")
        vitals.read("souk.outbox.events", 2, 60, service="cart")
        assert [reading.value for reading in vitals.readings("souk.outbox.events")] == [2, 1]

    def test_forgets_what_another_process_reads_by_now(self) -> None:
        clock = Clock()
        vitals = Vitals(clock)
        vitals.read("souk.outbox.events", 3, 60, service="order")
        clock.now += 61
        assert list(vitals.readings()) == []


class TestInvariantWatch:
    async def test_a_check_that_takes_long_comes_more_seldom(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """At most a hundredth of the time goes into checks."""
        clock = Clock()
        monkeypatch.setattr(watch, "time", clock)
        began: list[float] = []

        async def check() -> CheckInvariantsResponse:
            began.append(clock.now)
            clock.now += 20
            results = [InvariantResult(invariant=name, violation_count=1) for name in ("I1", "I3", "I3")]
            return CheckInvariantsResponse(results=results)

        vitals = Vitals(clock)
        watching = InvariantWatch("order", check, vitals, every=300)
        for _ in range(40):
            await watching.run()
            clock.now += 100
        assert began == [1300.0, 3320.0]
        counts = [
            (dict(each.attributes)["invariant"], each.value) for each in vitals.readings("souk.invariant.violations")
        ]
        assert counts == [("I1", 1), ("I3", 2)]

    async def test_a_check_that_fails_is_not_repeated_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = Clock()
        monkeypatch.setattr(watch, "time", clock)
        tries = 0

        async def check() -> CheckInvariantsResponse:
            nonlocal tries
            tries += 1
            raise TimeoutError

        watching = InvariantWatch("order", check, Vitals(clock), every=300)
        for _ in range(10):
            clock.now += 100
            try:
                await watching.run()
            except TimeoutError:
                continue
        assert tries == 3
