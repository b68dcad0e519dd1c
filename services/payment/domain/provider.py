"""What a payment provider can answer besides a result."""

from dataclasses import dataclass


class OutcomeUnknown(Exception):
    """The call may or may not have had its effect: only the provider's object can tell.

    `answered` is set where the provider has ended the call with an error of its own: it keeps that answer for the key,
    so another try needs another one.
    """

    def __init__(self, detail: str, *, answered: bool = False) -> None:
        super().__init__(detail)
        self.answered = answered


class Refused(Exception):
    """The provider has refused the call, with its reason; it had no effect."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """A payment as the provider lists it, for comparison with ours."""

    reference: str
    captured: int
    create_time: float
    # When it was charged last, or made.
    update_time: float
