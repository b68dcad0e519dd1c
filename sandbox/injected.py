"""Faults by rule, as they are set while the sandbox runs."""

from collections.abc import Container, Iterable
from typing import Any

from sandbox.errors import ApiError
from sandbox.faults import Fault, Faults
from sandbox.forms import Value
from sandbox.rules import Kind, Rule, RuleError, parse_rule
from sandbox.shapes import Body

_FORGERIES = {Kind.FORGED, Kind.STALE}
_CONSEQUENCES = {Kind.REFUND_FAILURE, Kind.DISPUTE}
_REAL_TIME = 1.0


class Injected(Faults):
    """What the present rules say; none at first."""

    def __init__(self, subscribed: Container[str]) -> None:
        """Only events of the `subscribed` types are delivered, as a webhook endpoint at Stripe chooses them."""
        self._subscribed = subscribed
        self._rules: list[Rule] = []
        self._made = 0
        self._seed = 0
        # Seconds of the rules are multiplied by it, so that ten minutes need not last so long.
        self._time_scale = _REAL_TIME

    def add(self, body: Any) -> None:
        """Take `{"rules": […], "seed": 7, "timeScale": 0.01}`, all of it or, with a RuleError, nothing."""
        if not isinstance(body, dict) or (unknown := body.keys() - {"rules", "seed", "timeScale"}):
            raise RuleError(f"{min(unknown) if isinstance(body, dict) else 'body'}: not a field of this request")
        seed, scale = body.get("seed", self._seed), body.get("timeScale", self._time_scale)
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise RuleError("seed: must be a whole number")
        if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 <= scale <= 1:
            raise RuleError("timeScale: must be a number from 0 to 1")
        posted = body.get("rules", [])
        if not isinstance(posted, list):
            raise RuleError("rules: must be a list")
        self._rules += [parse_rule(each, f"f{self._made + n}", seed) for n, each in enumerate(posted, 1)]
        self._made, self._seed, self._time_scale = self._made + len(posted), seed, scale

    def clear(self) -> None:
        """Forget all rules; what they began goes on. The next rules begin again, and replay with the same seed."""
        self._rules, self._made, self._seed, self._time_scale = [], 0, 0, _REAL_TIME

    def show(self) -> dict[str, Any]:
        """The present rules, and how often each has struck."""
        return {"seed": self._seed, "timeScale": self._time_scale, "rules": [rule.show() for rule in self._rules]}

    def for_call(self, method: str, path: str, form: dict[str, Value]) -> Fault:  # noqa: ARG002 the seam's signature
        struck = [rule for rule in self._rules if rule.strikes_call(method, path)]
        kinds = {rule.kind for rule in struck}
        return Fault(
            delay=self._seconds(rule.seconds for rule in struck if rule.kind is Kind.LATENCY),
            refuse=_too_many() if Kind.RATE_LIMIT in kinds else None,
            fail_before=Kind.ERROR_BEFORE in kinds,
            fail_after=Kind.ERROR_AFTER in kinds,
            withhold=self._seconds(rule.seconds for rule in struck if rule.kind is Kind.TIMEOUT_AFTER),
        )

    def for_event(self, event: Body) -> tuple[float, ...]:
        if event["type"] not in self._subscribed:
            return ()
        delays = [0.0]
        for rule in self._struck(event, set(Kind) - _FORGERIES - _CONSEQUENCES):
            match rule.kind:
                case Kind.DUPLICATE:
                    delays *= rule.copies
                case Kind.SHUFFLED:
                    delays = [delay + self._seconds([rule.spread()]) for delay in delays]
                case Kind.LATE:
                    delays = [delay + self._seconds([rule.seconds]) for delay in delays]
                case Kind.LOST:
                    return ()
        return tuple(delays)

    def forgeries(self, event: Body) -> tuple[str, ...]:
        if event["type"] not in self._subscribed:
            return ()
        return tuple(rule.kind.value for rule in self._struck(event, _FORGERIES) for _ in range(rule.copies))

    def consequences(self, event: Body) -> tuple[tuple[str, float], ...]:
        struck = self._struck(event, _CONSEQUENCES)
        return tuple((rule.kind.value, self._seconds([rule.seconds])) for rule in struck)

    def _struck(self, event: Body, kinds: set[Kind]) -> list[Rule]:
        return [rule for rule in self._rules if rule.kind in kinds and rule.strikes_event(event["type"])]

    def _seconds(self, seconds: Iterable[float]) -> float:
        return sum(seconds) * self._time_scale


def _too_many() -> ApiError:
    message = "Request rate limit exceeded."
    return ApiError(429, "invalid_request_error", message, code="rate_limit", saved=False)
