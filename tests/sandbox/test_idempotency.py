"""Idempotency keys behave as Stripe documents them."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
import stripe

from sandbox.errors import ApiError
from sandbox.faults import Fault, Faults
from sandbox.forms import Value
from sandbox.server import Options, Running, running
from tests.sandbox.conftest import connected

KEY = {"idempotency_key": "k1"}
INTENT = {"amount": 2599, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}


class Scripted(Faults):
    """Does to the next call what the test says."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def for_call(self, method: str, path: str, form: dict[str, Value]) -> Fault:  # noqa: ARG002 the seam's signature
        fault, self.fault = self.fault, Fault()
        return fault


class TestKey:
    async def test_repeats_the_answer_and_says_so(self, client: stripe.StripeClient) -> None:
        first = await client.v1.payment_intents.create_async(INTENT, KEY)
        second = await client.v1.payment_intents.create_async(INTENT, KEY)
        assert first.id == second.id
        assert "Idempotent-Replayed" not in first.last_response.headers
        assert second.last_response.headers["Idempotent-Replayed"] == "true"
        assert len((await client.v1.charges.list_async()).data) == 1

    async def test_refuses_other_parameters(self, client: stripe.StripeClient) -> None:
        await client.v1.payment_intents.create_async(INTENT, KEY)
        with pytest.raises(stripe.IdempotencyError) as caught:
            await client.v1.payment_intents.create_async({**INTENT, "amount": 2600}, KEY)
        assert caught.value.http_status == 400

    async def test_refuses_another_endpoint(self, client: stripe.StripeClient) -> None:
        intent = await client.v1.payment_intents.create_async(INTENT, KEY)
        with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
            await client.v1.refunds.create_async({"payment_intent": intent.id}, KEY)

    async def test_repeats_a_decline(self, client: stripe.StripeClient) -> None:
        declined = {**INTENT, "payment_method": "pm_card_chargeDeclined"}
        for _ in range(2):
            with pytest.raises(stripe.CardError):
                await client.v1.payment_intents.create_async(declined, KEY)
        assert len((await client.v1.charges.list_async()).data) == 1

    async def test_is_not_used_up_by_a_request_that_fails_validation(self, client: stripe.StripeClient) -> None:
        with pytest.raises(stripe.InvalidRequestError):
            await client.v1.payment_intents.create_async({**INTENT, "amount": 1}, KEY)
        assert (await client.v1.payment_intents.create_async(INTENT, KEY)).status == "succeeded"

    async def test_is_forgotten_after_a_day(self, client: stripe.StripeClient, tmp_path: Path) -> None:
        first = await client.v1.payment_intents.create_async(INTENT, KEY)
        with sqlite3.connect(tmp_path / "sandbox.sqlite") as database:
            database.execute("UPDATE idempotency_keys SET created = created - 86401")
        database.close()
        assert (await client.v1.payment_intents.create_async(INTENT, KEY)).id != first.id


class TestKeyUnderFaults:
    async def test_in_flight_is_a_conflict(self, tmp_path: Path) -> None:
        async with running(Options(data=tmp_path), Scripted(Fault(delay=0.3))) as ports, connected(ports.port) as sdk:
            first = asyncio.create_task(sdk.v1.payment_intents.create_async(INTENT, KEY))
            await asyncio.sleep(0.1)
            with pytest.raises(stripe.StripeError) as caught:
                await sdk.v1.payment_intents.create_async(INTENT, KEY)
            assert (caught.value.http_status, caught.value.error.code) == (409, "idempotency_key_in_use")
            intent = await first
            assert (await sdk.v1.payment_intents.create_async(INTENT, KEY)).id == intent.id

    @pytest.mark.parametrize(("fault", "charges"), [(Fault(fail_before=True), 0), (Fault(fail_after=True), 1)])
    async def test_repeats_a_500(self, tmp_path: Path, fault: Fault, charges: int) -> None:
        async with running(Options(data=tmp_path), Scripted(fault)) as ports, connected(ports.port) as sdk:
            for _ in range(2):
                with pytest.raises(stripe.APIError) as caught:
                    await sdk.v1.payment_intents.create_async(INTENT, KEY)
                assert caught.value.http_status == 500
            assert len((await sdk.v1.charges.list_async()).data) == charges

    async def test_is_not_used_up_by_a_rate_limit(self, tmp_path: Path) -> None:
        busy = ApiError(429, "invalid_request_error", "Too many requests", code="rate_limit", saved=False)
        async with running(Options(data=tmp_path), Scripted(Fault(refuse=busy))) as ports, connected(ports.port) as sdk:
            with pytest.raises(stripe.RateLimitError):
                await sdk.v1.payment_intents.create_async(INTENT, KEY)
            assert (await sdk.v1.payment_intents.create_async(INTENT, KEY)).status == "succeeded"

    async def test_a_timeout_after_the_effect_leaves_the_answer(self, tmp_path: Path) -> None:
        async with running(Options(data=tmp_path), Scripted(Fault(withhold=0.4))) as ports:
            async with connected(ports.port, patience=0.1) as hasty:
                with pytest.raises(stripe.APIConnectionError):
                    await hasty.v1.payment_intents.create_async(INTENT, KEY)
            async with connected(ports.port) as sdk:
                await asyncio.sleep(0.4)
                intent = await sdk.v1.payment_intents.create_async(INTENT, KEY)
                assert intent.last_response.headers["Idempotent-Replayed"] == "true"


class TestStore:
    async def test_survives_a_restart(self, tmp_path: Path) -> None:
        async with running(Options(data=tmp_path)) as ports, connected(ports.port) as sdk:
            first = await sdk.v1.payment_intents.create_async(INTENT, KEY)
        async with running(Options(data=tmp_path)) as ports, connected(ports.port) as sdk:
            assert (await sdk.v1.payment_intents.retrieve_async(first.id)).status == "succeeded"
            assert (await sdk.v1.payment_intents.create_async(INTENT, KEY)).id == first.id


def test_ports_are_the_ones_taken(sandbox: Running) -> None:
    assert sandbox.port != sandbox.smtp_port
