"""The part of an order's story that the order service knows."""

from collections.abc import Iterator

from souk.mesh.v1.story_pb2 import ExplainRequest, ExplainResponse, Fact
from souk.order.v1.story_service_pb2_grpc import StoryServiceServicer

from mesh import story
from mesh.call import Call
from mesh.database import Record
from mesh.money import Money
from mesh.story import Kind, fact
from services.order.repository.rows import history_of
from services.order.repository.story import Traces, read_traces


class StoryServicer(StoryServiceServicer):
    """What `souk why` asks."""

    async def ExplainOrder(self, request: ExplainRequest, call: Call) -> ExplainResponse:
        async with call.db.read() as unit:
            traces = await read_traces(unit, request.subject)
            order_id = traces.order["id"]
            facts = await story.trail(unit, request, [str(order_id)])
        return story.told(order_id, [*facts, *_facts(traces)])


def _facts(traces: Traces) -> Iterator[Fact]:
    for call in traces.calls:
        yield fact(call["create_time"], Kind.CALL, call["method"].rpartition("/")[2], "with an Idempotency-Key")
    yield from _order(traces.order)
    for attempt in traces.attempts:
        yield from _attempt(attempt)
    for shipment in traces.shipments:
        yield fact(shipment["ship_time"], Kind.COMMIT, "parcel sent", f"shipment {shipment['id']}")
        if shipment["deliver_time"]:
            yield fact(shipment["deliver_time"], Kind.COMMIT, "parcel delivered", f"shipment {shipment['id']}")
    if saga := traces.saga:
        done = f"now {saga['state']}, fence {saga['fence']}, {saga['attempt_count']} tries in vain"
        yield fact(saga["run_time"], Kind.COMMIT, f"saga runs to {saga['goal']}", done)


def _order(order: Record) -> Iterator[Fact]:
    total = Money(order["currency"], order["total_amount"]).format()
    detail = f"{order['order_number']}, {total}, {order['item_count']} items, cart version {order['cart_version']}"
    yield fact(order["place_time"], Kind.COMMIT, "order placed", detail)
    for change in history_of(order["history"]):
        yield fact(change.time, Kind.COMMIT, f"order is {change.status}", change.reason)


def _attempt(attempt: Record) -> Iterator[Fact]:
    name = f"payment attempt {attempt['position'] + 1}"
    amount = Money(attempt["currency"], attempt["amount"]).format()
    yield fact(
        attempt["create_time"], Kind.COMMIT, f"{name} made", f"{amount} by {attempt['provider']}, {attempt['id']}"
    )
    if attempt["update_time"] > attempt["create_time"]:
        what = f"{name} is {attempt['state']}"
        yield fact(attempt["update_time"], Kind.COMMIT, what, attempt["decline_reason"])
