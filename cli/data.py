"""Commands on the events of a running market: what was set aside, and what is to be published once more."""

import asyncio
import os
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from nats.aio.client import Client
from rich.console import Console
from rich.table import Table
from souk.mesh.v1.envelope_pb2 import Envelope

from cli.market import service_names
from mesh import dead_letters
from mesh.broker import Broker
from mesh.database import Database
from mesh.errors import SoukError
from mesh.pool import Pool
from mesh.relay import replay as replay_log
from mesh.stack.errors import StackError
from mesh.stack.home import find_home
from mesh.stack.state import read_state

app = typer.Typer()
dlq = typer.Typer(no_args_is_help=True, help="Events that could not be applied, and those that wait behind them.")
app.add_typer(dlq, name="dlq")
_console = Console()

_CONNECT_SECONDS = 5.0
_AGO = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

EventId = Annotated[uuid.UUID, typer.Argument(help="The id that `souk dlq list` shows.")]


@dlq.command("list")
def list_letters() -> None:
    """Show what is set aside, service by service, the oldest first."""
    asyncio.run(_list())


@dlq.command("show")
def show(event_id: EventId) -> None:
    """Show everything about one event but its payload, which may hold personal data."""
    asyncio.run(_show(event_id))


@dlq.command("retry")
def retry(event_id: EventId) -> None:
    """Try an event again, and after it all that wait behind its key."""
    asyncio.run(_retry(event_id))


@app.command()
def replay(
    since: Annotated[str, typer.Option(help="A time (2026-11-20T10:00:00Z) or how long ago (90s, 15m, 2h, 1d).")],
    service: Annotated[str, typer.Option(help="Only the events of this service.")] = "",
) -> None:
    """Publish the events of the log once more: consumers apply what they have missed and skip what they know."""
    asyncio.run(_replay(parse_since(since, datetime.now(UTC)), service))


def parse_since(text: str, now: datetime) -> datetime:
    """Read a time or how long ago it was. Raises StackError where it is neither."""
    ago = _AGO.fullmatch(text)
    if ago:
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise StackError(f"{text!r} is neither a time nor how long ago it was.") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _url(name: str) -> str:
    url = os.environ.get(f"SOUK_{name.upper()}_URL") or read_state(find_home()).urls.get(name, "")
    if not url:
        raise StackError(
            f"There is no {name}: set SOUK_{name.upper()}_URL, or start the embedded stack with `souk up`."
        )
    return url


@asynccontextmanager
async def _databases() -> AsyncIterator[list[Database]]:
    pool = Pool(_url("postgres"), size=2)
    try:
        yield [Database(service, pool) for service in service_names()]
    except SoukError as error:
        raise StackError(str(error)) from error
    finally:
        await pool.close()


@asynccontextmanager
async def _broker() -> AsyncIterator[tuple[Broker, Client]]:
    broker = Broker(_url("nats"))
    broker.start()
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            client = await broker.client()
        yield broker, client
    except TimeoutError:
        raise StackError("NATS does not answer.") from None
    finally:
        await broker.close()


async def _list() -> None:
    table = Table("service", "consumer", "event", "type", "key", "state", "tries", "reason")
    async with _databases() as databases:
        for database in databases:
            for letter in await dead_letters.list_letters(database):
                what = (letter["durable"], str(letter["event_id"]), letter["type"], letter["key"], letter["state"])
                table.add_row(database.name, *what, str(letter["attempt_count"]), letter["reason"])
    _console.print(table if table.row_count else "Nothing is set aside.")


async def _show(event_id: uuid.UUID) -> None:
    async with _databases() as databases:
        for database in databases:
            for letter in await dead_letters.show_letter(database, event_id):
                described = {name: value for name, value in letter.items() if name != "envelope"}
                envelope = Envelope.FromString(letter["envelope"]) if letter["type"] else Envelope()
                story = ("aggregate_version", "causation_id", "correlation_id", "actor", "traceparent")
                described |= {"service": database.name} | {name: getattr(envelope, name) for name in story}
                for name, value in described.items():
                    _console.print(f"{name:18} {value}", markup=False, highlight=False)


async def _retry(event_id: uuid.UUID) -> None:
    count = 0
    async with _databases() as databases, _broker() as (broker, _):
        for database in databases:
            asked = await dead_letters.request_retry(database, event_id)
            if asked:
                broker.wake(f"dlq.{database.name}")
                count += asked
    _console.print(f"{count} events will be tried again." if count else "There is no such event.")
    raise typer.Exit(0 if count else 1)


async def _replay(since: datetime, service: str) -> None:
    async with _databases() as databases, _broker() as (_, client):
        chosen = [database for database in databases if service in ("", database.name)]
        if not chosen:
            raise StackError(f"There is no service {service}.")
        for database in chosen:
            _console.print(f"{database.name:14} {await replay_log(database, client, since)}", highlight=False)
