"""A story never tells an effect before its cause."""

from souk.mesh.v1.story_pb2 import Fact, FactKind

from cli.plot import in_causal_order

Kind = FactKind.Value


def made(seconds: int, kind: Kind = Kind.COMMIT, event_id: str = "", causation_id: str = "") -> Fact:
    fact = Fact(kind=kind, event_id=event_id, causation_id=causation_id)
    fact.time.seconds = seconds
    return fact


class TestInCausalOrder:
    def test_goes_by_time(self) -> None:
        assert in_causal_order([made(3), made(1), made(2)]) == [1, 2, 0]

    def test_an_effect_with_an_early_clock_waits_for_its_cause(self) -> None:
        facts = [made(1, Kind.EFFECT, causation_id="b"), made(2, Kind.EVENT, "b", "a"), made(3, Kind.EVENT, "a")]
        assert in_causal_order(facts) == [2, 1, 0]

    def test_at_one_instant_a_commit_comes_before_what_it_tells(self) -> None:
        facts = [made(1, Kind.EVENT, "a"), made(1, Kind.POSTING), made(1, Kind.COMMIT), made(1, Kind.CALL)]
        assert in_causal_order(facts) == [3, 2, 1, 0]

    def test_a_cause_that_nobody_told_holds_nothing_up(self) -> None:
        assert in_causal_order([made(1, causation_id="gone"), made(2, event_id="x", causation_id="x")]) == [0, 1]
