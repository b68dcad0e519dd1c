"""The relay: moves what is committed in an outbox to the service's stream, in order, and keeps it in the log.

It reads the rows that are there and never "everything up to an id": a row that commits late with a lower position
would be lost. A row leaves the outbox only after the stream has acknowledged it, so a crash anywhere sends it twice
at worst, and the stream drops the second one by its id.
"""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import Header
from nats.js.errors import APIError

from mesh import crash
from mesh.broker import Broker
from mesh.database import Database, Record
from mesh.dead_letters import bury, letter_of
from mesh.errors import SoukError
from mesh.faults import report_fault
from mesh.locks import Lock
from mesh.outbox import LARGEST_EVENT_BYTES, OutboxEvent, to_envelope
from mesh.retention import keep_partitions
from mesh.statement import in_schema
from mesh.streams import ensure_stream
from mesh.tables import DEAD

_log = logging.getLogger(__name__)

BATCH = 200
_BATCH_BYTES = 4 * 1024 * 1024
_IDLE_SECONDS = 1.0
_GATHER_SECONDS = 0.003
_ACK_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_PASSING = (NatsError, OSError, TimeoutError, SoukError)

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_ID = Header.MSG_ID.value
_COLUMNS = ", ".join(("position", *OutboxEvent._fields))
_NEXT = "SELECT COLUMNS FROM {schema}.outbox ORDER BY position LIMIT :count".replace("COLUMNS", _COLUMNS)
_MOVE = """
WITH moved AS (DELETE FROM {schema}.outbox WHERE position = ANY(cast(:positions AS bigint[])) RETURNING *)
INSERT INTO {schema}.outbox_log (COLUMNS) SELECT COLUMNS FROM moved, set_config('synchronous_commit', 'off', true)
""".replace("COLUMNS", _COLUMNS)
# What lies there besides, as the statement began: of its own commits it sees none.
_MOVE_AND_NEXT = """
WITH moved AS (DELETE FROM {schema}.outbox WHERE position = ANY(cast(:positions AS bigint[])) RETURNING *),
logged AS (INSERT INTO {schema}.outbox_log (COLUMNS)
  SELECT COLUMNS FROM moved, set_config('synchronous_commit', 'off', true))
SELECT COLUMNS FROM {schema}.outbox WHERE position <> ALL(cast(:positions AS bigint[])) ORDER BY position LIMIT :count
""".replace("COLUMNS", _COLUMNS)
_SINCE = """
SELECT publish_time, COLUMNS FROM {schema}.outbox_log
WHERE publish_time >= :since AND (publish_time, position) > (:after_time, :after_position)
ORDER BY publish_time, position LIMIT :count""".replace("COLUMNS", _COLUMNS)


class Relay:
    """Empties one service's outbox whenever this process owns it."""

    def __init__(self, database: Database, broker: Broker, lock: Lock) -> None:
        """Wakes up at each commit with events in this process, and at each ping of others."""
        self._database = database
        self._broker = broker
        self._lock = lock
        self._awake = asyncio.Event()
        self._wake_name = f"outbox.{database.name}"
        database.on_published(self._published)
        self._unsure = False
        broker.on_wake(self._wake_name, self._awake.set)
        broker.on_reconnected(self._doubt)

    def _doubt(self) -> None:
        """The server that came back may have another store: see that the stream is there."""
        self._unsure = True
        self._awake.set()

    def _published(self) -> None:
        if self._lock.held:
            self._awake.set()
        else:
            self._broker.ping(self._wake_name)

    async def run(self) -> None:
        """Run until cancelled."""
        await self._lock.hold(self._own)

    async def _own(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                client = await self._prepare()
                while not self._unsure:
                    await self._empty(client)
                    pause = _FIRST_PAUSE
                    await self._wait()
                continue
            except _PASSING as error:
                _log.warning("the relay of %s waits: %s", self._database.name, error)
            except Exception as error:  # noqa: BLE001  # whatever it is, the events must leave in the end
                report_fault(f"relay {self._database.name}", error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _prepare(self) -> Client:
        client = await self._broker.client()
        self._unsure = False
        await keep_partitions(self._database)
        if await ensure_stream(client, self._database.name):
            # The stream is new: where the log knows events, its store was lost, and they come again.
            await replay(self._database, client, _BEGINNING)
        return client

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                await self._awake.wait()
        except TimeoutError:
            return
        # Others commit at the same time: together they are one batch, one write of the stream.
        await asyncio.sleep(_GATHER_SECONDS)

    async def _empty(self, client: Client) -> None:
        self._awake.clear()
        rows = await self._next()
        while rows:
            large = [row for row in rows if len(row["payload"]) > LARGEST_EVENT_BYTES]
            if large:
                await self._set_aside(large)
                rows = await self._next()
                continue
            crash.point("relay.before_publish", self._database.name)
            await publish_all(client, rows)
            crash.point("relay.after_publish", self._database.name)
            self._awake.clear()
            rows = await self._move_and_next([row["position"] for row in rows])
            crash.point("relay.after_move", self._database.name)

    async def _next(self) -> list[Record]:
        async with self._database.read() as unit:
            return await unit.fetch(in_schema(self._database.name, _NEXT), count=BATCH)

    async def _set_aside(self, rows: Sequence[Record]) -> None:
        """Bury events that no message can hold: the others must not wait behind them for ever."""
        async with self._database.write() as uow:
            for row in rows:
                await bury(uow, letter_of(f"{self._database.name}-outbox", row), DEAD)
            await uow.execute(in_schema(self._database.name, _MOVE), positions=[row["position"] for row in rows])

    async def _move_and_next(self, positions: Sequence[int]) -> list[Record]:
        # Not waiting for the disk: to lose this in a crash only publishes again what the stream then knows.
        statement = in_schema(self._database.name, _MOVE_AND_NEXT)
        return await self._database.run_returning(statement, positions=positions, count=BATCH)


async def replay(database: Database, client: Client, since: datetime) -> int:
    """Publish what the log has kept since then once more, in order; return how many.

    Consumers apply what they have missed and skip what they know.
    """
    count = 0
    async for rows in _logged(database, since):
        await publish_all(client, rows)
        count += len(rows)
    return count


async def _logged(database: Database, since: datetime) -> AsyncIterator[list[Record]]:
    after_time, after_position = since, 0
    while True:
        async with database.read() as unit:
            rows = await unit.fetch(
                in_schema(database.name, _SINCE),
                since=since,
                after_time=after_time,
                after_position=after_position,
                count=BATCH,
            )
        if not rows:
            return
        yield rows
        after_time, after_position = rows[-1]["publish_time"], rows[-1]["position"]


async def publish_all(client: Client, rows: Sequence[Record]) -> None:
    """Publish rows of an outbox or its log in order, in one atomic batch where the stream takes it."""
    messages = [(row["subject"], str(row["event_id"]), to_envelope(row).SerializeToString()) for row in rows]
    if len(messages) > 1 and sum(len(data) for _, _, data in messages) <= _BATCH_BYTES:
        try:
            await _publish_batch(client, messages)
        except APIError as error:
            # One known id (10201) makes the server refuse all: one by one, each is judged for itself.
            _log.debug("batch refused: %s", error)
        else:
            return
    for subject, event_id, data in messages:
        await client.jetstream().publish(subject, data, timeout=_ACK_SECONDS, headers={_ID: event_id})


async def _publish_batch(client: Client, messages: Sequence[tuple[str, str, bytes]]) -> None:
    batch = uuid.uuid4().hex
    last = len(messages)
    for number, (subject, event_id, data) in enumerate(messages, start=1):
        headers = {_ID: event_id, Header.BATCH_ID.value: batch, Header.BATCH_SEQUENCE.value: str(number)}
        if number < last:
            await client.publish(subject, data, headers=headers)
        else:
            headers[Header.BATCH_COMMIT.value] = "1"
            await client.jetstream().publish(subject, data, timeout=_ACK_SECONDS, headers=headers)
