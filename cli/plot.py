"""The order in which a story is told: by time, and never an effect before its cause."""

import heapq
from collections.abc import Sequence

from souk.mesh.v1.story_pb2 import Fact, FactKind

# Facts of one instant: what was asked, what was written, what that means for money, what was told, what came of it.
_RANK = {
    FactKind.Value.CALL: 0,
    FactKind.Value.COMMIT: 1,
    FactKind.Value.PROVIDER: 2,
    FactKind.Value.POSTING: 3,
    FactKind.Value.EVENT: 4,
    FactKind.Value.EFFECT: 5,
}


def in_causal_order(facts: Sequence[Fact]) -> list[int]:
    """The places of the facts in the order to tell them in.

    Clocks of several machines differ, so a fact waits for its cause whatever its time says.
    """
    causes = {fact.event_id: place for place, fact in enumerate(facts) if fact.event_id}
    waiting: dict[int, list[int]] = {}
    ready: list[tuple[int, int, int]] = []
    for place, fact in enumerate(facts):
        cause = causes.get(fact.causation_id, place)
        if cause == place:
            heapq.heappush(ready, _key(facts, place))
        else:
            waiting.setdefault(cause, []).append(place)
    ordered: list[int] = []
    while ready:
        place = heapq.heappop(ready)[-1]
        ordered.append(place)
        for follower in waiting.pop(place, ()):
            heapq.heappush(ready, _key(facts, follower))
    return ordered


def _key(facts: Sequence[Fact], place: int) -> tuple[int, int, int]:
    return (facts[place].time.ToNanoseconds(), _RANK.get(facts[place].kind, 0), place)
