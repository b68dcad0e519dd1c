"""The part of an order's story that the cart knows: what the order's events did to it."""

from souk.cart.v1.story_service_pb2_grpc import StoryServiceServicer
from souk.mesh.v1.story_pb2 import ExplainRequest, ExplainResponse

from mesh import story
from mesh.call import Call


class StoryServicer(StoryServiceServicer):
    """What `souk why` asks."""

    async def ExplainOrder(self, request: ExplainRequest, call: Call) -> ExplainResponse:
        order_id = story.subject_id(request)
        async with call.db.read() as unit:
            return story.told(order_id, await story.trail(unit, request, ()))
