"""The seeded catalogue as files: one product export for each shop, and the pictures that it names."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from cli.seeds.catalogue import SeedProduct, SeedShop, SeedVariant
from cli.seeds.pictures import draw

# Where the edge serves the pictures, below the stack's media folder.
PICTURES = "/media/seed"
# Pictures for each form: enough that a page of twenty shows few twice.
_PICTURES_PER_FORM = 12
_COLUMNS = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
    "Variant SKU", "Variant Grams", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Price",
    "Image Src", "Image Position", "Image Alt Text",
)  # fmt: skip


class Export:
    """A Shopify product export of one shop, grown product by product."""

    def __init__(self, shop: SeedShop) -> None:
        self.shop = shop
        self.product_count = 0
        self._text = io.StringIO()
        self._rows = csv.writer(self._text)
        self._rows.writerow(_COLUMNS)

    def add(self, product: SeedProduct, picture: str) -> None:
        """Add the rows of one product."""
        self.product_count += 1
        for index, variant in enumerate(product.variants):
            self._rows.writerow(list(self._row(product, variant, picture, first=index == 0)))

    def content(self) -> bytes:
        """The file as it is uploaded."""
        return self._text.getvalue().encode()

    def _row(self, product: SeedProduct, variant: SeedVariant, picture: str, *, first: bool) -> Iterator[str | int]:
        yield product.handle
        yield from (
            (product.title, product.description, self.shop.name, product.category, ", ".join(product.tags), "true")
            if first
            else ("", "", "", "", "", "")
        )
        yield from (product.option or "Title", variant.choice if product.option else "Default Title")
        yield from (
            variant.sku,
            variant.grams,
            variant.stock,
            "deny",
            f"{variant.price // 100}.{variant.price % 100:02}",
        )
        yield from (picture, 1, product.title) if first else ("", "", "")


def picture_of(product: SeedProduct, index: int) -> str:
    """The file name of a product's picture."""
    return f"{product.form.replace(' ', '-').replace(chr(39), '')}-{index % _PICTURES_PER_FORM}.svg"


def write_picture(folder: Path, name: str, product: SeedProduct) -> None:
    """Draw the picture unless it is there."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(draw(name, product.form, product.colours))
