"""The part of an order's story that notification knows: that something was said, not what."""

from collections.abc import Iterator

from souk.mesh.v1.story_pb2 import ExplainRequest, ExplainResponse, Fact
from souk.notification.v1.story_service_pb2_grpc import StoryServiceServicer

from mesh import story
from mesh.call import Call
from mesh.database import Record
from mesh.story import Kind, fact
from services.notification.repository.story import read_told


class StoryServicer(StoryServiceServicer):
    """What `souk why` asks."""

    async def ExplainOrder(self, request: ExplainRequest, call: Call) -> ExplainResponse:
        order_id = story.subject_id(request)
        async with call.db.read() as unit:
            told = await read_told(unit, order_id, request.event_ids)
            facts = await story.trail(unit, request, [str(row["id"]) for row in told])
        return story.told(order_id, [*facts, *(each for row in told for each in _message(row))])


def _message(row: Record) -> Iterator[Fact]:
    name = f"message {row['id']}"
    yield fact(row["create_time"], Kind.COMMIT, f"{row['kind']} written", name)
    if row["state"] and row["state"] != "QUEUED":
        what = f"mail server: {row['kind']} {row['state']}"
        yield fact(row["update_time"], Kind.PROVIDER, what, " ".join((name, row["reason"])).strip())
