"""`souk import`: takes product exports of other systems into shops of this market."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cli.rest import Rest, running_edge
from cli.sellers import Seller, open_shop, remember_sellers
from cli.uploads import upload, watch
from mesh.stack.home import Home, find_home

app = typer.Typer()
_console = Console()


@app.command("import")
def import_files(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="Shopify product exports (CSV).")
    ],
    shop: Annotated[str, typer.Option(help="The shop's name, for one file; else each file's own name.")] = "",
    currency: Annotated[str, typer.Option(help="The ISO 4217 code of the prices.")] = "EUR",
    country: Annotated[str, typer.Option(help="The ISO 3166 code of the shop's country.")] = "DE",
) -> None:
    """Open a shop for each file and import the products in it.

    Rows with errors are left out and listed with line, column and reason; the others are imported. The exit status
    is 1 when a whole file was refused. Example: souk import apparel.csv jewelery.csv
    """
    if shop and len(files) > 1:
        raise typer.BadParameter("--shop names one shop; give one file with it.")
    home = find_home()
    with Rest(running_edge(home)) as rest:
        results = [import_file(home, rest, file, shop or shop_name(file), currency, country) for file in files]
    if any(result["state"] == "FAILED" for result in results):
        raise typer.Exit(1)


def shop_name(file: Path) -> str:
    """`home-and-garden.csv` becomes "Home and garden"."""
    return file.stem.replace("-", " ").replace("_", " ").strip().capitalize()


def import_file(home: Home, rest: Rest, file: Path, name: str, currency: str, country: str) -> dict[str, Any]:
    """Import one file into a shop of its own and print what became of it."""
    account, shop_id = open_shop(
        rest, name=name, description=f"Imported from {file.name}.", country=country, currency=currency
    )
    remember_sellers(home, [Seller(account.email, account.password, shop_id, name, "import")])
    with Progress(console=_console, transient=True) as progress:
        result = watch(rest, account, shop_id, upload(rest, account, shop_id, file.read_bytes()), progress, name)
    print_result(name, shop_id, result)
    return result


def print_result(name: str, shop_id: str, result: dict[str, Any]) -> None:
    """Counts in one line, then a table of the rows that were left out."""
    if result["state"] == "FAILED":
        _console.print(f"{name}: refused, {result['message']}", style="red", markup=False)
        return
    counts = f"{result['createdCount']} products made, {result['updatedCount']} updated"
    _console.print(f"{name} ({shop_id}): {result['rowCount']} rows, {counts}, {result['errorCount']} rows left out.")
    if result["errors"]:
        table = Table("line", "column", "reason", "what is wrong", box=None)
        for error in result["errors"]:
            table.add_row(str(error["line"]), error["column"], error["reason"], error["message"])
        _console.print(table)
