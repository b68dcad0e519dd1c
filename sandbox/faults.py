"""Where faults enter: every call and every event asks here first. This one lets all of them through unharmed."""

from dataclasses import dataclass

from sandbox.errors import ApiError
from sandbox.forms import Value
from sandbox.shapes import Body


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one call; by default nothing."""

    # Seconds before the work begins; the call's idempotency key is in flight meanwhile.
    delay: float = 0.0
    # Answered instead of any work and kept by no key, as a rate limit is.
    refuse: ApiError | None = None
    # A 500 without the effect, or after it. Both are kept by the key, as Stripe documents.
    fail_before: bool = False
    fail_after: bool = False
    # Seconds for which the finished answer is kept back.
    withhold: float = 0.0


NONE = Fault()


class Faults:
    """No faults at all."""

    def for_call(self, method: str, path: str, form: dict[str, Value]) -> Fault:  # noqa: ARG002 the seam's signature
        return NONE

    def for_event(self, event: Body) -> tuple[float, ...]:  # noqa: ARG002 the seam's signature
        """Seconds after which the event is delivered: one entry for each delivery."""
        return (0.0,)

    def forgeries(self, event: Body) -> tuple[str, ...]:  # noqa: ARG002 the seam's signature
        """Which false copies of the event are sent besides."""
        return ()

    def consequences(self, event: Body) -> tuple[tuple[str, float], ...]:  # noqa: ARG002 the seam's signature
        """What happens to the event's object later on, each with the seconds until then."""
        return ()
