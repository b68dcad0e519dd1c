"""Delivers events as signed webhooks, again and again until they are taken."""

import asyncio
import json
import logging
import time

import aiohttp

from sandbox.due import Due
from sandbox.forgery import forge
from sandbox.shapes import Body
from sandbox.signature import sign
from sandbox.store import Store

_LOG = logging.getLogger(__name__)
_BATCH = 50
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_SLOWEST_RETRY = 60.0
_GIVEN_UP_AFTER = 3 * 86400
_OK = range(200, 300)


class Deliverer:
    """Sends what is due in the store's queue; a restart goes on where it stopped."""

    def __init__(self, store: Store, url: str, secret: str) -> None:
        self._store = store
        self._url = url
        self._secret = secret
        self._due_work = Due(self._deliver_due, self._next_time)

    def wake(self) -> None:
        """There may be something new to deliver."""
        self._due_work.wake()

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as self._http:
            await self._due_work.run()

    async def _deliver_due(self) -> bool:
        due, forgeries = self._due(), self._forgeries()
        await asyncio.gather(*(self._deliver(*row) for row in due), *(self._send_forgery(*row) for row in forgeries))
        return bool(due or forgeries)

    def _next_time(self) -> float | None:
        next_time: float | None = self._store.query("SELECT min(due) FROM deliveries")[0][0]
        return next_time

    def _due(self) -> list[tuple[int, str, int]]:
        return self._store.query(
            "SELECT seq, event_id, attempt FROM deliveries WHERE due <= ? ORDER BY due, seq LIMIT ?",
            time.time(),
            _BATCH,
        )

    def _forgeries(self) -> list[tuple[int, str, str]]:
        return self._store.query("SELECT seq, event_id, kind FROM forgeries WHERE status IS NULL LIMIT ?", _BATCH)

    async def _deliver(self, seq: int, event_id: str, attempt: int) -> None:
        event = self._store.find(event_id)
        if event is None or await self._send(event):
            self._done(seq, event)
            return
        if event["created"] < time.time() - _GIVEN_UP_AFTER:
            self._store.query("DELETE FROM deliveries WHERE seq = ?", seq)
            return
        pause = min(0.5 * 2**attempt, _SLOWEST_RETRY)
        self._store.query(
            "UPDATE deliveries SET attempt = attempt + 1, due = ? WHERE seq = ?", time.time() + pause, seq
        )

    async def _send(self, event: Body) -> bool:
        payload = json.dumps(event, indent=2).encode()
        status = await self._post(event["id"], payload, sign(payload, self._secret, int(time.time())))
        return status in _OK

    async def _send_forgery(self, seq: int, event_id: str, kind: str) -> None:
        """Once: whatever the answer is, it is only counted."""
        event = self._store.find(event_id)
        status = 0 if event is None else await self._post(event_id, *forge(kind, event, self._secret))
        self._store.query("UPDATE forgeries SET status = ? WHERE seq = ?", status, seq)

    async def _post(self, event_id: str, payload: bytes, signature: str) -> int:
        """The status of the answer, 0 where none came."""
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            async with self._http.post(self._url, data=payload, headers=headers, allow_redirects=False) as answer:
                if answer.status not in _OK:
                    _LOG.info("webhook %s: %s", event_id, answer.status)
                return answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            _LOG.info("webhook %s: %s", event_id, type(error).__name__)
            return 0

    def _done(self, seq: int, event: Body | None) -> None:
        with self._store.transaction():
            self._store.query("DELETE FROM deliveries WHERE seq = ?", seq)
            if event is not None:
                self._store.put(event | {"pending_webhooks": 0})
