"""PaymentMethodService: decodes, calls the use case, encodes."""

import hashlib
import uuid

from souk.payment.v1 import payment_method_service_pb2 as pb
from souk.payment.v1.payment_method_service_pb2_grpc import PaymentMethodServiceServicer

from mesh.call import Call
from mesh.database import UnitOfWork
from mesh.idempotency import CallKey, finish
from services.payment.domain.method import SavedMethod
from services.payment.encoding import method_to_proto
from services.payment.handlers.once import once
from services.payment.handlers.saving import Saving


class PaymentMethodServicer(PaymentMethodServiceServicer):
    """Saved means of payment."""

    def __init__(self, saving: Saving) -> None:
        self._saving = saving

    async def CreatePaymentMethod(self, request: pb.CreatePaymentMethodRequest, call: Call) -> bytes:
        async def work(key: CallKey) -> pb.PaymentMethod:
            async def keep_answer(uow: UnitOfWork, method: SavedMethod) -> None:
                await finish(uow, key, method_to_proto(method))

            # The provider's keys are at most 255 characters long.
            request_key = hashlib.sha256(f"{key.caller} {key.key}".encode()).hexdigest()
            user_id = call.principal.user_id
            return method_to_proto(await self._saving.save(user_id, request.token, request_key, keep_answer))

        return await once(call, request, work)

    async def ListPaymentMethods(
        self, request: pb.ListPaymentMethodsRequest, call: Call
    ) -> pb.ListPaymentMethodsResponse:
        found = await self._saving.of_user(call.principal.user_id)
        return pb.ListPaymentMethodsResponse(payment_methods=[method_to_proto(method) for method in found])

    async def DeletePaymentMethod(
        self, request: pb.DeletePaymentMethodRequest, call: Call
    ) -> pb.DeletePaymentMethodResponse:
        await self._saving.forget(call.principal.user_id, uuid.UUID(request.payment_method_id))
        return pb.DeletePaymentMethodResponse()
