"""`souk demo`: one customer, several shops, one checkout, told step by step through REST."""

import os
from typing import Annotated

import typer
from rich.console import Console

from cli.rest import Rest, RestError, running_edge
from cli.story.act import StepFailedError, Story
from cli.story.buyer import browse, meet_customer, pay, quote, see_order_shipped
from cli.story.proof import see_ledger, see_mails
from cli.story.sellers import imported_stalls, new_stalls, ship_all
from mesh.stack.home import find_home

app = typer.Typer()
_console = Console()


@app.command()
def demo(
    *,
    url: Annotated[str, typer.Option(help="The market's address. Default: the one that runs here.")] = "",
    shops: Annotated[bool, typer.Option("--shops", help="Buy from the shops that `souk import` made.")] = False,
) -> None:
    """Tell the whole story of one sale on a running market, through its public REST API.

    It makes the sellers, goods and customer that it needs. The exit status is 1 when any step is not as it should
    be. The ledger is shown to administrators only: on another machine's market, give SOUK_ADMIN_PASSWORD.
    """
    home = find_home()
    edge = url or running_edge(home)
    with Rest(edge) as rest:
        story = Story(rest, _console, home, os.environ.get("SOUK_ADMIN_PASSWORD", ""))
        _console.print(f"\n[bold]One sale on {edge}[/bold]\n")
        try:
            _tell(story, imported=shops)
        except (StepFailedError, RestError) as failure:
            _console.print(f"  ✗ {failure}", style="red", markup=False)
            _console.print(f"\nThe story ends here. Trace {rest.trace_id} shows what happened.", style="red")
            raise typer.Exit(1) from failure
        _console.print(f"\n[bold green]Everything adds up.[/bold green] Trace: souk trace {rest.trace_id}\n")


def _tell(story: Story, *, imported: bool) -> None:
    stalls = imported_stalls(story) if imported else new_stalls(story)
    basket = browse(story, stalls)
    customer = meet_customer(story, basket)
    offer = quote(story, customer, basket)
    order = pay(story, customer, offer)
    ship_all(story, stalls, order)
    see_order_shipped(story, customer, order)
    see_mails(story, customer, order)
    see_ledger(story, order)
