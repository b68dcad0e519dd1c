"""T9: a payment provider that fails after the effect, keeps its answers back, and tells everything five times."""

import asyncio
from typing import Any

import httpx

from tests.chaos.lab import Lab
from tests.chaos.outages import shop

# What goes wrong at once, each by its own chance.
_RULES: tuple[dict[str, Any], ...] = (
    {"kind": "error_after", "method": "POST", "path": "/v1/*", "probability": 0.3},
    {"kind": "timeout_after", "method": "POST", "path": "/v1/*", "probability": 0.2, "seconds": 10},
    {"kind": "rate_limit", "path": "/v1/*", "probability": 0.05},
    {"kind": "duplicate", "copies": 5},
    {"kind": "shuffled", "seconds": 5},
    {"kind": "late", "probability": 0.1},
    {"kind": "forged", "probability": 0.2},
    {"kind": "stale", "probability": 0.1},
)
_SETTLE_SECONDS = 60.0


async def bad_provider(lab: Lab, count: int = 0) -> None:
    """T9: people buy, and cancel a part of what they bought."""
    goods = await lab.goods("Credit note")
    count = count or max(lab.checkouts // 20, 20)
    async with httpx.AsyncClient(base_url=f"{lab.stack.urls['sandbox']}/_sandbox") as control:
        set_up = await control.post("/faults", json={"rules": list(_RULES), "seed": lab.seed})
        lab.expect(set_up.is_success, set_up.text)
        try:
            await shop(lab, goods, count, at_once=10)
            paid = [each for each in lab.market.operations if each.last.body.get("status") == "PAID"]
            for operation in lab.rng.sample(paid, len(paid) // 4):
                await lab.market.keyed(operation.buyer, f"/orders/{operation.order_id}:cancel", {})
        finally:
            state = (await control.request("DELETE", "/faults")).json()
    forgeries = state["forgeries"]
    lab.expect(not forgeries["taken"], f"forged webhooks were taken: {forgeries}")
    await _money_is_back(lab)
    lab.note(f"{lab.market.counts()}; {forgeries['refused']} forged webhooks refused")


async def _money_is_back(lab: Lab) -> None:
    """What was cancelled is refunded, however often the provider failed."""
    open_refunds = "SELECT count(*) FROM payment.refunds WHERE state = 'PENDING'"
    async with lab.database() as database:
        for _ in range(int(_SETTLE_SECONDS)):
            if not await database.fetchval(open_refunds):
                return
            await asyncio.sleep(1)
    lab.problems.append("refunds are still pending")
