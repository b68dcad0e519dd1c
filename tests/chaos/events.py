"""T15: events that cannot be applied lie in the dead letters, and nobody else waits for them."""

import time
import uuid
from collections.abc import Sequence

import nats
from souk.mesh.v1.envelope_pb2 import Envelope

from tests.chaos.lab import Lab
from tests.chaos.outages import shop

_SUBJECT = "souk.order.v1.order.paid.0"
_DURABLE = "inventory-commit-reservation"
_SECONDS = 40.0
_OVERSIZED_BYTES = 10 * 1024 * 1024


async def poison(lab: Lab) -> None:
    """T15: bytes that are no event, an event of an unknown type, one of a type that says nothing, one of 10 MB."""
    goods = await lab.goods("Antidote")
    ids = [uuid.uuid4() for _ in range(3)]
    unknown = Envelope(event_id=str(ids[0]), type="souk.order.v9.OrderTeleported", aggregate_id=str(ids[0]))
    hollow = Envelope(event_id=str(ids[1]), type="souk.order.v1.OrderPaid", aggregate_id=str(ids[1]))
    await _publish(lab, [unknown, hollow])
    await _oversize(lab, ids[2])
    await shop(lab, goods, 10)
    began = time.monotonic()
    while (found := await _buried(lab)) < {"unreadable", "unknown", "oversized"}:
        if time.monotonic() > began + _SECONDS:
            break
        await lab.market.pause()
    lab.expect(found == {"unreadable", "unknown", "oversized"}, f"only these are in the dead letters: {found}")
    lab.note(f"dead letters: {', '.join(sorted(found))}; {lab.market.counts()}")


async def _publish(lab: Lab, envelopes: Sequence[Envelope]) -> None:
    client = await nats.connect(lab.stack.urls["nats"])
    stream = client.jetstream()
    try:
        for each in envelopes:
            headers = {"Nats-Msg-Id": each.event_id}
            await stream.publish(f"{_SUBJECT}.{each.event_id}", each.SerializeToString(), headers=headers)
        # What is no event has no id either.
        await stream.publish(f"{_SUBJECT}.{uuid.uuid4()}", b"\xff no envelope")
    finally:
        await client.close()


async def _oversize(lab: Lab, event_id: uuid.UUID) -> None:
    """Put an event into the outbox that no message can hold, as a faulty service would."""
    async with lab.database() as database:
        told = "causation_id, correlation_id, actor, traceparent"
        columns = f"event_id, subject, type, aggregate_id, aggregate_version, occur_time, {told}, payload"
        values = "$1, $2, 'souk.order.v1.OrderPaid', $3, 0, now(), '', '', '', '', $4"
        insert = f'INSERT INTO "order".outbox ({columns}) VALUES ({values})'  # noqa: S608  fixed text
        key = str(event_id)
        await database.execute(insert, event_id, f"{_SUBJECT}.{key}", key, bytes(_OVERSIZED_BYTES))


async def _buried(lab: Lab) -> set[str]:
    async with lab.database() as database:
        letters = await database.fetch("SELECT type, reason FROM inventory.dead_letter WHERE durable = $1", _DURABLE)
        too_large = await database.fetchval("SELECT count(*) FROM \"order\".dead_letter WHERE durable = 'order-outbox'")
    found = {"oversized"} if too_large else set()
    for letter in letters:
        found.add("unknown" if "Teleported" in letter["type"] else "unreadable" if not letter["type"] else "hollow")
    return found - {"hollow"}
