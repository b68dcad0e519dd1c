"""Refunds through the official SDK."""

import pytest
import stripe

from tests.sandbox.test_intents import make


class TestRefund:
    async def test_adds_up_to_the_whole(self, client: stripe.StripeClient) -> None:
        intent = await make(client, confirm=True)
        part = await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 600})
        rest = await client.v1.refunds.create_async({"payment_intent": intent.id})
        assert (part.status, part.amount, rest.amount) == ("succeeded", 600, 1999)
        charge = await client.v1.charges.retrieve_async(intent.latest_charge)
        assert (charge.amount_refunded, charge.refunded) == (2599, True)
        listed = await client.v1.refunds.list_async({"payment_intent": intent.id})
        assert [refund.id for refund in listed.data] == [rest.id, part.id]

    async def test_refuses_more_than_is_left(self, client: stripe.StripeClient) -> None:
        intent = await make(client, confirm=True)
        with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
            await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 2600})

    async def test_refuses_when_all_is_back(self, client: stripe.StripeClient) -> None:
        intent = await make(client, confirm=True)
        await client.v1.refunds.create_async({"payment_intent": intent.id})
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await client.v1.refunds.create_async({"payment_intent": intent.id})
        assert caught.value.code == "charge_already_refunded"

    async def test_refuses_what_was_never_paid(self, client: stripe.StripeClient) -> None:
        intent = await make(client)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await client.v1.refunds.create_async({"payment_intent": intent.id})
        assert caught.value.code == "payment_intent_unexpected_state"

    async def test_books_the_balance(self, client: stripe.StripeClient) -> None:
        intent = await make(client, confirm=True)
        await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 1000})
        entries = await client.v1.balance_transactions.list_async()
        assert [(entry.type, entry.amount) for entry in entries.data] == [("refund", -1000), ("charge", 2599)]


class TestPaymentMethods:
    async def test_made_from_a_token(self, client: stripe.StripeClient) -> None:
        method = await client.v1.payment_methods.create_async({"type": "card", "card": {"token": "tok_visa"}})
        again = await client.v1.payment_methods.retrieve_async(method.id)
        assert (again.card.brand, again.card.last4) == ("visa", "4242")

    async def test_refuses_an_unknown_token(self, client: stripe.StripeClient) -> None:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await client.v1.payment_methods.create_async({"type": "card", "card": {"token": "tok_nobody"}})
        assert caught.value.code == "resource_missing"
