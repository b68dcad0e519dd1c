"""Faults that are set while the sandbox runs, seen through the official SDK."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from sandbox.server import Options, Running, running
from tests.sandbox.conftest import connected
from tests.sandbox.test_idempotency import INTENT, KEY
from tests.sandbox.test_intents import make
from tests.sandbox.test_webhooks import SECRET, Listener, listening

CREATE = {"method": "POST", "path": "/v1/payment_intents"}
SUCCEEDED = "payment_intent.succeeded"


async def control(port: int, method: str = "GET", body: Any = None, path: str = "faults") -> httpx.Response:
    async with httpx.AsyncClient() as http:
        return await http.request(method, f"http://127.0.0.1:{port}/_sandbox/{path}", json=body)


async def wreck(port: int, *rules: dict[str, Any], **options: Any) -> None:
    answer = await control(port, "POST", {"rules": list(rules), **options})
    assert answer.status_code == 200, answer.text


async def charges(client: stripe.StripeClient) -> int:
    return len((await client.v1.charges.list_async()).data)


class TestCalls:
    @pytest.mark.parametrize(("kind", "charged"), [("error_before", 0), ("error_after", 1)])
    async def test_a_500(self, client: stripe.StripeClient, sandbox: Running, kind: str, charged: int) -> None:
        await wreck(sandbox.port, {"kind": kind, **CREATE, "times": 1})
        with pytest.raises(stripe.APIError) as caught:
            await make(client, confirm=True)
        assert (caught.value.http_status, await charges(client)) == (500, charged)
        await make(client, confirm=True)
        assert await charges(client) == charged + 1

    async def test_a_timeout_after_the_effect(self, sandbox: Running) -> None:
        await wreck(sandbox.port, {"kind": "timeout_after", "seconds": 1, **CREATE, "times": 1})
        async with connected(sandbox.port, patience=0.3) as hasty:
            with pytest.raises(stripe.APIConnectionError):
                await hasty.v1.payment_intents.create_async(INTENT, KEY)
            again = await hasty.v1.payment_intents.create_async(INTENT, KEY)
            assert again.last_response.headers["Idempotent-Replayed"] == "true"
            assert await charges(hasty) == 1

    async def test_latency(self, client: stripe.StripeClient, sandbox: Running) -> None:
        await wreck(sandbox.port, {"kind": "latency", "seconds": 0.2, "path": "/v1/charges"})
        begun = time.monotonic()
        await charges(client)
        assert time.monotonic() - begun >= 0.2

    async def test_a_rate_limit(self, client: stripe.StripeClient, sandbox: Running) -> None:
        await wreck(sandbox.port, {"kind": "rate_limit", "times": 2})
        for _ in range(2):
            with pytest.raises(stripe.RateLimitError):
                await make(client)
        assert (await make(client)).status == "requires_confirmation"

    async def test_only_what_the_path_names(self, client: stripe.StripeClient, sandbox: Running) -> None:
        await wreck(sandbox.port, {"kind": "error_after", "path": "/v1/payment_intents/*/confirm"})
        intent = await make(client)
        with pytest.raises(stripe.APIError):
            await client.v1.payment_intents.confirm_async(intent.id)
        assert (await client.v1.payment_intents.retrieve_async(intent.id)).status == "succeeded"

    async def test_the_same_seed_strikes_the_same_calls(self, client: stripe.StripeClient, sandbox: Running) -> None:
        runs = []
        for seed in (7, 7, 8):
            await control(sandbox.port, "DELETE")
            await wreck(sandbox.port, {"kind": "rate_limit", "probability": 0.5}, seed=seed)
            runs.append([await refused(client) for _ in range(24)])
        assert runs[0] == runs[1] != runs[2]
        assert 0 < sum(runs[0]) < 24

    async def test_none_after_they_are_cleared(self, client: stripe.StripeClient, sandbox: Running) -> None:
        await wreck(sandbox.port, {"kind": "error_before"})
        await control(sandbox.port, "DELETE")
        assert (await make(client)).id
        assert (await control(sandbox.port)).json()["rules"] == []


async def refused(client: stripe.StripeClient) -> bool:
    try:
        await client.v1.charges.list_async()
    except stripe.RateLimitError:
        return True
    return False


@asynccontextmanager
async def told(data: Path, listener: Listener) -> AsyncIterator[tuple[int, stripe.StripeClient]]:
    """A sandbox that tells the listener, and the SDK."""
    async with listening(listener) as url:
        options = Options(data=data, webhook_url=url, webhook_secret=SECRET)
        async with running(options) as ports, connected(ports.port) as client:
            yield ports.port, client


async def heard(listener: Listener, count: int, seconds: float = 5) -> list[str]:
    return [(await asyncio.wait_for(listener.events.get(), seconds)).type for _ in range(count)]


async def settled(port: int, name: str, **wanted: int) -> None:
    async with asyncio.timeout(5):
        while (await control(port)).json()[name] != wanted:
            await asyncio.sleep(0.02)


class TestWebhooks:
    async def test_come_five_times(self, tmp_path: Path) -> None:
        async with told(tmp_path, listener := Listener()) as (port, client):
            await wreck(port, {"kind": "duplicate", "copies": 5, "event": SUCCEEDED})
            await make(client, confirm=True)
            kinds = await heard(listener, 7)
        assert kinds.count(SUCCEEDED) == 5

    async def test_come_in_any_order(self, tmp_path: Path) -> None:
        async with told(tmp_path, listener := Listener()) as (port, client):
            await wreck(port, {"kind": "shuffled", "seconds": 0.5}, seed=3)
            made = [(await make(client)).id for _ in range(6)]
            events = [await asyncio.wait_for(listener.events.get(), 5) for _ in range(6)]
        came = [event.data.object["id"] for event in events]
        assert sorted(came) == sorted(made)
        assert came != made

    async def test_come_ten_minutes_late_by_a_clock_that_runs_faster(self, tmp_path: Path) -> None:
        async with told(tmp_path, listener := Listener()) as (port, client):
            await wreck(port, {"kind": "late", "event": SUCCEEDED}, timeScale=0.001)
            begun = time.monotonic()
            await make(client, confirm=True)
            kinds = await heard(listener, 3)
        assert kinds[-1] == SUCCEEDED
        assert time.monotonic() - begun >= 0.6

    async def test_are_lost(self, tmp_path: Path) -> None:
        async with told(tmp_path, listener := Listener()) as (port, client):
            await wreck(port, {"kind": "lost", "event": SUCCEEDED})
            await make(client, confirm=True)
            assert SUCCEEDED not in await heard(listener, 2)
            await settled(port, "waiting", deliveries=0, consequences=0)
        assert listener.events.empty()

    @pytest.mark.parametrize(("kind", "why"), [("forged", "No signatures found"), ("stale", "Timestamp outside")])
    async def test_false_ones_come_besides(self, tmp_path: Path, kind: str, why: str) -> None:
        refusals: list[str] = []
        listener = Wary(refusals)
        async with told(tmp_path, listener) as (port, client):
            await wreck(port, {"kind": kind, "copies": 3, "event": SUCCEEDED})
            await make(client, confirm=True)
            assert SUCCEEDED in await heard(listener, 3)
            await settled(port, "forgeries", sent=3, taken=0, refused=3)
        assert [why in refusal for refusal in refusals] == [True] * 3


class Wary(Listener):
    """Refuses what is not signed well, and keeps why."""

    def __init__(self, refusals: list[str]) -> None:
        super().__init__()
        self.reasons = refusals

    async def take(self, request: Any) -> Any:
        from aiohttp import web

        try:
            return await super().take(request)
        except stripe.SignatureVerificationError as error:
            self.reasons.append(str(error))
            return web.Response(status=400)


class TestRefundFailure:
    async def test_comes_after_the_refund_and_gives_the_money_back(self, tmp_path: Path) -> None:
        async with told(tmp_path, listener := Listener()) as (port, client):
            await wreck(port, {"kind": "refund_failure", "seconds": 0.2})
            intent = await make(client, confirm=True)
            refund = await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 1000})
            assert refund.status == "succeeded"
            kinds = await heard(listener, 7)
            failed = await client.v1.refunds.retrieve_async(refund.id)
            charge = await client.v1.charges.retrieve_async(intent.latest_charge)
            entries = await client.v1.balance_transactions.list_async()
        assert kinds[-2:] == ["refund.failed", "charge.refund.updated"]
        assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
        assert (charge.amount_refunded, charge.refunded) == (0, False)
        assert [(entry.type, entry.amount) for entry in entries.data] == [
            ("refund_failure", 1000),
            ("refund", -1000),
            ("charge", 2599),
        ]

    async def test_comes_of_a_card(self, client: stripe.StripeClient) -> None:
        intent = await make(client, "pm_card_refundFail", confirm=True)
        refund = await client.v1.refunds.create_async({"payment_intent": intent.id})
        async with asyncio.timeout(5):
            while (await client.v1.refunds.retrieve_async(refund.id)).status != "failed":
                await asyncio.sleep(0.05)


class TestControl:
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"rules": [{"kind": "earthquake"}]}, "kind"),
            ({"rules": [{"kind": "latency", "seconds": -1}]}, "seconds"),
            ({"rules": [{"kind": "latency", "probability": 2}]}, "probability"),
            ({"rules": [{"kind": "latency", "event": "charge.*"}]}, "event"),
            ({"rules": [{"kind": "late", "path": "/v1/*"}]}, "path"),
            ({"rules": [{"kind": "late"}, 3]}, "rule"),
            ({"seed": "x"}, "seed"),
            ({"timeScale": 9}, "timeScale"),
            ({"rule": []}, "rule"),
            ([], "body"),
        ],
    )
    async def test_names_what_is_wrong_and_takes_nothing(self, sandbox: Running, body: Any, field: str) -> None:
        answer = await control(sandbox.port, "POST", body)
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith(f"{field}:")
        assert (await control(sandbox.port)).json()["rules"] == []

    async def test_counts_what_was_struck(self, client: stripe.StripeClient, sandbox: Running) -> None:
        await wreck(sandbox.port, {"kind": "rate_limit", "path": "/v1/charges", "times": 1})
        assert [await refused(client) for _ in range(3)] == [True, False, False]
        (rule,) = (await control(sandbox.port)).json()["rules"]
        assert (rule["ruleId"], rule["matched"], rule["hits"]) == ("f1", 3, 1)
