"""LedgerService: decodes, calls the use case, encodes."""

from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp
from souk.payment.v1 import ledger_service_pb2 as pb
from souk.payment.v1 import reconciliation_pb2
from souk.payment.v1.ledger_service_pb2_grpc import LedgerServiceServicer

from mesh.call import Call
from mesh.page import decode_id, next_page, page_size
from services.payment.domain.reconciliation import Span
from services.payment.encoding import reconciliation_to_proto
from services.payment.handlers.reconciling import Reconciling
from services.payment.repository import reconciliations


class LedgerServicer(LedgerServiceServicer):
    """The ledger compared with the provider's books."""

    def __init__(self, reconciling: Reconciling) -> None:
        self._reconciling = reconciling

    async def ListReconciliations(
        self, request: pb.ListReconciliationsRequest, call: Call
    ) -> pb.ListReconciliationsResponse:
        size, before = page_size(request.page_size), decode_id(request.page_token)
        async with call.db.read() as unit:
            found = await reconciliations.list_newest(unit, before, size + 1)
        return pb.ListReconciliationsResponse(
            reconciliations=[reconciliation_to_proto(made) for made in found[:size]],
            next_page_token=next_page([made.id for made in found], size),
        )

    async def ReconcileLedger(
        self, request: pb.ReconcileLedgerRequest, call: Call
    ) -> reconciliation_pb2.Reconciliation:
        end = _time(request.end_time) if request.HasField("end_time") else datetime.now(UTC)
        begin = _time(request.begin_time) if request.HasField("begin_time") else end - timedelta(days=1)
        made = await self._reconciling.reconcile(Span(begin, end))
        async with call.db.write() as uow:
            uow.audit(made.id, None, {"differences": made.difference_count, "fees": made.fee_count})
        return reconciliation_to_proto(made)


def _time(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(UTC)
