"""What all tests share: no network beyond this machine, real servers where a test asks for them."""

import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from mesh.stack.home import Home
from tests.stack_process import PAYOUTS_AT_ONCE, Stack
from tests.stores import Stores, running_stores

# Tests in these folders talk to servers on this machine; all others open no connection at all.
_FOLDERS_WITH_SERVERS = {"bench", "chaos", "contract", "e2e", "edge", "integration", "sandbox", "security", "stack"}
_FIXTURES_WITH_SERVERS = {"stack", "stores"}
_LOOPBACK = ["127.0.0.1", "::1"]
# Cross-service tests run in both placements, as their outcome must not depend on it.
_PLACEMENTS = ("together", "split")
_START_SECONDS = 240


def pytest_configure() -> None:
    # A run that is told to end takes its servers along, as it does after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(here).parts[0]
        fixtures = set(getattr(item, "fixturenames", ()))
        if folder in _FOLDERS_WITH_SERVERS or fixtures & _FIXTURES_WITH_SERVERS:
            item.add_marker(pytest.mark.allow_hosts(_LOOPBACK))
        if "stack" in fixtures:
            # The first test that asks for it waits until it is up.
            item.add_marker(pytest.mark.timeout(_START_SECONDS + 60))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "stack" in metafunc.fixturenames:
        both = "integration" in metafunc.definition.path.parts
        metafunc.parametrize("stack", _PLACEMENTS if both else _PLACEMENTS[:1], indirect=True, scope="session")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stores(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stores]:
    """PostgreSQL, NATS and Redis alone, empty, one set for the whole run."""
    async with running_stores(Home(tmp_path_factory.mktemp("stores") / "home")) as urls:
        yield urls


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole embedded stack, empty; when its tests are through, every invariant is verified on what they left."""
    running = Stack(Home(tmp_path_factory.mktemp("souk") / "home"))
    try:
        running.up("--empty", *(["--split"] if request.param == "split" else []), **PAYOUTS_AT_ONCE)
        yield running
        verified = running.souk("verify", "--wait", check=False)
    finally:
        running.souk("down")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    shutil.rmtree(running.home.root)
