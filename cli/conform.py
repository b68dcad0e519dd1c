"""`souk conformance`: a market tried from outside, for what no market may ever get wrong."""

import asyncio
import os
import random
import secrets
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.conformance.bench import Bench, Scale
from cli.conformance.case import Case, Result, judge
from cli.conformance.cases import CASES
from cli.conformance.client import Client
from cli.conformance.provider import Provider
from cli.conformance.report import print_table, write_junit
from cli.market import ADMIN_EMAIL
from cli.rest import running_edge
from mesh.stack.home import find_home
from mesh.stack.state import read_state

app = typer.Typer()
_console = Console()
_TRIES, _QUICK_TRIES = 200, 20


@app.command()
def conformance(
    *,
    url: Annotated[str, typer.Option(help="The market's address. Default: the one that runs here.")] = "",
    tries: Annotated[int, typer.Option(min=1, help="Tries of each race.")] = _TRIES,
    quick: Annotated[bool, typer.Option("--quick", help=f"{_QUICK_TRIES} tries of each race.")] = False,
    buyers: Annotated[int, typer.Option(min=2, help="Buyers who want the last unit.")] = 200,
    copies: Annotated[int, typer.Option(min=2, help="Parallel submits of one key.")] = 50,
    only: Annotated[list[str] | None, typer.Option(help="Only this case; may come again.")] = None,
    sandbox: Annotated[str, typer.Option(help="The payment sandbox's address. Default: of what runs here.")] = "",
    seed: Annotated[int | None, typer.Option(help="Of the chance in amounts and times; replays a run.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write the results to this file, as JUnit's XML.")] = None,
) -> None:
    """Race a market against itself through its public REST API, and check that nothing wrong happens.

    It makes the sellers, goods and buyers that it needs. Shops must be verified by themselves, or
    SOUK_ADMIN_PASSWORD be set; payments must go to a sandbox or a provider's test mode; and one address must be
    allowed as many calls as two hundred buyers make. The exit status is 1 when a case saw a wrong effect or could
    not be tried to its end.
    """
    cases = _chosen(only or [])
    here = find_home()
    if not url:
        url, sandbox = running_edge(here), sandbox or read_state(here).urls.get("sandbox", "")
    seed = secrets.randbelow(1 << 31) if seed is None else seed
    scale = Scale(_QUICK_TRIES if quick else tries, buyers, copies)
    _console.print(f"\n[bold]Conformance of {url}[/bold], {scale.tries} tries of each race, seed {seed}\n")
    begun = time.monotonic()
    results = asyncio.run(_run(url, sandbox, scale, seed, cases))
    print_table(_console, results)
    if junit is not None:
        write_junit(junit, results)
    failed = [result.case.name for result in results if result.failed]
    _console.print(f"\n{len(results)} cases in {time.monotonic() - begun:.0f} s, seed {seed}")
    print(f"failed: {len(failed)}")  # noqa: T201  the last line is for programs, whatever the terminal
    if failed:
        raise typer.Exit(1)


def _chosen(only: list[str]) -> list[Case]:
    names = [case.name for case in CASES]
    if unknown := [name for name in only if name not in names]:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(names)}", param_hint="--only")
    return [case for case in CASES if not only or case.name in only]


async def _run(url: str, sandbox: str, scale: Scale, seed: int, cases: list[Case]) -> list[Result]:
    client, provider = Client(url), Provider(sandbox) if sandbox else None
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    try:
        password = os.environ.get("SOUK_ADMIN_PASSWORD", "")
        admin = await client.sign_in(ADMIN_EMAIL, password) if password else None
        results: list[Result] = []
        with Progress(*columns, console=_console, transient=True) as shown:
            for case in cases:
                task = shown.add_task(case.name)

                def progress(done: int, of: int, task: int = task, name: str = case.name) -> None:
                    shown.update(task, description=f"{name}  {done}/{of}")  # type: ignore[arg-type]  # a NewType of int

                if not results:
                    bench = Bench(client, scale, random.Random(seed), provider, admin, progress)  # noqa: S311  replayable
                bench.progress = progress
                results.append(await judge(bench, case))
                shown.remove_task(task)
                shown.console.print(f"{case.name}: {results[-1].outcome}", style="dim")
        return results
    finally:
        await client.close()
        if provider is not None:
            await provider.close()
