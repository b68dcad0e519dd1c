"""A process that dies at any labelled place loses no event and doubles none."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

import mesh
from mesh import crash
from mesh.broker import Broker
from mesh.consumer import Consumer
from mesh.database import Database
from mesh.delivery import verify_delivery
from tests.mesh.data.events import count
from tests.stores import Stores

LABELS = crash.labels([Path(mesh.__file__).parent])
EVENTS = 12


@pytest.mark.parametrize("label", LABELS)
async def test_each_event_takes_effect_once(
    label: str, database: Database, broker: Broker, stores: Stores, tmp_path: Path
) -> None:
    died = tmp_path / "died"
    codes = []
    while not codes or codes[-1] != 0:
        assert len(codes) < 3, codes
        codes.append(await _run(stores, database.name, {"SOUK_CRASH_AT": label, "SOUK_CRASH_ONCE_FILE": str(died)}))
    assert codes == [crash.EXIT_CODE, 0]
    assert await count(database, "parked_keys") == EVENTS
    assert await count(database, "dead_letter") == 0
    consumer = Consumer(f"{database.name}-record", (f"souk.{database.name}.v1.audit.recorded",), _nothing)
    result = await verify_delivery(await broker.client(), database, [consumer], 0)
    assert (result.checked_count, result.violation_count) == (EVENTS, 0)


async def _run(stores: Stores, service: str, environ: dict[str, str]) -> int:
    arguments = ["-m", "tests.mesh.data.dying", stores.postgres_url, stores.nats_url, service, str(EVENTS)]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env={**os.environ, **environ})
    return await process.wait()


async def _nothing() -> None: ...
