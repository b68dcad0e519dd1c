"""False webhooks, such as a stranger or an eavesdropper would send."""

import json
import secrets
import time

from sandbox.shapes import Body, new_id
from sandbox.signature import sign

_STALE_SECONDS = 3_600


def forge(kind: str, event: Body, secret: str) -> tuple[bytes, str]:
    """A payload and its `Stripe-Signature`.

    `forged` claims a success and is signed with a guess; `stale` is genuine, but signed an hour ago.
    """
    now = int(time.time())
    if kind == "stale":
        payload = json.dumps(event, indent=2).encode()
        return payload, sign(payload, secret, now - _STALE_SECONDS)
    claimed = event["data"]["object"] | {"status": "succeeded"}
    payload = json.dumps(event | {"id": new_id("evt"), "data": {"object": claimed}}, indent=2).encode()
    return payload, sign(payload, f"whsec_{secrets.token_hex(16)}", now)
