"""Disputes through the official SDK."""

import asyncio

import pytest
import stripe

from sandbox.server import Running
from tests.sandbox.test_faults import control
from tests.sandbox.test_intents import make


async def disputed(client: stripe.StripeClient, sandbox: Running) -> stripe.Dispute:
    """A paid intent whose buyer disputes it."""
    intent = await make(client, confirm=True)
    answer = await control(sandbox.port, "POST", {"paymentIntent": intent.id}, "disputes")
    assert answer.status_code == 200, answer.text
    (dispute,) = (await client.v1.disputes.list_async({"payment_intent": intent.id})).data
    return dispute


async def kinds(client: stripe.StripeClient) -> list[str]:
    """The events about disputes, in the order raised."""
    events = (await client.v1.events.list_async()).data
    return [str(event.type) for event in events if event.type.startswith("charge.dispute.")][::-1]


class TestDispute:
    async def test_takes_the_money_and_a_fee(self, client: stripe.StripeClient, sandbox: Running) -> None:
        dispute = await disputed(client, sandbox)
        assert (dispute.status, dispute.amount, dispute.reason) == ("needs_response", 2599, "fraudulent")
        assert [entry.amount for entry in dispute.balance_transactions] == [-2599]
        assert (await client.v1.charges.retrieve_async(dispute.charge)).disputed
        assert await kinds(client) == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]

    @pytest.mark.parametrize(
        ("evidence", "status", "back"), [("winning_evidence", "won", 2599), ("losing_evidence", "lost", 0)]
    )
    async def test_ends_by_the_evidence(
        self, client: stripe.StripeClient, sandbox: Running, evidence: str, status: str, back: int
    ) -> None:
        dispute = await disputed(client, sandbox)
        ended = await client.v1.disputes.update_async(dispute.id, {"evidence": {"uncategorized_text": evidence}})
        assert ended.status == status
        assert sum(entry.amount for entry in ended.balance_transactions) == back - 2599
        assert "charge.dispute.closed" in await kinds(client)
        with pytest.raises(stripe.InvalidRequestError):
            await client.v1.disputes.close_async(dispute.id)

    async def test_is_lost_when_given_in(self, client: stripe.StripeClient, sandbox: Running) -> None:
        dispute = await disputed(client, sandbox)
        assert (await client.v1.disputes.close_async(dispute.id)).status == "lost"

    async def test_happens_once(self, client: stripe.StripeClient, sandbox: Running) -> None:
        dispute = await disputed(client, sandbox)
        answer = await control(sandbox.port, "POST", {"charge": dispute.charge}, "disputes")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "charge_not_disputable")

    async def test_comes_of_a_card(self, client: stripe.StripeClient) -> None:
        intent = await make(client, "pm_card_createDispute", confirm=True)
        async with asyncio.timeout(5):
            while not (await client.v1.disputes.list_async({"payment_intent": intent.id})).data:
                await asyncio.sleep(0.05)

    @pytest.mark.parametrize("body", [{}, {"paymentIntent": "pi_none"}, []])
    async def test_of_nothing_is_refused(self, sandbox: Running, body: object) -> None:
        assert (await control(sandbox.port, "POST", body, "disputes")).status_code in {400, 404}
