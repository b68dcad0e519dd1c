"""A real sandbox on a free port, and the official SDK that talks to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import stripe

from sandbox.server import Options, Running, running


@asynccontextmanager
async def connected(
    port: int, api_key: str = "sk_test_souk", patience: float = 5
) -> AsyncIterator[stripe.StripeClient]:
    """The SDK as a service would use it."""
    http = stripe.AIOHTTPClient(timeout=patience)
    address = {"api": f"http://127.0.0.1:{port}"}
    try:
        yield stripe.StripeClient(api_key, base_addresses=address, http_client=http, max_network_retries=0)
    finally:
        await http.close_async()


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(Options(data=tmp_path)) as ports:
        yield ports


@pytest.fixture
async def client(sandbox: Running) -> AsyncIterator[stripe.StripeClient]:
    async with connected(sandbox.port) as sdk:
        yield sdk
