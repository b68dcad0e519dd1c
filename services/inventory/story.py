"""The part of an order's story that the inventory knows."""

from souk.inventory.v1.story_service_pb2_grpc import StoryServiceServicer
from souk.mesh.v1.story_pb2 import ExplainRequest, ExplainResponse, Fact

from mesh import story
from mesh.call import Call
from mesh.database import Record
from mesh.story import Kind, fact
from services.inventory.repository.story import read_movements


class StoryServicer(StoryServiceServicer):
    """What `souk why` asks."""

    async def ExplainOrder(self, request: ExplainRequest, call: Call) -> ExplainResponse:
        order_id = story.subject_id(request)
        async with call.db.read() as unit:
            moved = await read_movements(unit, order_id)
            facts = await story.trail(unit, request, [str(order_id)])
        return story.told(order_id, [*facts, *map(_movement, moved)])


def _movement(row: Record) -> Fact:
    counts = f"on hand {row['on_hand_delta']:+d}, reserved {row['reserved_delta']:+d}"
    detail = f"variant {row['variant_id']}, {counts}{', ' if row['reason'] else ''}{row['reason']}"
    return fact(row["create_time"], Kind.COMMIT, f"stock {row['kind']}", detail)
