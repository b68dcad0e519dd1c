"""Worker processes: each hosts all services, or one."""

import sys
from collections.abc import Mapping, Sequence

from mesh.stack.component import Component, accepts

PORT = 50051


def worker(name: str, services: Sequence[str], port: int, env: Mapping[str, str]) -> Component:
    """A process that hosts the named services."""
    return Component(
        name=name,
        argv=(sys.executable, "-m", "mesh.serve", *services, "--port", str(port)),
        port=port,
        ready=accepts(port),
        env=env,
        stop_seconds=30,
    )
