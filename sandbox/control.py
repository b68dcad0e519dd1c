"""The control endpoint, which no real provider has: it sets faults and makes buyers' banks act."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox import disputes
from sandbox.errors import ApiError
from sandbox.injected import Injected
from sandbox.rules import RuleError
from sandbox.session import Session
from sandbox.store import Store

_REFUSED = 400


class Control:
    """`/_sandbox/faults` and `/_sandbox/disputes`."""

    def __init__(self, store: Store, faults: Injected, raised: Callable[[], None]) -> None:
        """`raised` is called after a commit that raised events."""
        self._store = store
        self._faults = faults
        self._raised = raised

    def routes(self) -> list[web.RouteDef]:
        """Where it listens."""
        return [
            web.get("/_sandbox/faults", self._show),
            web.post("/_sandbox/faults", self._add),
            web.delete("/_sandbox/faults", self._clear),
            web.post("/_sandbox/disputes", self._dispute),
        ]

    async def _show(self, _request: web.Request) -> web.Response:
        return web.json_response(self._faults.show() | {"forgeries": self._forgeries(), "waiting": self._waiting()})

    async def _add(self, request: web.Request) -> web.Response:
        try:
            self._faults.add(await request.json())
        except RuleError as error:
            return _refusal(str(error))
        except ValueError:
            return _refusal("body: must be JSON")
        return await self._show(request)

    async def _clear(self, request: web.Request) -> web.Response:
        self._faults.clear()
        return await self._show(request)

    async def _dispute(self, request: web.Request) -> web.Response:
        """`{"paymentIntent": "pi_…", "reason": "fraudulent"}`, or `charge`: the buyer disputes it now."""
        try:
            body: dict[str, Any] = await request.json()
            session = Session(self._store, self._faults)
            with self._store.transaction():
                charge = body.get("charge") or session.load("payment_intent", body["paymentIntent"])["latest_charge"]
                dispute = disputes.begin(session, str(charge), body.get("reason", "fraudulent"))
        except ApiError as error:
            return web.json_response(error.body, status=error.status)
        except (ValueError, KeyError, TypeError, AttributeError):
            return _refusal("paymentIntent: is required")
        self._raised()
        return web.json_response(dispute)

    def _forgeries(self) -> dict[str, int]:
        rows = self._store.query("SELECT status FROM forgeries WHERE status IS NOT NULL")
        taken = sum(1 for (status,) in rows if status in range(200, 300))
        refused = sum(1 for (status,) in rows if status in range(400, 500))
        return {"sent": len(rows), "taken": taken, "refused": refused}

    def _waiting(self) -> dict[str, int]:
        """What has not arrived or happened yet."""
        counts = {table: f"SELECT count(*) FROM {table}" for table in ("deliveries", "consequences")}  # noqa: S608 fixed names
        return {table: self._store.query(sql)[0][0] for table, sql in counts.items()}


def _refusal(message: str) -> web.Response:
    return web.json_response({"error": {"message": message}}, status=_REFUSED)
