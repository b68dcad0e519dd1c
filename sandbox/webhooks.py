"""Delivers events as signed webhooks, again and again until they are taken."""

import asyncio
import hashlib
import hmac
import json
import logging
import time

import aiohttp

from sandbox.shapes import Body
from sandbox.store import Store

_LOG = logging.getLogger(__name__)
_BATCH = 50
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_SLOWEST_RETRY = 60.0
_GIVEN_UP_AFTER = 3 * 86400
_OK = range(200, 300)


def sign(payload: bytes, secret: str, timestamp: int) -> str:
    """The `Stripe-Signature` header of a payload."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Deliverer:
    """Sends what is due in the store's queue; a restart goes on where it stopped."""

    def __init__(self, store: Store, url: str, secret: str) -> None:
        self._store = store
        self._url = url
        self._secret = secret
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something new to deliver."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            while True:
                self._woken.clear()
                due = self._due()
                await asyncio.gather(*(self._deliver(session, *row) for row in due))
                if not due:
                    await self._rest()

    async def _rest(self) -> None:
        rows = self._store.query("SELECT min(due) FROM deliveries")
        pause = 60.0 if rows[0][0] is None else max(rows[0][0] - time.time(), 0.01)
        try:
            await asyncio.wait_for(self._woken.wait(), pause)
        except TimeoutError:
            return

    def _due(self) -> list[tuple[int, str, int]]:
        return self._store.query(
            "SELECT seq, event_id, attempt FROM deliveries WHERE due <= ? ORDER BY due, seq LIMIT ?",
            time.time(),
            _BATCH,
        )

    async def _deliver(self, session: aiohttp.ClientSession, seq: int, event_id: str, attempt: int) -> None:
        event = self._store.find(event_id)
        if event is None or await self._send(session, event):
            self._done(seq, event)
            return
        if event["created"] < time.time() - _GIVEN_UP_AFTER:
            self._store.query("DELETE FROM deliveries WHERE seq = ?", seq)
            return
        pause = min(0.5 * 2**attempt, _SLOWEST_RETRY)
        self._store.query(
            "UPDATE deliveries SET attempt = attempt + 1, due = ? WHERE seq = ?", time.time() + pause, seq
        )

    async def _send(self, session: aiohttp.ClientSession, event: Body) -> bool:
        payload = json.dumps(event, indent=2).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(payload, self._secret, int(time.time())),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            async with session.post(self._url, data=payload, headers=headers, allow_redirects=False) as answer:
                if answer.status not in _OK:
                    _LOG.info("webhook %s: %s", event["id"], answer.status)
                return answer.status in _OK
        except (aiohttp.ClientError, TimeoutError) as error:
            _LOG.info("webhook %s: %s", event["id"], type(error).__name__)
            return False

    def _done(self, seq: int, event: Body | None) -> None:
        with self._store.transaction():
            self._store.query("DELETE FROM deliveries WHERE seq = ?", seq)
            if event is not None:
                self._store.put(event | {"pending_webhooks": 0})
