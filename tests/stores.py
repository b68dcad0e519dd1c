"""The stores of the embedded stack without the stack."""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from mesh.stack.home import Home
from mesh.stack.nats import PORT as NATS_PORT
from mesh.stack.nats import Nats
from mesh.stack.part import Part
from mesh.stack.ports import Ports
from mesh.stack.postgres import PORT as POSTGRES_PORT
from mesh.stack.postgres import Postgres
from mesh.stack.redis import PORT as REDIS_PORT
from mesh.stack.redis import Redis


@dataclass(frozen=True, slots=True)
class Stores:
    """Where they listen."""

    postgres_url: str
    nats_url: str
    redis_url: str


@asynccontextmanager
async def running_stores(home: Home) -> AsyncIterator[Stores]:
    home.prepare()
    ports = Ports(private=True)
    postgres = Postgres(home, ports.usual(POSTGRES_PORT))
    nats = Nats(home, ports.usual(NATS_PORT))
    redis = Redis(home, ports.usual(REDIS_PORT))
    # Nobody opens this cluster again: it ends without the checkpoint that writes the files of every test.
    components = (replace(postgres.component(), stop_signal=signal.SIGQUIT), nats.component(), redis.component())
    parts = [Part(each, home, print, lambda: None) for each in components]
    try:
        await asyncio.gather(*(part.start() for part in parts))
        yield Stores(postgres.url, nats.url, redis.url)
    finally:
        await asyncio.gather(*(part.stop() for part in parts))
        shutil.rmtree(home.root)
