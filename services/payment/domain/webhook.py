"""A provider's webhook: a hint that something may have changed, never the truth itself."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass

from mesh.errors import InvalidArgument

ABOUT_PAYMENTS = "payment_intent."
_ABOUT_DISPUTES = "charge.dispute."
_ABOUT_REFUNDS = ("refund.", "charge.refund.")
# Made by our own call, whose answer we have.
_NO_NEWS = frozenset({"payment_intent.created", "refund.created"})


@dataclass(frozen=True, slots=True)
class Webhook:
    """One event as it came, after its signature was checked."""

    provider: str
    event_id: str
    type: str
    object_reference: str
    payload: bytes

    @property
    def matters(self) -> bool:
        """Whether it is about something that we follow."""
        return self.type not in _NO_NEWS and (
            is_about_payment(self.type) or is_about_refund(self.type) or is_about_dispute(self.type)
        )


def is_about_payment(kind: str) -> bool:
    return kind.startswith(ABOUT_PAYMENTS)


def is_about_refund(kind: str) -> bool:
    return kind.startswith(_ABOUT_REFUNDS)


def is_about_dispute(kind: str) -> bool:
    return kind.startswith(_ABOUT_DISPUTES)


def verify_signature(payload: bytes, header: str, secrets: Sequence[str], now: float, tolerance: float) -> None:
    """Check `t=<seconds>,v1=<hex>`, any number of v1: https://docs.stripe.com/webhooks#verify-manually.

    Raises InvalidArgument for a forged one, and for one whose time is further from `now` than `tolerance` seconds.
    """
    pairs = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = [value for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not times[0].isdecimal() or not signatures:
        raise _forged("The signature header is malformed.")
    signed = times[0].encode() + b"." + payload
    expected = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets if secret]
    if not any(hmac.compare_digest(good.encode(), given.encode()) for good in expected for given in signatures):
        raise _forged("No signature matches.")
    if abs(now - int(times[0])) > tolerance:
        raise _forged("The signature is too old, or from the future.")


def _forged(message: str) -> InvalidArgument:
    return InvalidArgument("WEBHOOK_SIGNATURE_INVALID", message)


def parse_stripe(payload: bytes, *, livemode: bool) -> Webhook:
    """Read what is needed of an event. Raises InvalidArgument for no event, and for one of the other mode."""
    try:
        event = json.loads(payload)
        mode = event["livemode"]
        webhook = Webhook("stripe", event["id"], event["type"], event["data"]["object"].get("id", ""), payload)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _malformed() from None
    if not all(isinstance(text, str) for text in (webhook.event_id, webhook.type, webhook.object_reference)):
        raise _malformed()
    if mode is not livemode:
        raise InvalidArgument("WEBHOOK_REFUSED", "The event is of another mode than this market.")
    return webhook


def _malformed() -> InvalidArgument:
    return InvalidArgument("WEBHOOK_MALFORMED", "The body is no event.")
