"""WalletService: decodes, calls the use case, encodes."""

import uuid

from souk.payment.v1 import wallet_pb2
from souk.payment.v1 import wallet_service_pb2 as pb
from souk.payment.v1.wallet_service_pb2_grpc import WalletServiceServicer

from mesh import money
from mesh.call import Call
from mesh.page import decode_id, next_page, page_size
from services.payment.domain.wallet import new_credit, plan_wallet
from services.payment.encoding import wallet_entry_to_proto, wallet_to_proto
from services.payment.handlers.wallets import give_credit
from services.payment.repository import wallets


class WalletServicer(WalletServiceServicer):
    """Store credit."""

    async def GetWallet(self, _: pb.GetWalletRequest, call: Call) -> wallet_pb2.Wallet:
        async with call.db.read() as unit:
            return wallet_to_proto(await wallets.balances(unit, call.principal.user_id))

    async def ListWalletEntries(self, request: pb.ListWalletEntriesRequest, call: Call) -> pb.ListWalletEntriesResponse:
        size, before = page_size(request.page_size), decode_id(request.page_token)
        async with call.db.read() as unit:
            found = await wallets.list_newest(unit, call.principal.user_id, before, size + 1)
        return pb.ListWalletEntriesResponse(
            entries=[wallet_entry_to_proto(entry) for entry in found[:size]],
            next_page_token=next_page([entry.id for entry in found], size),
        )

    async def CreditWallet(self, request: pb.CreditWalletRequest, call: Call) -> wallet_pb2.WalletEntry:
        credit = new_credit(uuid.UUID(request.user_id), money.asked(request.amount, "amount"), request.reason)
        return wallet_entry_to_proto(await give_credit(call.uow, credit))

    async def PlanWallet(self, request: pb.PlanWalletRequest, call: Call) -> pb.PlanWalletResponse:
        total = money.asked(request.amount, "amount")
        async with call.db.read() as unit:
            available = await wallets.available(unit, uuid.UUID(request.user_id), total.currency)
        return pb.PlanWalletResponse(wallet_amount=money.to_proto(plan_wallet(total, available)))
