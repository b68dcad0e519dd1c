"""Sellers' accounts, transfers, disputes and kept methods through the official SDK."""

from typing import Any

import pytest
import stripe

from tests.sandbox.test_intents import make


async def an_account(client: stripe.StripeClient) -> Any:
    return await client.v1.accounts.create_async({"country": "DE", "capabilities": {"transfers": {"requested": True}}})


class TestTransfer:
    async def test_takes_from_our_balance_and_can_be_reversed(self, client: stripe.StripeClient) -> None:
        account = await an_account(client)
        params: Any = {"amount": 900, "currency": "eur", "destination": account.id, "transfer_group": "order-1"}
        made = await client.v1.transfers.create_async(params)
        reversal = await client.v1.transfers.reversals.create_async(made.id, {"amount": 400})
        transfer = await client.v1.transfers.retrieve_async(made.id)
        assert (transfer.amount, transfer.amount_reversed, transfer.reversed) == (900, 400, False)
        assert [each.id for each in (await client.v1.transfers.reversals.list_async(made.id)).data] == [reversal.id]
        listed = await client.v1.transfers.list_async({"transfer_group": "order-1"})
        assert [each.id for each in listed.data] == [made.id]
        entries = (await client.v1.balance_transactions.list_async()).data
        assert [(entry.type, entry.amount) for entry in entries] == [("transfer_refund", 400), ("transfer", -900)]

    async def test_refuses_to_take_back_more_than_was_sent(self, client: stripe.StripeClient) -> None:
        account = await an_account(client)
        params: Any = {"amount": 900, "currency": "eur", "destination": account.id}
        made = await client.v1.transfers.create_async(params)
        with pytest.raises(stripe.InvalidRequestError, match="greater than what is left"):
            await client.v1.transfers.reversals.create_async(made.id, {"amount": 901})

    async def test_needs_an_account_that_may_have_it(self, client: stripe.StripeClient) -> None:
        account = await client.v1.accounts.create_async({"country": "DE"})
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await client.v1.transfers.create_async({"amount": 900, "currency": "eur", "destination": account.id})
        assert caught.value.code == "insufficient_capabilities_for_transfer"


class TestDispute:
    async def test_takes_the_money_and_a_fee(self, client: stripe.StripeClient) -> None:
        intent = await make(client, payment_method="pm_card_createDispute", confirm=True)
        dispute = (await client.v1.disputes.list_async({"payment_intent": intent.id})).data[0]
        assert (dispute.status, dispute.amount) == ("needs_response", intent.amount)
        entry = (await client.v1.balance_transactions.list_async()).data[0]
        assert (entry.type, entry.amount, entry.fee) == ("adjustment", -intent.amount, 1500)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await client.v1.refunds.create_async({"payment_intent": intent.id})
        assert caught.value.code == "charge_disputed"

    @pytest.mark.parametrize(("evidence", "status"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
    async def test_is_decided_by_the_evidence(self, client: stripe.StripeClient, evidence: str, status: str) -> None:
        await make(client, payment_method="pm_card_createDispute", confirm=True)
        dispute = (await client.v1.disputes.list_async()).data[0]
        decided = await client.v1.disputes.update_async(dispute.id, {"evidence": {"uncategorized_text": evidence}})
        assert decided.status == status
        with pytest.raises(stripe.InvalidRequestError, match="already closed"):
            await client.v1.disputes.close_async(dispute.id)


class TestCustomer:
    async def test_keeps_a_method_until_it_is_detached(self, client: stripe.StripeClient) -> None:
        customer = await client.v1.customers.create_async({"metadata": {"user_id": "u"}})
        kept = await client.v1.payment_methods.attach_async("pm_card_visa", {"customer": customer.id})
        assert kept.customer == customer.id
        assert (await client.v1.payment_methods.detach_async(kept.id)).customer is None
