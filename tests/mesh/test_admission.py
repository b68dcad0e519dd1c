"""Who is let in when there is too much to do."""

from types import SimpleNamespace

import pytest

from mesh import admission
from mesh.admission import Gate, Limit
from mesh.errors import ResourceExhausted

INSIDE = {"x-inside": "yes"}


class Clock:
    """Time that passes when it is told to."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(admission, "time", clock)
    return clock


def limit(gate: Gate, deadline: float = 3.0) -> Limit:
    return Limit(SimpleNamespace(deadline=deadline, service="souk.a.v1.A", name="Do"), gate)  # type: ignore[arg-type]


def admitted(limit: Limit, most: int = 1000) -> int:
    """How many calls begin before one is refused; all of them end at once."""
    began = []
    while len(began) < most:
        try:
            began.append(limit.enter({}))
        except ResourceExhausted:
            break
    for each in began:
        limit.leave(each)
    return len(began)


class TestGate:
    def test_keeps_half_for_calls_that_have_begun(self) -> None:
        gate = Gate(8, "x-inside")
        one, other = limit(gate), limit(gate)
        for _ in range(4):
            one.enter({})
        with pytest.raises(ResourceExhausted) as refused:
            other.enter({})
        assert refused.value.retry_after == 1.0
        for _ in range(4):
            other.enter(INSIDE)
        with pytest.raises(ResourceExhausted):
            other.enter(INSIDE)


class TestLimit:
    def test_falls_while_calls_take_too_long_and_only_for_their_method(self, clock: Clock) -> None:
        gate = Gate(256, "x-inside")
        slow, quick = limit(gate), limit(gate)
        for _ in range(200):
            began = slow.enter({})
            clock.now += 1.1
            slow.leave(began)
        assert admitted(slow) == 16
        assert admitted(quick) == 128

    def test_rises_again_when_calls_are_in_time(self, clock: Clock) -> None:
        slow = limit(Gate(256, "x-inside"))
        for _ in range(200):
            began = slow.enter({})
            clock.now += 1.1
            slow.leave(began)
        for _ in range(20):
            slow.leave(slow.enter({}))
        assert 30 < admitted(slow) < 40
        for _ in range(100):
            slow.leave(slow.enter({}))
        assert admitted(slow) == 128
