"""The streams of JetStream and the durables on them."""

from collections.abc import Iterable
from contextlib import suppress

from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, DiscardPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError, NotFoundError

DAY_SECONDS = 24 * 3600
MAX_AGE_SECONDS = 7 * DAY_SECONDS
DUPLICATE_WINDOW_SECONDS = 120
ACK_WAIT_SECONDS = 30.0
# How many messages of one durable may be on their way at once.
MAX_ACK_PENDING = 256
_NAME_IN_USE = 10058


def stream_of(subject: str) -> str:
    """The stream that holds a subject: `SOUK_ORDER` for `souk.order.v1.order.paid`."""
    return f"SOUK_{subject.split('.')[1].upper()}"


def stream_config(service: str) -> StreamConfig:
    """The stream of one service."""
    return StreamConfig(
        name=f"SOUK_{service.upper()}",
        subjects=[f"souk.{service}.v1.>"],
        storage=StorageType.FILE,
        # A full disk refuses new events, which wait in their outbox, rather than losing old ones.
        discard=DiscardPolicy.NEW,
        max_age=MAX_AGE_SECONDS,
        duplicate_window=DUPLICATE_WINDOW_SECONDS,
        allow_atomic=True,
    )


async def ensure_stream(client: Client, service: str) -> bool:
    """Make the stream or bring its settings up to date; true where it is new."""
    manager = client.jsm()
    config = stream_config(service)
    try:
        info = await manager.add_stream(config)
    except BadRequestError as error:
        if error.err_code != _NAME_IN_USE:
            raise
        await manager.update_stream(config)
        return False
    return info.state.last_seq == 0


async def take_durable(client: Client, stream: str, durable: str, subjects: Iterable[str]) -> None:
    """Make the durable anew from its first event that is not acknowledged; one that never was begins with the oldest.

    Made anew, because what was on its way to an earlier owner would come only after `ACK_WAIT_SECONDS`, behind later
    events of its key, and because requests that the earlier owner left open would still be served. The inbox knows
    what comes a second time. Raises NotFoundError where the stream is not there yet.
    """
    manager = client.jsm()
    begin = 1
    with suppress(NotFoundError):
        info = await manager.consumer_info(stream, durable)
        begin = info.ack_floor.stream_seq + 1 if info.ack_floor else 1
        await manager.delete_consumer(stream, durable)
    config = ConsumerConfig(
        durable_name=durable,
        filter_subjects=[f"{subject}.>" for subject in subjects],
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=begin,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT_SECONDS,
        # No limit of deliveries: the server would skip an event after it without a word.
        max_deliver=-1,
        max_ack_pending=MAX_ACK_PENDING,
    )
    await manager.add_consumer(stream, config)
