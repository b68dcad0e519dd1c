"""The streams of JetStream and the durables on them."""

from collections.abc import Iterable

from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, DiscardPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError

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


async def ensure_durable(client: Client, stream: str, durable: str, subjects: Iterable[str]) -> None:
    """Make the durable or bring its filters up to date. Raises NotFoundError where the stream is not there yet.

    It begins with the oldest event. No limit of deliveries: the server would skip an event after it without a word.
    """
    config = ConsumerConfig(
        durable_name=durable,
        filter_subjects=[f"{subject}.>" for subject in subjects],
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT_SECONDS,
        max_deliver=-1,
        max_ack_pending=MAX_ACK_PENDING,
    )
    await client.jsm().add_consumer(stream, config)
