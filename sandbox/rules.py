"""Rules that say what goes wrong: with which calls or events, how often, and for how long."""

import random
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

_LONGEST_SECONDS = 86_400.0
_MOST_COPIES = 100


class Kind(StrEnum):
    """What can go wrong."""

    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    TIMEOUT_AFTER = "timeout_after"
    LATENCY = "latency"
    RATE_LIMIT = "rate_limit"
    DUPLICATE = "duplicate"
    SHUFFLED = "shuffled"
    LATE = "late"
    LOST = "lost"
    FORGED = "forged"
    STALE = "stale"
    REFUND_FAILURE = "refund_failure"
    DISPUTE = "dispute"


# Seconds of each kind where the rule names none: no SDK waits 60 s by itself, and late is later than any patience.
_USUAL_SECONDS = {
    Kind.TIMEOUT_AFTER: 60.0,
    Kind.LATENCY: 1.0,
    Kind.SHUFFLED: 5.0,
    Kind.LATE: 600.0,
    Kind.REFUND_FAILURE: 2.0,
    Kind.DISPUTE: 2.0,
}
# The events that start what happens later to the object.
_STARTED_BY = {Kind.REFUND_FAILURE: "refund.created", Kind.DISPUTE: "charge.succeeded"}
_CALLS = frozenset(
    {Kind.ERROR_BEFORE, Kind.ERROR_AFTER, Kind.TIMEOUT_AFTER, Kind.LATENCY, Kind.RATE_LIMIT},
)


class RuleError(ValueError):
    """A rule that makes no sense; the message names the field."""


@dataclass(slots=True)
class Rule:
    """One thing that goes wrong. `probability` of the matches are hit, at most `times` of them where that is not 0."""

    rule_id: str
    kind: Kind
    method: str = "*"
    path: str = "*"
    event: str = "*"
    probability: float = 1.0
    times: int = 0
    seconds: float = 0.0
    copies: int = 2
    matched: int = 0
    hits: int = 0
    _chance: random.Random = field(default_factory=random.Random, repr=False)

    @property
    def of_calls(self) -> bool:
        """Whether it is about calls, not events."""
        return self.kind in _CALLS

    def strikes_call(self, method: str, path: str) -> bool:
        """Whether this call is hit; counts it."""
        return self.of_calls and fnmatchcase(method, self.method) and fnmatchcase(path, self.path) and self._strikes()

    def strikes_event(self, kind: str) -> bool:
        """Whether this event is hit; counts it."""
        return not self.of_calls and fnmatchcase(kind, self.event) and self._strikes()

    def _strikes(self) -> bool:
        self.matched += 1
        # Drawn even where the rule is used up, so that the same seed gives the same run.
        hit = self._chance.random() < self.probability and not (self.times and self.hits >= self.times)
        self.hits += hit
        return hit

    def show(self) -> dict[str, Any]:
        """The rule as the control endpoint tells it."""
        scope = {"method": self.method, "path": self.path} if self.of_calls else {"event": self.event}
        rest = {name: getattr(self, name) for name in ("probability", "times", "seconds", "copies", "matched", "hits")}
        return {"ruleId": self.rule_id, "kind": self.kind.value, **scope, **rest}

    def spread(self) -> float:
        """A share of its seconds, by its own chance."""
        return self._chance.uniform(0.0, self.seconds)


def parse_rule(body: Any, rule_id: str, seed: int) -> Rule:
    """Read a rule as it is posted; RuleError names what is wrong with it."""
    if not isinstance(body, dict):
        raise RuleError("rule: must be an object")
    try:
        kind = Kind(body.get("kind", ""))
    except ValueError:
        raise RuleError(f"kind: must be one of {', '.join(Kind)}") from None
    allowed = {"kind", "probability", "times", "seconds", "copies", *(("method", "path") if kind in _CALLS else ())}
    allowed |= {"event"} if kind not in _CALLS and kind not in _STARTED_BY else set()
    if unknown := sorted(body.keys() - allowed):
        raise RuleError(f"{unknown[0]}: not a field of {kind}")
    return Rule(
        rule_id,
        kind,
        method=_text(body, "method"),
        path=_text(body, "path"),
        event=_STARTED_BY.get(kind) or _text(body, "event"),
        probability=_number(body, "probability", 1.0, 1.0),
        times=int(_number(body, "times", 0, 1_000_000)),
        seconds=_number(body, "seconds", _USUAL_SECONDS.get(kind, 0.0), _LONGEST_SECONDS),
        copies=int(_number(body, "copies", 2, _MOST_COPIES)),
        _chance=random.Random(f"{seed}:{rule_id}"),  # noqa: S311  chance that can be replayed, not a secret
    )


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "*")
    if not isinstance(value, str) or not value:
        raise RuleError(f"{name}: must be a pattern such as /v1/refunds*")
    return value


def _number(body: dict[str, Any], name: str, usual: float, most: float) -> float:
    value = body.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise RuleError(f"{name}: must be a number from 0 to {most:g}")
    return value
