"""What carts do when others tell something."""

from collections import Counter
from uuid import UUID

from souk.mesh.v1.envelope_pb2 import Envelope
from souk.order.v1.order_events_pb2 import OrderPaid

from mesh.consumer import Consumer
from mesh.database import UnitOfWork
from services.cart import handlers


async def on_order_paid(event: OrderPaid, _: Envelope, uow: UnitOfWork) -> None:
    """Take what was bought off the cart that it came from."""
    ordered: Counter[UUID] = Counter()
    for line in event.lines:
        ordered[UUID(line.variant_id)] += line.quantity
    await handlers.take_ordered(uow, UUID(event.cart_id), event.cart_version, ordered)


CONSUMERS = (Consumer(name="cart-take-ordered", subjects=("souk.order.v1.order.paid",), handler=on_order_paid),)
