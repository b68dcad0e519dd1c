"""From the outbox to the effect, on real stores."""

import asyncio
import uuid
from datetime import UTC, datetime

import pytest
from nats.js.api import Header
from souk.mesh.v1.envelope_pb2 import AuditRecord, Envelope

from mesh import dead_letters
from mesh.broker import Broker
from mesh.database import Database, UnitOfWork
from mesh.delivery import verify_delivery
from mesh.effect import Arrival, Effect
from mesh.errors import Unavailable
from mesh.outbox import EventTooLarge, UnknownEvent, to_envelope
from mesh.published import LocalLogs
from mesh.relay import replay
from mesh.statement import in_schema
from mesh.streams import ensure_stream
from mesh.trace import Tracer
from tests.mesh.data.events import (
    Recorder,
    consuming,
    count,
    first_event_id,
    letters,
    publish,
    relaying,
    until,
)
from tests.mesh.data.service import running_broker
from tests.stores import Stores

_FORGET_ONE = """
DELETE FROM {schema}.inbox WHERE event_id = (SELECT event_id FROM {schema}.inbox LIMIT 1)"""


class TestPublish:
    async def test_rolls_back_with_the_effect(self, database: Database) -> None:
        with pytest.raises(ZeroDivisionError):
            await self._fail_after_publishing(database)
        assert await count(database, "outbox") == 0

    async def _fail_after_publishing(self, database: Database) -> None:
        async with database.write() as uow:
            uow.publish(AuditRecord(), "a")
            raise ZeroDivisionError

    async def test_refuses_a_message_that_is_no_event(self, database: Database) -> None:
        async with database.write() as uow:
            with pytest.raises(UnknownEvent):
                uow.publish(Envelope(), "a")

    async def test_refuses_an_event_that_no_message_can_hold(self, database: Database) -> None:
        """The caller is told why, and nothing of the change is kept."""

        async def change() -> None:
            async with database.write() as uow:
                await uow.execute(in_schema(database.name, _PARK_ONE))
                uow.publish(AuditRecord(), "a")
                uow.publish(AuditRecord(request_json="x" * 1_000_000), "a")

        with pytest.raises(EventTooLarge, match="EVENT_TOO_LARGE") as refused:
            await change()
        assert refused.value.permanent
        assert await count(database, "parked_keys") == 0
        assert await count(database, "outbox") == 0


_PARK_ONE = "INSERT INTO {schema}.parked_keys (durable, key) VALUES ('written', 'a')"


class TestRelay:
    async def test_moves_committed_events_to_the_stream_in_order(self, database: Database, broker: Broker) -> None:
        await publish(database, "a", *map(str, range(500)))
        async with relaying(database, broker):
            await until(lambda: _is_empty(database))
        assert await _stream_notes(database, broker) == [str(number) for number in range(500)]
        assert await count(database, "outbox_log") == 500

    async def test_wakes_up_at_each_commit(self, database: Database, broker: Broker) -> None:
        async with relaying(database, broker):
            await publish(database, "a", "first")
            await until(lambda: _is_empty(database))
            await publish(database, "a", "second")
            await until(lambda: _is_empty(database), seconds=0.7)

    async def test_publishes_what_the_stream_knows_no_second_time(self, database: Database, broker: Broker) -> None:
        await publish(database, "a", "1", "2", "3")
        client = await broker.client()
        async with relaying(database, broker):
            await until(lambda: _is_empty(database))
        assert await replay(database, client, datetime(2020, 1, 1, tzinfo=UTC)) == 3
        assert await _stream_notes(database, broker) == ["1", "2", "3"]

    async def test_sets_aside_what_no_message_can_hold(self, database: Database, broker: Broker) -> None:
        await publish(database, "a", "large")
        async with database.write() as uow:
            await uow.execute(
                in_schema(database.name, "UPDATE {schema}.outbox SET payload = payload || cast(:filler AS bytea)"),
                filler=bytes(1_000_000),
            )
        await publish(database, "b", "small")
        async with relaying(database, broker):
            await until(lambda: _is_empty(database))
        assert await _stream_notes(database, broker) == ["small"]
        assert await count(database, "dead_letter") == 1


class TestConsumer:
    async def test_applies_each_event_once(self, database: Database, broker: Broker) -> None:
        recorder = Recorder(database)
        for number in range(20):
            await publish(database, f"key{number % 5}", str(number))
        async with relaying(database, broker), consuming(recorder, database, broker):
            await until(lambda: len(recorder.applied) == 20)
        async with consuming(recorder, database, broker):
            await asyncio.sleep(0.3)
        assert len(recorder.applied) == 20
        assert await count(database, "inbox") == 20

    async def test_applies_what_has_come_together_and_keeps_the_order_of_each_key(
        self, database: Database, broker: Broker
    ) -> None:
        recorder = Recorder(database)
        recorder.pause = lambda _note: asyncio.sleep(0.001)
        for number in range(20):
            for key in ("a", "b", "c", "d"):
                await publish(database, key, str(number))
        async with relaying(database, broker), consuming(recorder, database, broker):
            await until(lambda: len(recorder.applied) == 80)
        for key in ("a", "b", "c", "d"):
            assert recorder.notes(key) == [str(number) for number in range(20)]
        assert await _commit_count(database) < 20

    async def test_works_on_keys_side_by_side_once_they_do_not_go_together(
        self, database: Database, broker: Broker
    ) -> None:
        recorder = Recorder(database)
        at_work, most = 0, 0

        async def pause(_note: str) -> None:
            nonlocal at_work, most
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0.05)
            at_work -= 1

        recorder.pause = pause
        recorder.fail = lambda note: ValueError("poison") if note == "bad" else None
        async with database.write() as uow:
            for key, note in (("a", "1"), ("b", "1"), ("c", "1"), ("d", "bad")):
                uow.publish(AuditRecord(resource_id=key, actor=note), key)
        async with relaying(database, broker), consuming(recorder, database, broker):
            await until(lambda: len(recorder.applied) == 3)
        assert most > 1

    async def test_one_poison_event_of_twenty_parks_its_key_alone(self, database: Database, broker: Broker) -> None:
        recorder = Recorder(database)
        recorder.fail = lambda note: ValueError("poison") if note == "7" else None
        async with database.write() as uow:
            for number in range(20):
                uow.publish(AuditRecord(resource_id="x", actor=str(number)), f"key{number}")
        async with relaying(database, broker), consuming(recorder, database, broker):
            await until(lambda: _letter_count(database, 1))
            await until(lambda: len(recorder.applied) == 19)
        assert await letters(database) == [("7", "DEAD")]
        assert await count(database, "parked_keys") == 1
        assert await count(database, "inbox") == 19

    async def test_an_event_that_comes_twice_in_one_batch_takes_effect_once(self, database: Database) -> None:
        recorder = Recorder(database)
        await publish(database, "a", "1", "2")
        first, second = await _arrivals(database)
        effect = Effect(recorder.consumer, database, Tracer("test"))
        await effect.apply_all([first, second, first])
        await effect.apply_all([second, first])
        assert recorder.notes("a") == ["1", "2"]

    async def test_a_parked_key_waits_while_the_rest_of_its_batch_goes_on(self, database: Database) -> None:
        recorder = Recorder(database)
        await publish(database, "a", "1")
        await publish(database, "b", "2")
        first, second = await _arrivals(database)
        effect = Effect(recorder.consumer, database, Tracer("test"))
        await effect.set_aside(first, 5, ValueError())
        await effect.apply_all([first, second])
        assert recorder.applied == [("b", "2")]
        assert await letters(database) == [("1", "PARKED")]

    async def test_the_next_owner_begins_with_what_the_one_before_did_not_finish(
        self, database: Database, broker: Broker, stores: Stores
    ) -> None:
        stuck, recorder = Recorder(database), Recorder(database)
        stuck.pause = lambda note: asyncio.sleep(60 if note == "0" else 0)
        async with relaying(database, broker):
            async with running_broker(stores.nats_url) as first, consuming(stuck, database, first):
                await publish(database, "a", *map(str, range(10)))
                await until(lambda: stuck.attempts == ["0"])
            await publish(database, "a", *map(str, range(10, 15)))
            async with consuming(recorder, database, broker):
                await until(lambda: len(recorder.applied) == 15, seconds=10)
        assert recorder.notes("a") == [str(number) for number in range(15)]

    async def test_tries_again_what_fails_for_a_passing_reason(self, database: Database, broker: Broker) -> None:
        recorder = Recorder(database)
        recorder.fail = lambda _note: Unavailable("AWAY", "") if len(recorder.attempts) < 7 else None
        await publish(database, "a", "1", "2")
        async with relaying(database, broker), consuming(recorder, database, broker):
            await until(lambda: recorder.notes("a") == ["1", "2"])
        assert await letters(database) == []

    async def test_parks_the_key_of_a_poison_event_and_goes_on_with_others(
        self, database: Database, broker: Broker
    ) -> None:
        recorder = Recorder(database)
        recorder.fail = lambda note: ValueError("poison") if note == "bad" else None
        await publish(database, "a", "good", "bad", "behind", "further behind")
        await publish(database, "b", "other")
        async with relaying(database, broker), consuming(recorder, database, broker):
            await until(lambda: _letter_count(database, 3))
        assert recorder.notes("a") == ["good"]
        assert recorder.notes("b") == ["other"]
        assert await letters(database) == [("bad", "DEAD"), ("behind", "PARKED"), ("further behind", "PARKED")]
        assert recorder.attempts.count("bad") == 5

    async def test_retries_a_parked_key_in_order(self, database: Database, broker: Broker) -> None:
        recorder = Recorder(database)
        recorder.fail = lambda note: ValueError("poison") if note == "bad" else None
        await publish(database, "a", "bad", "behind")
        async with relaying(database, broker), consuming(recorder, database, broker):
            await until(lambda: _letter_count(database, 2))
            recorder.fail = lambda _note: None
            assert await dead_letters.request_retry(database, await first_event_id(database)) == 2
            broker.wake(f"dlq.{database.name}")
            await until(lambda: recorder.notes("a") == ["bad", "behind"])
            await until(lambda: _letter_count(database, 0))
            await publish(database, "a", "after")
            await until(lambda: recorder.notes("a")[-1] == "after")
        assert await count(database, "parked_keys") == 0

    async def test_a_retry_that_fails_leaves_the_key_parked(self, database: Database, broker: Broker) -> None:
        recorder = Recorder(database)
        recorder.fail = lambda note: ValueError("poison") if note == "bad" else None
        await publish(database, "a", "bad", "behind")
        async with relaying(database, broker), consuming(recorder, database, broker):
            await until(lambda: _letter_count(database, 2))
            await dead_letters.request_retry(database, await first_event_id(database))
            broker.wake(f"dlq.{database.name}")
            await until(lambda: recorder.attempts.count("bad") == 6)
            await until(lambda: _states(database, ["DEAD", "PARKED"]))
        assert recorder.notes("a") == []

    async def test_an_unknown_type_is_set_aside_at_once(self, database: Database, broker: Broker) -> None:
        recorder = Recorder(database)
        client = await broker.client()
        await ensure_stream(client, database.name)
        envelope = Envelope(event_id=str(uuid.uuid4()), type="souk.nothing.v1.Unheard", aggregate_id="a")
        subject = f"souk.{database.name}.v1.audit.recorded.0.a"
        async with consuming(recorder, database, broker):
            await client.jetstream().publish(subject, envelope.SerializeToString())
            await client.jetstream().publish(f"{subject[:-1]}b", b"\xff no envelope")
            await until(lambda: _count_is(database, "dead_letter", 2))
        assert await count(database, "parked_keys") == 2

    async def test_prepares_without_a_connection_and_hands_over(self, database: Database, broker: Broker) -> None:
        seen: list[str] = []

        async def prepare(event: AuditRecord, _envelope: Envelope) -> str:
            return f"prepared {event.actor}"

        async def handler(_event: AuditRecord, _envelope: Envelope, _uow: UnitOfWork, prepared: str) -> None:
            seen.append(prepared)

        recorder = Recorder(database)
        recorder.consumer = type(recorder.consumer)(
            recorder.consumer.name, recorder.consumer.subjects, handler, prepare=prepare
        )
        await publish(database, "a", "1")
        async with relaying(database, broker), consuming(recorder, database, broker):
            await until(lambda: seen == ["prepared 1"])

    async def test_waits_for_a_stream_that_is_not_there_yet(self, database: Database, broker: Broker) -> None:
        recorder = Recorder(database)
        async with consuming(recorder, database, broker):
            await asyncio.sleep(0.3)
            await publish(database, "a", "1")
            async with relaying(database, broker):
                await until(lambda: recorder.notes("a") == ["1"])


class TestVerifyDelivery:
    async def test_finds_the_event_without_an_effect(self, database: Database, broker: Broker) -> None:
        recorder = Recorder(database)
        await publish(database, "a", "1", "2")
        async with relaying(database, broker), consuming(recorder, database, broker):
            await until(lambda: len(recorder.applied) == 2)
        logs = LocalLogs({database.name: database})
        good = await verify_delivery(logs, database, [recorder.consumer], 0)
        assert (good.checked_count, good.violation_count) == (2, 0)
        async with database.write() as uow:
            await uow.execute(in_schema(database.name, _FORGET_ONE))
        bad = await verify_delivery(logs, database, [recorder.consumer], 0)
        assert bad.violation_count == 1
        assert bad.violations[0].detail == f"had no effect in {recorder.consumer.name}"

    async def test_does_not_judge_what_is_in_flight(self, database: Database, broker: Broker) -> None:
        recorder = Recorder(database)
        await publish(database, "a", "1")
        async with relaying(database, broker):
            await until(lambda: _is_empty(database))
        result = await verify_delivery(LocalLogs({database.name: database}), database, [recorder.consumer], 30)
        assert (result.checked_count, result.violation_count) == (0, 0)


async def _commit_count(database: Database) -> int:
    """In how many transactions events were marked as done."""
    async with database.read() as unit:
        query = "SELECT count(DISTINCT xmin::text) FROM {schema}.inbox"
        return int(await unit.fetch_value(in_schema(database.name, query)))


async def _arrivals(database: Database) -> list[Arrival]:
    """What lies in the outbox, as a consumer would get it."""
    async with database.read() as unit:
        rows = await unit.fetch(in_schema(database.name, "SELECT * FROM {schema}.outbox ORDER BY position"))
    return [Arrival.read(row["subject"], to_envelope(row).SerializeToString()) for row in rows]


async def _is_empty(database: Database) -> bool:
    return await count(database, "outbox") == 0


async def _letter_count(database: Database, wanted: int) -> bool:
    return len(await letters(database)) == wanted


async def _count_is(database: Database, table: str, wanted: int) -> bool:
    return await count(database, table) == wanted


async def _states(database: Database, wanted: list[str]) -> bool:
    return [state for _, state in await letters(database)] == wanted


async def _stream_notes(database: Database, broker: Broker) -> list[str]:
    client = await broker.client()
    subscription = await client.jetstream().subscribe(
        f"souk.{database.name}.v1.>", stream=f"SOUK_{database.name.upper()}", ordered_consumer=True
    )
    notes: list[str] = []
    info = await subscription.consumer_info()
    assert info.delivered is not None
    for _ in range((info.num_pending or 0) + info.delivered.consumer_seq):
        message = await subscription.next_msg(timeout=5)
        envelope = Envelope.FromString(message.data)
        assert message.headers[Header.MSG_ID] == envelope.event_id
        notes.append(AuditRecord.FromString(envelope.payload).actor)
    await subscription.unsubscribe()
    return notes
