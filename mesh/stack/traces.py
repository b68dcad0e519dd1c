"""The local trace store as a part of the stack: an OTLP receiver on one port."""

import sys
from dataclasses import dataclass
from pathlib import Path

from mesh.stack.component import Component, accepts
from mesh.stack.home import Home
from mesh.stack.ports import LOOPBACK

PORT = 4317


def store_file(home: Home) -> Path:
    """The file that `souk trace` reads."""
    return home.data("traces") / "spans.db"


@dataclass(frozen=True, slots=True)
class Traces:
    """One receiver."""

    home: Home
    port: int

    @property
    def url(self) -> str:
        """The address in the form of `OTEL_EXPORTER_OTLP_ENDPOINT`."""
        return f"http://{LOOPBACK}:{self.port}"

    def component(self) -> Component:
        """The server process."""
        command = ("-m", "mesh.tracestore", "--port", str(self.port), "--store", str(store_file(self.home)))
        return Component(
            name="traces",
            argv=(sys.executable, *command),
            port=self.port,
            ready=accepts(self.port),
        )
