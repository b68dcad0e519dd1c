"""The sandbox as a process of its own."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.sandbox.conftest import connected
from tests.sandbox.test_intents import make


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def process(data: Path) -> AsyncIterator[int]:
    """A sandbox that is killed at the end, not stopped."""
    port = free_port()
    arguments = ("--port", str(port), "--smtp-port", str(free_port()), "--data", str(data))
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *arguments, stderr=asyncio.subprocess.DEVNULL
    )
    async with httpx.AsyncClient() as http:
        for _ in range(100):
            with contextlib.suppress(httpx.ConnectError):
                await http.get(f"http://127.0.0.1:{port}/healthz")
                break
            await asyncio.sleep(0.1)
    try:
        yield port
    finally:
        running.kill()
        await running.wait()


class TestProcess:
    async def test_forgets_nothing_when_it_is_killed(self, tmp_path: Path) -> None:
        async with process(tmp_path) as port, connected(port) as client:
            intent = await make(client, confirm=True)
        async with process(tmp_path) as port, connected(port) as client:
            assert (await client.v1.payment_intents.retrieve_async(intent.id)).status == "succeeded"
            assert (await client.v1.events.list_async({"type": "payment_intent.succeeded"})).data
