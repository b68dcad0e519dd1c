"""The RPCs of audit: decode, read, encode."""

from dataclasses import dataclass

from souk.audit.v1 import audit_service_pb2 as pb
from souk.audit.v1.audit_service_pb2_grpc import AuditServiceServicer
from souk.mesh.v1 import invariants_pb2

from mesh.call import Call
from mesh.node import ServiceNode
from mesh.page import decode_id, next_page, page_size
from services.audit.repository import Entry, Filter, page_of_entries

# The settling time of an invariant check that asks for none, in seconds.
SETTLE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class AuditServicer(AuditServiceServicer):
    """The trail, for staff."""

    node: ServiceNode

    async def ListAuditEntries(self, request: pb.ListAuditEntriesRequest, call: Call) -> pb.ListAuditEntriesResponse:
        size, after = page_size(request.page_size), decode_id(request.page_token)
        wanted = Filter(request.actor, request.resource_id, request.service)
        async with call.db.read() as unit:
            found = await page_of_entries(unit, wanted, after, size + 1)
        return pb.ListAuditEntriesResponse(
            entries=[_entry(entry) for entry in found[:size]],
            next_page_token=next_page([entry.id for entry in found], size),
        )

    async def CheckInvariants(
        self, request: invariants_pb2.CheckInvariantsRequest, call: Call
    ) -> invariants_pb2.CheckInvariantsResponse:
        result = await self.node.verify_delivery(request.settle_seconds or SETTLE_SECONDS)
        return invariants_pb2.CheckInvariantsResponse(results=[result])


def _entry(entry: Entry) -> pb.AuditEntry:
    return pb.AuditEntry(
        entry_id=str(entry.id),
        service=entry.service,
        method=entry.method,
        actor=entry.actor,
        resource_id=entry.resource_id,
        before_json=entry.before_json,
        after_json=entry.after_json,
        request_json=entry.request_json,
        correlation_id=entry.correlation_id,
        occur_time=entry.occur_time,
    )
