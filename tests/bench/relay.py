"""How fast the relay empties an outbox that has filled: `python -m tests.bench.relay --events 20000`.

On a PostgreSQL and a NATS of its own with fsync on in both, and one process that does nothing else.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from mesh.database import Database
from mesh.locks import Lock
from mesh.pool import Pool
from mesh.relay import Relay
from mesh.stack.home import Home
from mesh.statement import in_schema
from tests.mesh.data.service import make_database, running_broker
from tests.stores import Stores, running_stores

_PAYLOAD_BYTES = 400
_FILL = """
INSERT INTO {schema}.outbox (event_id, subject, type, aggregate_id, aggregate_version, occur_time, causation_id,
  correlation_id, actor, traceparent, payload)
SELECT gen_random_uuid(), :subject || n % 64 || '.' || gen_random_uuid(), 'souk.order.v1.OrderPaid', n::text, 1, now(),
  '', '', 'service:order', '', decode(repeat('00', :size), 'hex')
FROM generate_series(1, cast(:count AS int)) AS n"""
_LEFT = "SELECT count(*) FROM {schema}.outbox"


async def measure(stores: Stores, events: int) -> tuple[float, float]:
    """Seconds, and CPU-seconds of the relay's process, until so many events are published and in the log."""
    pool = Pool(stores.postgres_url, size=4)
    database = await make_database(pool)
    subject = f"souk.{database.name}.v1.order.paid."
    async with database.write() as uow:
        fill = in_schema(database.name, _FILL)
        await uow.execute(fill, subject=subject, size=_PAYLOAD_BYTES, count=events)
    async with running_broker(stores.nats_url) as broker:
        lock = Lock("relay")
        lock.take()
        began, cpu = time.monotonic(), time.process_time()
        task = asyncio.create_task(Relay(database, broker, lock).run())
        while await _left(database):
            await asyncio.sleep(0.05)
        spent = time.monotonic() - began, time.process_time() - cpu
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await pool.close()
    return spent


async def _left(database: Database) -> int:
    async with database.read() as unit:
        return int(await unit.fetch_value(in_schema(database.name, _LEFT)))


async def _main(events: int) -> None:
    with tempfile.TemporaryDirectory(prefix="souk-relay-") as folder:
        async with running_stores(Home(Path(folder).resolve() / "home")) as stores:
            seconds, cpu = await measure(stores, events)
    print(f"{events:,} events in {seconds:.1f} s: {events / seconds:,.0f}/s, {1000 * cpu / events:.3f} CPU-ms each")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.relay", description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    asyncio.run(_main(parser.parse_args().events))
