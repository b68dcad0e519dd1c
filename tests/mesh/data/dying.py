"""A process that publishes, relays and consumes until it is killed or dies at a crash point.

`python -m tests.mesh.data.dying POSTGRES_URL NATS_URL SERVICE COUNT`: publishes COUNT events, keeps each one's effect
as a row of `parked_keys`, and ends when all have had theirs.
"""

import asyncio
import sys

from souk.mesh.v1.envelope_pb2 import AuditRecord, Envelope

from mesh.consumer import Consumer
from mesh.database import Database, UnitOfWork
from mesh.intake import Intake
from mesh.locks import Locks
from mesh.pool import Pool
from mesh.relay import Relay
from mesh.statement import in_schema
from mesh.trace import Tracer
from tests.mesh.data.events import count, running, until
from tests.mesh.data.service import running_broker

_EFFECT = "INSERT INTO {schema}.parked_keys (durable, key) VALUES ('effect', :key)"


async def on_recorded(event: AuditRecord, _envelope: Envelope, uow: UnitOfWork) -> None:
    """Write a row that a second effect would collide with."""
    await uow.execute(in_schema(uow.service, _EFFECT), key=event.actor)


async def main(postgres_url: str, nats_url: str, service: str, wanted: int) -> None:
    pool = Pool(postgres_url)
    database = Database(service, pool)
    consumer = Consumer(f"{service}-record", (f"souk.{service}.v1.audit.recorded",), on_recorded)
    locks = Locks(pool)
    async with running_broker(nats_url) as broker:
        relay = Relay(database, broker, locks.lock(f"relay {service}"))
        intake = Intake(consumer, database, broker, locks.lock(f"consumer {service}"), Tracer("test"))
        async with running(locks.run, relay.run, intake.run):
            while (published := await _published(database)) < wanted:
                async with database.write() as uow:
                    uow.publish(AuditRecord(resource_id="a", actor=str(published)), f"key{published % 3}")
            await until(lambda: _has(database, wanted), seconds=40)
    await pool.close()


async def _published(database: Database) -> int:
    query = "SELECT (SELECT count(*) FROM {schema}.outbox) + (SELECT count(*) FROM {schema}.outbox_log)"
    async with database.read() as unit:
        return int(await unit.fetch_value(in_schema(database.name, query)))


async def _has(database: Database, wanted: int) -> bool:
    return await count(database, "parked_keys") == wanted


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
