"""PayoutService: decodes, calls the use case, encodes."""

import uuid
from collections import defaultdict

from souk.payment.v1 import payout_service_pb2 as pb
from souk.payment.v1.payout_service_pb2_grpc import PayoutServiceServicer

from mesh.call import Call
from mesh.database import Record
from mesh.idempotency import CallKey, finish
from mesh.page import decode_id, next_page, page_size
from services.payment.encoding import explanation_to_proto, payout_to_proto
from services.payment.handlers.once import once
from services.payment.handlers.paying import Paying
from services.payment.repository import balances, payouts


class PayoutServicer(PayoutServiceServicer):
    """What sellers are paid."""

    def __init__(self, paying: Paying) -> None:
        self._paying = paying

    async def ListPayouts(self, request: pb.ListPayoutsRequest, call: Call) -> pb.ListPayoutsResponse:
        size, before = page_size(request.page_size), decode_id(request.page_token)
        async with call.db.read() as unit:
            found = await payouts.list_newest(unit, uuid.UUID(request.shop_id), call.principal, before, size + 1)
        return pb.ListPayoutsResponse(
            payouts=[payout_to_proto(payout) for payout in found[:size]],
            next_page_token=next_page([payout.id for payout in found], size),
        )

    async def ExplainPayout(self, request: pb.ExplainPayoutRequest, call: Call) -> pb.ExplainPayoutResponse:
        shop_id, entries = uuid.UUID(request.shop_id), defaultdict[uuid.UUID, list[Record]](list)
        async with call.db.read() as unit:
            payout = await payouts.load_own(unit, shop_id, uuid.UUID(request.payout_id), call.principal)
            for row in await balances.entries_of(unit, shop_id, [item.order_id for item in payout.items]):
                entries[row["order_id"]].append(row)
        return explanation_to_proto(payout, entries)

    async def CreatePayouts(self, request: pb.CreatePayoutsRequest, call: Call) -> bytes:
        async def work(key: CallKey) -> pb.CreatePayoutsResponse:
            shop_id = uuid.UUID(request.shop_id)
            made = await self._paying.pay(shop_id)
            answer = pb.CreatePayoutsResponse(payouts=[payout_to_proto(payout) for payout in made])
            async with call.db.write() as uow:
                uow.audit(shop_id, None, {"payouts": [str(payout.id) for payout in made]})
                await finish(uow, key, answer)
            return answer

        return await once(call, request, work)
