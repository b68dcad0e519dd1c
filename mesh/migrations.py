"""Schemas and roles of the services, and their histories of migrations.

`python -m mesh.migrations new order "shipments"` writes the next migration of a service: what its tables.py has and a
throw-away PostgreSQL with all migrations so far has not. `check` tells whether there is anything to write.
"""

import asyncio
import importlib
import importlib.util
import pkgutil
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from alembic.operations import Operations
from sqlalchemy import MetaData
from sqlalchemy.schema import CreateIndex, CreateTable

from mesh.tables import mesh_tables, service_metadata

_ENVIRONMENT = Path(__file__).with_name("alembic_env")
_LOCK = 0x536F756B  # any number, the same everywhere: two processes never migrate at once
_MESH_TABLES = frozenset(table.name for table in mesh_tables(service_metadata("any")))
_GRANTS = """
CREATE SCHEMA IF NOT EXISTS "{service}";
GRANT USAGE ON SCHEMA "{service}" TO "souk_{service}";
ALTER DEFAULT PRIVILEGES IN SCHEMA "{service}" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "souk_{service}";
ALTER DEFAULT PRIVILEGES IN SCHEMA "{service}" GRANT USAGE ON SEQUENCES TO "souk_{service}";
"""


class StoreVersionError(Exception):
    """The store was made by another version, whose migrations are not here."""


def migrated_services() -> list[str]:
    """The services that have migrations, by name."""
    packages = importlib.import_module("services").__path__
    return sorted(module.name for module in pkgutil.iter_modules(packages) if _revisions(module.name))


def _versions(service: str) -> Path:
    spec = importlib.util.find_spec(f"services.{service}")
    if spec is None or spec.origin is None:
        raise ValueError(f"there is no service {service}")
    return Path(spec.origin).parent / "migrations" / "versions"


def _revisions(service: str) -> list[str]:
    """The revisions of a service, the newest last: files are `0001_initial.py`, one line of history."""
    return sorted(path.name.partition("_")[0] for path in _versions(service).glob("[0-9]*_*.py"))


async def upgrade_all(postgres_url: str, services: Sequence[str]) -> list[str]:
    """Bring every service's schema to its newest migration and return the names of those that were behind.

    Raises StoreVersionError, before anything is changed, where a schema is at a migration that is not here.
    """
    connection = await asyncpg.connect(postgres_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        present = await _present_revisions(connection)
        behind = [service for service in services if _is_behind(service, present.get(service))]
        for service in behind:
            await make_schema(connection, service)
        if behind:
            await _run_alembic(postgres_url, behind, lambda config: _alembic_command("upgrade", config, "head"))
    finally:
        await connection.close()
    return behind


def _is_behind(service: str, present: str | None) -> bool:
    known = _revisions(service)
    if present is not None and present not in known:
        raise StoreVersionError(
            f"This store was made by another version: the schema of {service} is at migration {present}, "
            f"and this version knows none later than {known[-1] if known else 'none'}."
        )
    return bool(known) and present != known[-1]


async def _present_revisions(connection: asyncpg.Connection) -> dict[str, str]:
    rows = await connection.fetch(
        "SELECT nspname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE relname = 'alembic_version'"
    )
    schemas = [row["nspname"] for row in rows]
    # Names of schemas that are there, so nothing is injected.
    queries = [f"SELECT '{name}' AS service, version_num FROM \"{name}\".alembic_version" for name in schemas]  # noqa: S608
    found = await connection.fetch(" UNION ALL ".join(queries)) if queries else []
    return {row["service"]: row["version_num"] for row in found}


async def make_schema(connection: asyncpg.Connection, service: str) -> None:
    """Make a service's schema and role where they are not there, and grant the one to the other."""
    role = f"souk_{service}"
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
        await connection.execute(f'CREATE ROLE "{role}" NOLOGIN')
    if not await connection.fetchval("SELECT pg_has_role($1, 'SET')", role):
        await connection.execute(f'GRANT "{role}" TO CURRENT_USER')
    await connection.execute(_GRANTS.format(service=service))


def create_mesh_tables(op: Operations, schema: str) -> None:
    """Make the mesh's own tables: the first step of each service's first migration."""
    for table in mesh_tables(service_metadata(schema)):
        op.execute(CreateTable(table))
        for index in table.indexes:
            op.execute(CreateIndex(index))


def belongs_to_service(service: str) -> Callable[[str | None, str, Any], bool]:
    """The filter of what Alembic compares: the service's schema without the mesh's tables and their partitions."""

    def belongs(name: str | None, kind: str, _parents: Any) -> bool:
        if kind == "schema":
            return name == service
        if kind != "table" or name is None:
            return True
        return name not in _MESH_TABLES and name != "alembic_version" and not name.startswith("outbox_log_")

    return belongs


def _alembic_command(name: str, *arguments: Any, **options: Any) -> None:
    from alembic import command  # half of a second that a store at head need not pay

    getattr(command, name)(*arguments, **options)


async def _run_alembic(postgres_url: str, services: Sequence[str], run: Callable[[Any], None]) -> None:
    from alembic.config import Config  # as above
    from sqlalchemy.ext.asyncio import create_async_engine  # as above

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(postgres_url)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    try:
        async with engine.connect() as connection:
            for service in services:
                config = Config()
                config.set_main_option("script_location", str(_ENVIRONMENT))
                config.set_main_option("version_locations", str(_versions(service)))
                config.set_main_option("path_separator", "newline")
                config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
                config.attributes["service"] = service

                def in_connection(sync_connection: Any, config: Config = config) -> None:
                    config.attributes["connection"] = sync_connection
                    run(config)

                await connection.run_sync(in_connection)
                await connection.commit()
    finally:
        await engine.dispose()


@asynccontextmanager
async def throw_away_postgres() -> AsyncIterator[str]:
    """The URL of an empty embedded PostgreSQL that lives as long as the block."""
    from mesh.stack.home import Home  # a running service needs no stack
    from mesh.stack.part import Part  # as above
    from mesh.stack.ports import Ports  # as above
    from mesh.stack.postgres import PORT, Postgres  # as above

    folder = Path(tempfile.mkdtemp(prefix="souk-"))
    home = Home(folder / "home")
    home.prepare()
    postgres = Postgres(home, Ports(private=True).usual(PORT))
    part = Part(postgres.component(), home, lambda _text: None, lambda: None)
    try:
        await part.start()
        yield postgres.url
    finally:
        await part.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def write_migration(service: str, message: str) -> None:
    """Write the next migration of a service from the difference between its tables and its migrations so far."""
    versions = _versions(service)
    versions.mkdir(parents=True, exist_ok=True)
    revision = f"{len(_revisions(service)) + 1:04d}"

    def write(config: Any) -> None:
        config.attributes["metadata"] = _metadata(service)
        _alembic_command("revision", config, message, autogenerate=True, rev_id=revision)

    async with throw_away_postgres() as url:
        await upgrade_all(url, [service])
        connection = await asyncpg.connect(url)
        await make_schema(connection, service)
        await connection.close()
        await _run_alembic(url, [service], write)
    _tidy(next(versions.glob(f"{revision}_*.py")))


def _tidy(written: Path) -> None:
    lines = written.read_text().splitlines(keepends=True)
    written.write_text("".join(line for line in lines if not line.lstrip().startswith("# ###")))
    for arguments in (("check", "--fix", "--quiet"), ("format", "--quiet")):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, str(written)], check=False)  # noqa: S603  # our own file


async def check_migrations(postgres_url: str, services: Sequence[str]) -> None:
    """Raise alembic's AutogenerateDiffsDetected where tables have what migrations do not make, or the other way."""

    def check(config: Any) -> None:
        config.attributes["metadata"] = _metadata(config.attributes["service"])
        _alembic_command("check", config)

    await upgrade_all(postgres_url, services)
    await _run_alembic(postgres_url, services, check)


async def _check_all(services: Sequence[str]) -> None:
    async with throw_away_postgres() as url:
        await check_migrations(url, services)


def _metadata(service: str) -> MetaData:
    metadata: MetaData = importlib.import_module(f"services.{service}.tables").metadata
    return metadata


def main(arguments: Sequence[str]) -> None:
    """Run `new <service> <message>` or `check <service>…`."""
    match list(arguments):
        case ["new", service, message]:
            asyncio.run(write_migration(service, message))
        case ["check", *services]:
            asyncio.run(_check_all(services or migrated_services()))
        case _:
            sys.exit('python -m mesh.migrations new <service> "<message>" | check [<service>…]')


if __name__ == "__main__":
    main(sys.argv[1:])
