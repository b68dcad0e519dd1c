"""The service to test the mesh with, in both placements."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.mesh.echo import World, generate, running_world


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "world" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


@pytest.fixture(scope="session")
def echo_modules(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModuleType, ModuleType]:
    """The messages and the stubs of tests/mesh/protos/echo.proto."""
    return generate(tmp_path_factory.mktemp("echo"))


@pytest.fixture(params=["local", "socket"])
async def world(
    request: pytest.FixtureRequest, echo_modules: tuple[ModuleType, ModuleType], tmp_path: Path
) -> AsyncIterator[World]:
    """The test service and its caller, with and without a socket between them."""
    settings = {"SOUK_MAX_CONCURRENT_CALLS": "4"}
    async with running_world(echo_modules, tmp_path, socket=request.param == "socket", settings=settings) as running:
        yield running
