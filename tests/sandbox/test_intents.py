"""PaymentIntents through the official SDK."""

import httpx
import pytest
import stripe

from sandbox.server import Running
from tests.sandbox.conftest import connected

ORDER = {"amount": 2599, "currency": "eur", "metadata": {"order_id": "o1"}, "transfer_group": "o1"}


async def make(client: stripe.StripeClient, card: str = "pm_card_visa", **more: object) -> stripe.PaymentIntent:
    return await client.v1.payment_intents.create_async({**ORDER, "payment_method": card, **more})


class TestCreate:
    async def test_keeps_amount_currency_and_metadata(self, client: stripe.StripeClient) -> None:
        intent = await make(client)
        assert (intent.amount, intent.currency, intent.metadata["order_id"]) == (2599, "eur", "o1")
        assert intent.status == "requires_confirmation"
        assert intent.client_secret.startswith(f"{intent.id}_secret_")

    async def test_without_a_method_asks_for_one(self, client: stripe.StripeClient) -> None:
        intent = await client.v1.payment_intents.create_async({"amount": 100, "currency": "usd"})
        assert intent.status == "requires_payment_method"

    @pytest.mark.parametrize(
        ("params", "param", "code"),
        [
            ({"currency": "eur"}, "amount", "parameter_missing"),
            ({"amount": 100, "currency": "eux"}, "currency", None),
            ({"amount": 0, "currency": "eur"}, "amount", "parameter_invalid_integer"),
            ({"amount": 49, "currency": "eur"}, "amount", "amount_too_small"),
            ({"amount": 2_000_000_000, "currency": "eur"}, "amount", "amount_too_large"),
            ({"amount": 1005, "currency": "kwd"}, "amount", "invalid_charge_amount"),
            ({"amount": 100, "currency": "eur", "colour": "red"}, "colour", "parameter_unknown"),
            ({"amount": 100, "currency": "eur", "payment_method": "pm_none"}, "payment_method", "resource_missing"),
        ],
    )
    async def test_names_the_wrong_parameter(
        self, client: stripe.StripeClient, params: dict[str, object], param: str, code: str | None
    ) -> None:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await client.v1.payment_intents.create_async(params)
        assert (caught.value.param, caught.value.code) == (param, code)


class TestConfirm:
    async def test_charges_a_good_card(self, client: stripe.StripeClient) -> None:
        intent = await make(client)
        paid = await client.v1.payment_intents.confirm_async(
            intent.id, {"expand": ["latest_charge.balance_transaction"]}
        )
        assert (paid.status, paid.amount_received) == ("succeeded", 2599)
        assert paid.latest_charge.balance_transaction.net == 2599 - paid.latest_charge.balance_transaction.fee

    @pytest.mark.parametrize(
        ("token", "code", "decline_code"),
        [
            ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
            ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
            ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
            ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ],
    )
    async def test_declines_with_the_card_s_code(
        self, client: stripe.StripeClient, token: str, code: str, decline_code: str | None
    ) -> None:
        intent = await make(client, token)
        with pytest.raises(stripe.CardError) as caught:
            await client.v1.payment_intents.confirm_async(intent.id)
        assert (caught.value.code, caught.value.error.decline_code) == (code, decline_code)
        after = await client.v1.payment_intents.retrieve_async(intent.id)
        assert (after.status, after.last_payment_error.code) == ("requires_payment_method", code)
        assert after.amount_received == 0

    async def test_declined_intent_takes_another_card(self, client: stripe.StripeClient) -> None:
        intent = await make(client, "pm_card_chargeDeclined")
        with pytest.raises(stripe.CardError):
            await client.v1.payment_intents.confirm_async(intent.id)
        paid = await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
        assert (paid.status, paid.last_payment_error) == ("succeeded", None)

    async def test_refuses_a_second_time(self, client: stripe.StripeClient) -> None:
        intent = await make(client, confirm=True)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await client.v1.payment_intents.confirm_async(intent.id)
        assert caught.value.code == "payment_intent_unexpected_state"


class TestAuthenticate:
    @pytest.mark.parametrize(("outcome", "status"), [("succeed", "succeeded"), ("fail", "requires_payment_method")])
    async def test_follows_the_buyer_s_answer(
        self, client: stripe.StripeClient, sandbox: Running, outcome: str, status: str
    ) -> None:
        intent = await make(client, "pm_card_authenticationRequired", confirm=True)
        assert intent.status == "requires_action"
        url = intent.next_action.use_stripe_sdk.stripe_js
        assert url == f"http://127.0.0.1:{sandbox.port}/authenticate/{intent.client_secret}"
        async with httpx.AsyncClient() as browser:
            assert "<form method=post>" in (await browser.get(url)).text
            await browser.post(url, data={"outcome": outcome})
        assert (await client.v1.payment_intents.retrieve_async(intent.id)).status == status

    async def test_redirects_where_a_return_url_is_given(self, client: stripe.StripeClient) -> None:
        more = {"confirm": True, "return_url": "https://shop.example/back"}
        intent = await make(client, "pm_card_authenticationRequired", **more)
        assert intent.next_action.redirect_to_url.return_url == "https://shop.example/back"

    async def test_refuses_a_guessed_secret(self, client: stripe.StripeClient, sandbox: Running) -> None:
        intent = await make(client, "pm_card_authenticationRequired", confirm=True)
        async with httpx.AsyncClient() as browser:
            answer = await browser.post(f"http://127.0.0.1:{sandbox.port}/authenticate/{intent.id}_secret_x")
        assert answer.status_code == 404

    async def test_declines_off_session(self, client: stripe.StripeClient) -> None:
        with pytest.raises(stripe.CardError) as caught:
            await make(client, "pm_card_authenticationRequired", confirm=True, off_session=True)
        assert caught.value.code == "authentication_required"


class TestManualCapture:
    async def test_captures_a_part(self, client: stripe.StripeClient) -> None:
        intent = await make(client, confirm=True, capture_method="manual")
        assert (intent.status, intent.amount_capturable, intent.amount_received) == ("requires_capture", 2599, 0)
        paid = await client.v1.payment_intents.capture_async(intent.id, {"amount_to_capture": 2000})
        assert (paid.status, paid.amount_received, paid.amount_capturable) == ("succeeded", 2000, 0)

    async def test_cancel_gives_the_authorisation_back(self, client: stripe.StripeClient) -> None:
        intent = await make(client, confirm=True, capture_method="manual")
        cancelled = await client.v1.payment_intents.cancel_async(intent.id, {"cancellation_reason": "abandoned"})
        assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")


class TestCancel:
    async def test_refuses_what_is_paid(self, client: stripe.StripeClient) -> None:
        intent = await make(client, confirm=True)
        with pytest.raises(stripe.InvalidRequestError):
            await client.v1.payment_intents.cancel_async(intent.id)


class TestList:
    async def test_pages_newest_first(self, client: stripe.StripeClient) -> None:
        made = [(await make(client)).id for _ in range(5)]
        first = await client.v1.payment_intents.list_async({"limit": 2})
        assert [intent.id for intent in first.data] == made[:-3:-1]
        assert first.has_more
        every = [intent.id async for intent in first.auto_paging_iter()]
        assert every == made[::-1]

    async def test_filters_by_time(self, client: stripe.StripeClient) -> None:
        intent = await make(client)
        later = await client.v1.payment_intents.list_async({"created": {"gt": intent.created}})
        since = await client.v1.payment_intents.list_async({"created": {"gte": intent.created}})
        assert (len(later.data), len(since.data)) == (0, 1)


class TestAuthentication:
    @pytest.mark.parametrize("key", ["sk_live_x", "pk_test_x"])
    async def test_refuses_all_but_secret_test_keys(self, sandbox: Running, key: str) -> None:
        async with connected(sandbox.port, key) as client:
            with pytest.raises(stripe.AuthenticationError):
                await client.v1.payment_intents.list_async()

    async def test_takes_the_key_as_a_user_name(self, sandbox: Running) -> None:
        async with httpx.AsyncClient(auth=("sk_test_x", "")) as http:
            answer = await http.get(f"http://127.0.0.1:{sandbox.port}/v1/payment_intents")
        assert answer.json()["object"] == "list"

    async def test_unknown_path_is_an_error_body(self, sandbox: Running) -> None:
        async with httpx.AsyncClient(auth=("sk_test_x", "")) as http:
            answer = await http.get(f"http://127.0.0.1:{sandbox.port}/v1/unicorns")
        assert (answer.status_code, answer.json()["error"]["type"]) == (404, "invalid_request_error")
