"""NATS with JetStream from the wheel."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from mesh.stack.component import Component
from mesh.stack.home import Home, write_private
from mesh.stack.ports import LOOPBACK
from mesh.stack.wheels import wheel_script

PORT = 4222
USER = "souk"
_SETTINGS = """\
server_name: souk
listen: "{host}:{port}"
authorization {{ user: {user}, password: "{password}" }}
jetstream {{
  store_dir: "{store}"
  # Acknowledged means on disk: the default can lose acknowledged messages when the power fails.
  sync_interval: always
  max_memory_store: 64MB
  max_file_store: 20GB
}}
"""


@dataclass(frozen=True, slots=True)
class Nats:
    """One server on one port."""

    home: Home
    port: int

    @property
    def url(self) -> str:
        """The address with its credentials."""
        return f"nats://{USER}:{self.home.secret('nats')}@{LOOPBACK}:{self.port}"

    def component(self) -> Component:
        """The server process."""
        return Component(
            name="nats",
            argv=(wheel_script("nats-server"), "--config", str(self._settings)),
            port=self.port,
            ready=self._is_ready,
            prepare=self._prepare,
        )

    @property
    def _settings(self) -> Path:
        return self.home.run / "nats.conf"

    async def _prepare(self) -> None:
        store = self.home.data("nats")
        store.mkdir(mode=0o700, exist_ok=True)
        password = self.home.secret("nats")
        write_private(
            self._settings,
            _SETTINGS.format(host=LOOPBACK, port=self.port, user=USER, password=password, store=store),
        )

    async def _is_ready(self) -> bool:
        """The server greets with its description; JetStream is in it once the store is open."""
        try:
            reader, writer = await asyncio.open_connection(LOOPBACK, self.port)
        except OSError:
            return False
        try:
            greeting = await asyncio.wait_for(reader.readline(), 2)
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()
        return greeting.startswith(b"INFO ") and b'"jetstream":true' in greeting
