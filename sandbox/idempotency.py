"""Idempotency keys as Stripe documents them: https://docs.stripe.com/api/idempotent_requests."""

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

from sandbox.errors import ApiError
from sandbox.forms import Value
from sandbox.store import Store

_KEPT_SECONDS = 24 * 3600
_LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Stored:
    """The answer of the first request that came with a key."""

    request_id: str
    status: int
    body: dict[str, Any]


def _refused(status: int, message: str, code: str = "") -> ApiError:
    return ApiError(status, "idempotency_error", message, code=code, saved=False)


def fingerprint(path: str, form: dict[str, Value]) -> str:
    """What makes two requests the same: endpoint and parameters."""
    text = json.dumps(form, sort_keys=True)
    return f"{path} {hashlib.sha256(text.encode()).hexdigest()}"


class Keys:
    """Remembers answers by key for 24 hours, and which keys are in flight."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: set[str] = set()

    def begin(self, key: str, request: str) -> Stored | None:
        """Return the stored answer, or None and mark the key as in flight."""
        if len(key) > _LONGEST_KEY:
            raise _refused(400, f"Idempotency keys may be at most {_LONGEST_KEY} characters long.")
        stored = self._lookup(key, request)
        if stored is not None:
            return stored
        if key in self._running:
            raise _refused(
                409,
                f"There is currently another in-progress request using this Idempotent Key: {key}. "
                "Please try again later.",
                "idempotency_key_in_use",
            )
        self._running.add(key)
        return None

    def end(self, key: str) -> None:
        """The request is over, whatever came of it."""
        self._running.discard(key)

    def save(self, key: str, request: str, answer: Stored) -> None:
        """Keep an answer, in the transaction of its effect."""
        self._store.query(
            "INSERT INTO idempotency_keys (key, request, request_id, status, body, created) VALUES (?, ?, ?, ?, ?, ?)",
            key,
            request,
            answer.request_id,
            answer.status,
            json.dumps(answer.body),
            time.time(),
        )

    def _lookup(self, key: str, request: str) -> Stored | None:
        self._store.query(
            "DELETE FROM idempotency_keys WHERE key = ? AND created < ?", key, time.time() - _KEPT_SECONDS
        )
        rows = self._store.query("SELECT request, request_id, status, body FROM idempotency_keys WHERE key = ?", key)
        if not rows:
            return None
        first, request_id, status, body = rows[0]
        if first != request:
            what = "parameters" if first.split(" ")[0] == request.split(" ")[0] else "endpoint"
            raise _refused(
                400,
                f"Keys for idempotent requests can only be used with the same {what} they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
            )
        return Stored(request_id, status, json.loads(body))
