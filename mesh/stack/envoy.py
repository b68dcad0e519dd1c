"""The edge: Envoy from the wheel, its configuration rendered by `python -m edge`."""

import asyncio
import json
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mesh.stack.component import Component, Task
from mesh.stack.home import Home, write_private
from mesh.stack.plain_http import request
from mesh.stack.ports import LOOPBACK
from mesh.stack.wheels import wheel_folder

PORT = 8080
_DRAIN_SECONDS = 10.0
_ACTIVE = re.compile(r"^http\.([^:]+)\.downstream_rq_active: (\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Envoy:
    """One edge; `placement` is what `edge.placement.Placement` reads, without listener and files."""

    home: Home
    port: int
    host: str = LOOPBACK
    placement: Mapping[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where clients go."""
        return f"http://{self.host}:{self.port}"

    def render(self) -> Task:
        """Write the configuration; needs no other part to run."""
        command = (sys.executable, "-m", "edge", "render", "--placement", str(self._placement_file))
        return Task("edge-render", command, prepare=self._write_placement, output=self._settings)

    def component(self) -> Component:
        """The server process. Ready means that every service behind it answers as well."""
        program = str(wheel_folder("envoy", "Envoy") / "_bin" / "envoy")
        options = ("--use-dynamic-base-id", "--log-level", "warning", "--drain-time-s", "5")
        return Component(
            name="envoy",
            argv=(program, "-c", str(self._settings), *options),
            port=self.port,
            ready=self._is_healthy,
            drain=self._drain,
        )

    @property
    def _settings(self) -> Path:
        return self.home.run / "envoy.json"

    @property
    def _placement_file(self) -> Path:
        return self.home.run / "placement.json"

    @property
    def _admin(self) -> Path:
        return self.home.socket("envoy")

    async def _write_placement(self) -> None:
        document = {
            "listen": [self.host, self.port],
            "jwks_file": str(self.home.keys / "jwks.json"),
            "admin_path": str(self._admin),
            "access_log": str(self.home.log("access")),
            **self.placement,
        }
        write_private(self._placement_file, json.dumps(document, indent=2) + "\n")

    async def _is_healthy(self) -> bool:
        status, _ = await request((self.host, self.port), "GET", "/healthz")
        return status == 200  # noqa: PLR2004 - HTTP's OK

    async def _drain(self) -> None:
        """Take no new connections, close the idle ones, and wait for the requests in flight."""
        await request(self._admin, "POST", "/healthcheck/fail")
        await request(self._admin, "POST", "/drain_listeners?graceful&skip_exit")
        deadline = time.monotonic() + _DRAIN_SECONDS
        while await self._requests_in_flight() and time.monotonic() < deadline:  # noqa: ASYNC110 - as in Part
            await asyncio.sleep(0.05)

    async def _requests_in_flight(self) -> int:
        _, stats = await request(self._admin, "GET", "/stats?filter=downstream_rq_active")
        # Asking is a request, too, on the admin's own listener.
        return sum(int(count) for name, count in _ACTIVE.findall(stats) if name != "admin")
