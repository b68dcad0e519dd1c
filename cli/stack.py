"""Commands that run the embedded stack."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console

from cli.market import market_wish
from cli.overview import processes_table
from mesh.stack.control import ask
from mesh.stack.errors import StackError
from mesh.stack.home import find_home
from mesh.stack.state import ProcessState, State, Status, memory_bytes, read_state
from mesh.stack.stop import stop_stack

app = typer.Typer()
_console = Console()

Part = Annotated[str, typer.Argument(help="A name that `souk status` lists.")]


@app.command()
def up(
    *,
    detach: Annotated[bool, typer.Option("--detach", help="Return when everything is ready.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The edge's port; 0: 8080, or a free one.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="How many processes host the services.")] = 2,
    split: Annotated[bool, typer.Option("--split", help="One process for each service.")] = False,
    empty: Annotated[bool, typer.Option("--empty", help="No demo catalogue in a new store.")] = False,
    private_ports: Annotated[bool, typer.Option("--private-ports", help="Use no usual port at all.")] = False,
    faults: Annotated[bool, typer.Option("--faults", help="Let `souk break` hinder the network, too.")] = False,
    # The supervisor of a detached stack leaves it to the command that waits: a password belongs into no log.
    welcome: Annotated[bool, typer.Option("--welcome/--no-welcome", hidden=True)] = True,
) -> None:
    """Start the whole market on this machine."""
    # Loads the HTTP client, which no other command here needs.
    from cli.launch import run_detached, run_here

    home = find_home()
    if detach:
        run_detached(home, _console, sys.argv[1:])
        return
    home.prepare()
    wish = replace(market_wish(home), port=port or None, workers=workers, split=split)
    wish = replace(wish, private_ports=private_ports, faults=faults)
    run_here(replace(wish, seed=()) if empty else wish, _console, welcome=welcome)


@app.command()
def down() -> None:
    """Stop the market; its data stay."""
    home = find_home()
    _console.print("Stopped." if asyncio.run(stop_stack(home)) else "Nothing runs.")


@app.command()
def status(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Show what runs and where. The exit status is 0 when the market is up."""
    state = read_state(find_home())
    if as_json:
        typer.echo(json.dumps(_status_document(state), indent=2))
    else:
        _console.print(processes_table(state))
        if state.status is Status.RUNNING:
            _console.print(f"\n{state.edge}", highlight=False)
    raise typer.Exit(0 if state.status is Status.RUNNING else 1)


@app.command()
def stop(part: Part) -> None:
    """Stop one part; the others go on."""
    _console.print(asyncio.run(ask(find_home(), "stop", part)))


@app.command()
def start(part: Part) -> None:
    """Start a part that was stopped."""
    _console.print(asyncio.run(ask(find_home(), "start", part)))


@app.command()
def logs(
    part: Part,
    *,
    lines: Annotated[int, typer.Option("--lines", "-n")] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f")] = False,
) -> None:
    """Show the log of one part."""
    path = find_home().log(part)
    if not path.exists():
        known = ", ".join(sorted(each.stem for each in path.parent.glob("*.log"))) or "none yet"
        raise StackError(f"There is no log of {part!r}; there are: {known}.")
    command = ["tail", "-n", str(lines), *(["-F"] if follow else []), str(path)]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603 - the path is ours


@app.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop the market and delete all its data."""
    home = find_home()
    if not home.is_store:
        _console.print(f"There is no store in {home.root}.")
        return
    if not yes:
        typer.confirm(f"Delete everything in {home.root}?", abort=True)
    asyncio.run(stop_stack(home))
    shutil.rmtree(home.root)
    _console.print(f"{home.root} is gone.")


@app.command()
def serve(
    services: Annotated[list[str] | None, typer.Argument(help="The services to host.")] = None,
    *,
    port: Annotated[int, typer.Option(help="Where they listen.")] = 50051,
    everything: Annotated[bool, typer.Option("--all", help="Host all services.")] = False,
) -> None:
    """Host services in this process, on addresses that the environment names."""
    hosted = ["--all"] if everything else (services or [])
    # Its own program, so that nothing of the command line stays in a serving process.
    os.execv(sys.executable, [sys.executable, "-m", "mesh.serve", *hosted, "--port", str(port)])  # noqa: S606


@app.command()
def migrate() -> None:
    """Bring the schema of every service to its newest migration, in the database of SOUK_POSTGRES_URL."""
    # Takes longer to load than all other commands take to run.
    from mesh.migrations import StoreVersionError, migrated_services, upgrade_all

    url = os.environ.get("SOUK_POSTGRES_URL") or read_state(find_home()).urls.get("postgres", "")
    if not url:
        raise StackError("There is no database: set SOUK_POSTGRES_URL, or start the embedded stack with `souk up`.")
    try:
        changed = asyncio.run(upgrade_all(url, migrated_services()))
    except StoreVersionError as error:
        raise StackError(str(error)) from error
    except OSError as error:
        raise StackError(f"The database at {urlsplit(url).hostname} does not answer: {error}") from error
    _console.print(f"Migrated: {', '.join(changed)}." if changed else "Every schema is at its newest migration.")


def _status_document(state: State) -> dict[str, Any]:
    return {
        "status": state.status,
        "edge": state.edge,
        "processes": [_process_document(each) for each in state.processes],
        "supervisor": _process_document(state.supervisor, children=False),
        "urls": state.urls,
    }


def _process_document(each: ProcessState, *, children: bool = True) -> dict[str, Any]:
    process = each.process()
    document = asdict(each) | {"memory_bytes": 0 if process is None else memory_bytes(process, children=children)}
    del document["started"]
    return document
