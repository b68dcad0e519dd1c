"""Events, and the signed webhooks that carry them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import stripe
from aiohttp import web

from sandbox.server import Options, running
from tests.sandbox.conftest import connected
from tests.sandbox.test_intents import make

SECRET = "whsec_test"


class Listener:
    """Takes webhooks, after refusing the first few."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.attempts = 0
        self.events: asyncio.Queue[stripe.Event] = asyncio.Queue()

    async def take(self, request: web.Request) -> web.Response:
        self.attempts += 1
        if self.attempts <= self.refusals:
            return web.Response(status=503)
        payload = await request.read()
        self.events.put_nowait(stripe.Webhook.construct_event(payload, request.headers["Stripe-Signature"], SECRET))
        return web.Response()


@asynccontextmanager
async def listening(listener: Listener) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes([web.post("/hook", listener.take)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


class TestWebhooks:
    async def test_are_signed_and_carry_the_object(self, tmp_path: Path) -> None:
        listener = Listener()
        async with listening(listener) as url:
            options = Options(data=tmp_path, webhook_url=url, webhook_secret=SECRET)
            async with running(options) as ports, connected(ports.port) as client:
                intent = await make(client, confirm=True)
                events = [await asyncio.wait_for(listener.events.get(), 5) for _ in range(3)]
        kinds = {event.type for event in events}
        assert kinds == {"payment_intent.created", "charge.succeeded", "payment_intent.succeeded"}
        carried = next(event for event in events if event.type == "payment_intent.succeeded")
        assert carried.data.object["id"] == intent.id

    async def test_are_of_the_subscribed_types_alone(self, tmp_path: Path) -> None:
        listener, wanted = Listener(), ("payment_intent.succeeded",)
        async with listening(listener) as url:
            options = Options(data=tmp_path, webhook_url=url, webhook_secret=SECRET, webhook_events=wanted)
            async with running(options) as ports, connected(ports.port) as client:
                await make(client, confirm=True)
                await make(client)
                event = await asyncio.wait_for(listener.events.get(), 5)
                await asyncio.sleep(0.2)
        assert (event.type, listener.attempts) == ("payment_intent.succeeded", 1)

    async def test_are_sent_again_until_taken(self, tmp_path: Path) -> None:
        listener = Listener(refusals=1)
        async with listening(listener) as url:
            options = Options(data=tmp_path, webhook_url=url, webhook_secret=SECRET)
            async with running(options) as ports, connected(ports.port) as client:
                await make(client)
                event = await asyncio.wait_for(listener.events.get(), 5)
        assert (event.type, listener.attempts) == ("payment_intent.created", 2)

    async def test_wait_in_the_store_for_a_restart(self, tmp_path: Path) -> None:
        nowhere = Options(data=tmp_path, webhook_url="http://127.0.0.1:9/hook", webhook_secret=SECRET)
        async with running(nowhere) as ports, connected(ports.port) as client:
            await make(client)
        listener = Listener()
        async with listening(listener) as url, running(replace(nowhere, webhook_url=url)):
            event = await asyncio.wait_for(listener.events.get(), 5)
        assert event.type == "payment_intent.created"


class TestEvents:
    async def test_are_listed_by_type(self, client: stripe.StripeClient) -> None:
        await make(client, confirm=True)
        listed = await client.v1.events.list_async({"type": "payment_intent.succeeded"})
        assert [event.type for event in listed.data] == ["payment_intent.succeeded"]
        again = await client.v1.events.retrieve_async(listed.data[0].id)
        assert again.data.object["status"] == "succeeded"

    async def test_tell_of_a_decline(self, client: stripe.StripeClient) -> None:
        with pytest.raises(stripe.CardError):
            await make(client, "pm_card_chargeDeclined", confirm=True)
        kinds = [event.type for event in (await client.v1.events.list_async()).data]
        assert kinds == ["payment_intent.payment_failed", "charge.failed", "payment_intent.created"]
