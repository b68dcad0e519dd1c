"""A process that dies at any labelled place loses no event and doubles none."""

import asyncio
import os
import sys
from pathlib import Path

import mesh
from mesh import crash
from mesh.consumer import Consumer
from mesh.database import Database
from mesh.delivery import verify_delivery
from mesh.pool import Pool
from mesh.published import LocalLogs
from tests.mesh.data.events import count
from tests.mesh.data.service import make_database
from tests.stores import Stores

LABELS = crash.labels([Path(mesh.__file__).parent])
EVENTS = 12


async def test_each_event_takes_effect_once(pool: Pool, stores: Stores, tmp_path: Path) -> None:
    # Side by side, for most of the time goes into starting processes.
    async with asyncio.TaskGroup() as group:
        for label in LABELS:
            group.create_task(_die_at(label, await make_database(pool), stores, tmp_path / label))


async def _die_at(label: str, database: Database, stores: Stores, died: Path) -> None:
    environ = {"SOUK_CRASH_AT": label, "SOUK_CRASH_ONCE_FILE": str(died)}
    codes = [await _run(stores, database.name, environ)]
    while codes[-1] != 0:
        assert len(codes) < 3, f"{label}: {codes}"
        codes.append(await _run(stores, database.name, environ))
    assert codes == [crash.EXIT_CODE, 0], label
    assert await count(database, "parked_keys") == EVENTS, label
    assert await count(database, "dead_letter") == 0, label
    consumer = Consumer(f"{database.name}-record", (f"souk.{database.name}.v1.audit.recorded",), _nothing)
    result = await verify_delivery(LocalLogs({database.name: database}), database, [consumer], 0)
    assert (result.checked_count, result.violation_count) == (EVENTS, 0), label


async def _run(stores: Stores, service: str, environ: dict[str, str]) -> int:
    arguments = ["-m", "tests.mesh.data.dying", stores.postgres_url, stores.nats_url, service, str(EVENTS)]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env={**os.environ, **environ})
    return await process.wait()


async def _nothing() -> None: ...
