"""Saved means of payment, through the mesh, on a real store and a real sandbox."""

import uuid
from typing import Any

import pytest
from souk.payment.v1 import payment_method_service_pb2 as pb
from souk.payment.v1.payment_pb2 import PaymentState

from mesh.errors import FailedPrecondition, InvalidArgument, NotFound
from mesh.principal import Principal, acting_as
from sandbox.faults import Fault
from tests.services.payment.conftest import BUYER, WEAVER, Till, request


async def save(
    till: Till, token: str = "pm_card_visa", key: str = "save-1", who: Principal = BUYER
) -> pb.PaymentMethod:
    with acting_as(who):
        message = pb.CreatePaymentMethodRequest(token=token)
        return await till.methods.CreatePaymentMethod(message, metadata=(("idempotency-key", key),))


async def listed(till: Till, who: Principal = BUYER) -> list[pb.PaymentMethod]:
    with acting_as(who):
        return list((await till.methods.ListPaymentMethods(pb.ListPaymentMethodsRequest())).payment_methods)


async def delete(till: Till, method_id: str, who: Principal = BUYER) -> None:
    with acting_as(who):
        await till.methods.DeletePaymentMethod(pb.DeletePaymentMethodRequest(payment_method_id=method_id))


async def paid_with(till: Till, method_id: str) -> Any:
    asked = request("")
    asked.saved_method_id = method_id
    return await till.start(asked)


class TestSavedMethods:
    async def test_is_told_without_card_data_and_kept_sealed(self, till: Till) -> None:
        made = await save(till)
        assert (made.brand, made.last4, made.exp_year) == ("visa", "4242", 2034)
        assert await listed(till) == [made]
        row = (await till.market.rows("SELECT details_sealed FROM payment.payment_methods"))[0]
        assert b"4242" not in row["details_sealed"]
        assert b"pm_" not in row["details_sealed"]

    async def test_pays_again_and_again(self, till: Till) -> None:
        made = await save(till)
        for _ in range(2):
            assert (await paid_with(till, made.payment_method_id)).state == PaymentState.CAPTURED
        intent = (await till.stripe.v1.payment_intents.list_async()).data[0]
        assert intent.customer.startswith("cus_")

    async def test_the_same_key_saves_once(self, till: Till) -> None:
        assert await save(till) == await save(till)
        assert len(await listed(till)) == 1

    async def test_after_an_unknown_answer_the_same_key_goes_on(self, till: Till) -> None:
        till.faults.planned["/v1/customers"] = Fault(withhold=1.5)
        with pytest.raises(Exception, match="PROVIDER_UNAVAILABLE"):
            await save(till)
        assert (await save(till)).last4 == "4242"
        rows = await till.market.rows("SELECT * FROM payment.customers")
        assert len(rows) == 1

    async def test_another_s_is_not_there(self, till: Till) -> None:
        theirs = await save(till, who=WEAVER)
        assert await listed(till) == []
        with pytest.raises(NotFound, match="PAYMENT_METHOD_NOT_FOUND"):
            await delete(till, theirs.payment_method_id)
        with pytest.raises(NotFound, match="PAYMENT_METHOD_NOT_FOUND"):
            await paid_with(till, theirs.payment_method_id)

    async def test_deleted_pays_no_more(self, till: Till) -> None:
        made = await save(till)
        await delete(till, made.payment_method_id)
        assert await listed(till) == []
        for method_id in (made.payment_method_id, str(uuid.uuid4())):
            with pytest.raises(NotFound, match="PAYMENT_METHOD_NOT_FOUND"):
                await delete(till, method_id)

    async def test_refuses_what_the_provider_does_not_know(self, till: Till) -> None:
        with pytest.raises(FailedPrecondition, match="PAYMENT_METHOD_REFUSED"):
            await save(till, token="pm_nobody")

    async def test_refuses_a_payment_with_nothing(self, till: Till) -> None:
        with pytest.raises(InvalidArgument, match="PAYMENT_METHOD_REQUIRED"):
            await till.start(request(""))
