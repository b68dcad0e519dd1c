"""Webhooks: genuine ones are applied from the provider's object, all others leave nothing behind."""

from typing import Any

import httpx
import pytest
from souk.payment.v1.payment_pb2 import PaymentState

from mesh.errors import InvalidArgument
from tests.services.payment.conftest import Till, request

State = PaymentState.Value
JOB = "payment-apply-webhooks"


def event(kind: str, reference: str, event_id: str = "evt_1", *, livemode: bool = False) -> dict[str, Any]:
    return {"id": event_id, "type": kind, "livemode": livemode, "data": {"object": {"id": reference}}}


async def authenticated(till: Till) -> tuple[Any, Any]:
    """A payment that the buyer has confirmed while we were not told."""
    asked = request("pm_card_authenticationRequired")
    waiting = await till.start(asked)
    async with httpx.AsyncClient() as browser:
        await browser.post(f"{till.origin}/authenticate/{waiting.client_secret}")
    return asked, waiting


async def stored(till: Till) -> list[str]:
    return [row["state"] for row in await till.market.rows("SELECT state FROM payment.webhook_events ORDER BY id")]


class TestWebhook:
    async def test_tells_of_a_payment(self, till: Till) -> None:
        _, waiting = await authenticated(till)
        await till.webhook(event("payment_intent.succeeded", waiting.provider_reference))
        await till.run_job(JOB)
        assert await till.market.events("payment") == ["PaymentRequiresAction", "PaymentCaptured"]
        assert await stored(till) == ["APPLIED"]

    async def test_twice_has_one_effect(self, till: Till) -> None:
        _, waiting = await authenticated(till)
        for event_id in ("evt_1", "evt_1", "evt_2"):
            await till.webhook(event("payment_intent.succeeded", waiting.provider_reference, event_id))
        await till.run_job(JOB)
        assert await till.market.events("payment") == ["PaymentRequiresAction", "PaymentCaptured"]
        assert await stored(till) == ["APPLIED", "APPLIED"]

    async def test_what_it_says_is_not_believed(self, till: Till) -> None:
        waiting = await till.start(request("pm_card_authenticationRequired"))
        await till.webhook(event("payment_intent.succeeded", waiting.provider_reference))
        await till.run_job(JOB)
        assert await till.market.events("payment") == ["PaymentRequiresAction"]

    async def test_a_late_one_steps_nothing_back(self, till: Till) -> None:
        asked, paid = await till.paid()
        for kind in ("payment_intent.requires_action", "payment_intent.payment_failed", "payment_intent.canceled"):
            await till.webhook(event(kind, paid.provider_reference, f"evt_{kind}"))
        await till.run_job(JOB)
        assert (await till.status(asked.payment_id)).state == State.CAPTURED
        assert await till.market.events("payment") == ["PaymentCaptured"]

    async def test_of_an_unknown_type_is_kept_and_ignored(self, till: Till) -> None:
        await till.webhook(event("customer.created", "cus_1"))
        await till.run_job(JOB)
        assert await stored(till) == ["IGNORED"]

    async def test_before_its_payment_waits(self, till: Till) -> None:
        await till.webhook(event("payment_intent.succeeded", "pi_unknown"))
        await till.run_job(JOB)
        assert await stored(till) == ["RECEIVED"]
        await till.market.rows("UPDATE payment.webhook_events SET check_count = 8, check_time = now()")
        await till.run_job(JOB)
        assert await stored(till) == ["IGNORED"]

    @pytest.mark.parametrize(("secret", "age"), [("whsec_forged", 0), ("whsec_new", 301), ("whsec_new", -301)])
    async def test_forged_or_stale_leaves_nothing(self, till: Till, secret: str, age: int) -> None:
        with pytest.raises(InvalidArgument, match="WEBHOOK_SIGNATURE_INVALID"):
            await till.webhook(event("payment_intent.succeeded", "pi_1"), secret=secret, age=age)
        assert await stored(till) == []

    async def test_is_forgotten_after_a_month(self, till: Till) -> None:
        for event_id in ("evt_1", "evt_2"):
            await till.webhook(event("customer.created", "cus_1", event_id))
        await till.market.rows(
            "UPDATE payment.webhook_events SET receive_time = now() - interval '31 days' "
            "WHERE provider_event_id = 'evt_1'"
        )
        await till.run_job("payment-forget-webhooks")
        assert await stored(till) == ["IGNORED"]

    async def test_takes_the_old_secret_while_it_is_changed(self, till: Till) -> None:
        await till.webhook(event("payment_intent.succeeded", "pi_1"), secret="whsec_old")
        assert await stored(till) == ["RECEIVED"]

    async def test_of_the_other_mode_is_refused(self, till: Till) -> None:
        with pytest.raises(InvalidArgument, match="WEBHOOK_REFUSED"):
            await till.webhook(event("payment_intent.succeeded", "pi_1", livemode=True))
        assert await stored(till) == []
