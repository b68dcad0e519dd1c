"""How Stripe signs its webhooks: https://docs.stripe.com/webhooks#verify-manually."""

import hashlib
import hmac


def sign(payload: bytes, secret: str, timestamp: int) -> str:
    """The `Stripe-Signature` header of a payload."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
