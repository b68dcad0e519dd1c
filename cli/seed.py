"""`souk seed`: stocks a market with a catalogue of any size, drawn from a seed."""

import time
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from cli.rest import Account, Rest, running_edge
from cli.seeds.catalogue import CURRENCY, SeedShop, make_products, make_shops
from cli.seeds.files import PICTURES, Export, picture_of, write_picture
from cli.sellers import Seller, open_shop, remember_sellers
from cli.uploads import upload, watch
from mesh.stack.errors import StackError
from mesh.stack.home import Home, find_home

app = typer.Typer()
_console = Console()
# What a fresh market shows.
DEMO_PRODUCTS = 96
DEMO_SHOPS = 12


@app.command()
def seed(
    products: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many products.")] = DEMO_PRODUCTS,
    shops: Annotated[int, typer.Option(min=1, max=1_000, help="How many shops they are dealt out to.")] = DEMO_SHOPS,
    seed: Annotated[int, typer.Option(help="The same seed draws the same catalogue.")] = 1,
) -> None:
    """Add shops and products with prices, stock and drawn pictures to the market that runs here.

    Every call makes new shops. Example: souk seed --products 10000 --shops 50
    """
    home = find_home()
    began = time.monotonic()
    with Rest(running_edge(home)) as rest:
        stock(home, rest, make_shops(shops, seed), products, seed)
    seconds = time.monotonic() - began
    _console.print(f"{products} products of {shops} shops in {seconds:.1f} s ({products / seconds:.0f} a second).")


def stock(home: Home, rest: Rest, shops: list[SeedShop], products: int, seed: int) -> None:
    """Make the shops and fill them; StackError names the first row that the market refused.

    All files are handed in before the first is waited for: the market reads one while the next shop is opened.
    """
    exports = export_all(home, shops, products, seed)
    with Progress(console=_console, transient=True) as progress:
        opening = progress.add_task("opening shops", total=len(exports))
        begun = list[Import]()
        for export in exports:
            begun.append(begin(home, rest, export))
            progress.advance(opening)
        for each in begun:
            finish(rest, each, progress)


def export_all(home: Home, shops: list[SeedShop], products: int, seed: int) -> list[Export]:
    """Deal the products out to files of one shop each, and draw their pictures."""
    exports = {shop.name: Export(shop) for shop in shops}
    for index, (shop, product) in enumerate(make_products(shops, products, seed)):
        picture = picture_of(product, index)
        write_picture(home.data("media") / "seed", picture, product)
        exports[shop.name].add(product, f"{PICTURES}/{picture}")
    return [export for export in exports.values() if export.product_count]


@dataclass(frozen=True, slots=True)
class Import:
    """A file that the market has taken."""

    shop: SeedShop
    account: Account
    shop_id: str
    import_id: str


def begin(home: Home, rest: Rest, export: Export) -> Import:
    """Open one shop and hand in its file."""
    shop = export.shop
    account, shop_id = open_shop(
        rest, name=shop.name, description=shop.description, country=shop.country, currency=CURRENCY
    )
    remember_sellers(home, [Seller(account.email, account.password, shop_id, shop.name, "seed")])
    return Import(shop, account, shop_id, upload(rest, account, shop_id, export.content()))


def finish(rest: Rest, begun: Import, progress: Progress) -> None:
    """Wait until a file has been read; StackError where anything in it was refused."""
    result = watch(rest, begun.account, begun.shop_id, begun.import_id, progress, begun.shop.name)
    if result["state"] != "SUCCEEDED" or result["errorCount"]:
        raise StackError(f"{begun.shop.name} could not be filled: {result['message'] or result['errors'][0]}")
