"""Shopify's product export: what its columns mean and what is wrong with a row; text in, products and errors out."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from mesh.money import Money, UnknownCurrency, parse_decimal
from services.catalog.domain.product import Image, ProductState, VariantDraft
from services.catalog.domain.shop import MAX_PRICE
from services.catalog.domain.slug import slug_of

HANDLE, TITLE, BODY, VENDOR = "Handle", "Title", "Body (HTML)", "Vendor"
TYPE, TAGS, PUBLISHED, STATUS = "Type", "Tags", "Published", "Status"
CATEGORY, GOOGLE_CATEGORY = "Product Category", "Google Shopping / Google Product Category"
SKU, GRAMS, QUANTITY, PRICE = "Variant SKU", "Variant Grams", "Variant Inventory Qty", "Variant Price"
IMAGE, IMAGE_ALT, IMAGE_POSITION = "Image Src", "Image Alt Text", "Image Position"
CURRENCIES = ("Currency", "Variant Price Currency")
REQUIRED = (HANDLE, TITLE, PRICE)

MAX_TITLE, MAX_TEXT, MAX_SKU, MAX_URL, MAX_BODY = 255, 255, 100, 2048, 65_536
MAX_COUNT, MAX_VARIANTS, MAX_IMAGES = 1_000_000_000, 250, 50
_OPTIONS = tuple((f"Option{number} Name", f"Option{number} Value") for number in (1, 2, 3))
_DEFAULT_TITLE = "Default Title"
_PRICE = re.compile(r"(?:(?P<before>[A-Z]{3})\s*)?(?P<amount>\d{1,15}(?:\.\d{1,10})?)(?:\s*(?P<after>[A-Z]{3}))?")
_WHOLE = re.compile(r"-?\d{1,15}(?:\.0+)?")
_URL = re.compile(r"https?://[^\s/?#]+\S*|/[^\s/\\][^\s\\]*")
_NOT_PUBLISHED = frozenset({"false", "no", "0"})
_ATTRIBUTES = {
    "Google Shopping / Gender": "gender",
    "Google Shopping / Age Group": "age group",
    "Google Shopping / Condition": "condition",
}


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that is left out: the line that it begins at, and why."""

    line: int
    reason: str
    message: str
    column: str = ""
    handle: str = ""


class BadRow(Exception):
    """What is wrong with the row at hand."""

    def __init__(self, reason: str, message: str, column: str = "") -> None:
        super().__init__(message)
        self.reason, self.message, self.column = reason, message, column


@dataclass(slots=True)
class ImportedProduct:
    """A product as the file has it. `category_path` runs from the top down and may be empty."""

    line: int
    handle: str
    title: str
    body: str
    brand: str
    category_path: tuple[str, ...]
    state: ProductState
    attributes: dict[str, str]
    images: list[Image] = field(default_factory=list)
    variants: list[VariantDraft] = field(default_factory=list)
    # The line that each variant stands at, in their order.
    variant_lines: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """A row by the names of its columns; what is not there is empty."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()


def parse(
    text: str, columns: Sequence[str], first_line: int, currency: str
) -> tuple[list[ImportedProduct], list[RowError]]:
    """Read whole products out of rows that begin at `first_line`, prices in `currency`."""
    products: list[ImportedProduct] = []
    errors: list[RowError] = []
    rows = _without_handle_errors(_rows(text, columns, first_line, errors), errors)
    for handle, group in groupby(rows, key=lambda row: row[HANDLE]):
        product = _product(handle, list(group), currency, errors)
        if product is not None:
            products.append(product)
    errors.sort(key=lambda error: error.line)
    return products, errors


def _rows(text: str, columns: Sequence[str], first_line: int, errors: list[RowError]) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""))
    line = first_line
    for cells in reader:
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            errors.append(RowError(line, "ROW_INVALID", f"The row has {len(cells)} cells, the header {len(columns)}."))
        elif "\0" in "".join(cells):
            errors.append(RowError(line, "ROW_INVALID", "The row holds a NUL character."))
        elif any(cells):
            yield Row(line, dict(zip(columns, cells, strict=False)))
        line = first_line + reader.line_num


def _without_handle_errors(rows: Iterator[Row], errors: list[RowError]) -> Iterator[Row]:
    for row in rows:
        if not row[HANDLE]:
            errors.append(RowError(row.line, "HANDLE_MISSING", "The row has no handle.", HANDLE))
        elif len(row[HANDLE]) > MAX_TEXT:
            errors.append(RowError(row.line, "VALUE_TOO_LONG", f"A handle has at most {MAX_TEXT} characters.", HANDLE))
        else:
            yield row


def _product(handle: str, rows: list[Row], currency: str, errors: list[RowError]) -> ImportedProduct | None:
    """One product out of its rows; rows with errors are left out, and the product where nothing of it is left."""
    try:
        product = _head(handle, rows[0])
    except BadRow as bad:
        errors.append(_error(rows[0], bad))
        return None
    names = [rows[0][name] for name, _ in _OPTIONS]
    for row in rows:
        try:
            _add(product, row, names, currency)
        except BadRow as bad:
            errors.append(_error(row, bad))
    return product if product.variants else None


def _error(row: Row, bad: BadRow) -> RowError:
    return RowError(row.line, bad.reason, bad.message, bad.column, row[HANDLE])


def _head(handle: str, row: Row) -> ImportedProduct:
    title = row[TITLE]
    if not title:
        raise BadRow("TITLE_MISSING", "The first row of a product has a title.", TITLE)
    for column, most in ((TITLE, MAX_TITLE), (VENDOR, MAX_TEXT), (BODY, MAX_BODY)):
        if len(row[column]) > most:
            raise BadRow("VALUE_TOO_LONG", f"{column} has at most {most} characters.", column)
    draft = row[PUBLISHED].lower() in _NOT_PUBLISHED or row[STATUS].lower() in {"draft", "archived"}
    return ImportedProduct(
        line=row.line,
        handle=handle,
        title=title,
        body=row[BODY],
        brand=row[VENDOR],
        category_path=_category_path(row),
        state=ProductState.DRAFT if draft else ProductState.ACTIVE,
        attributes=_attributes(row),
    )


def _category_path(row: Row) -> tuple[str, ...]:
    """The shop's own type, or the standard category where it has none; Google's numbers say nothing here."""
    names = [row[TYPE]] if row[TYPE] else (row[CATEGORY] or row[GOOGLE_CATEGORY]).split(">")
    return tuple(name.strip()[:100] for name in names if slug_of(name) and not name.strip().isdigit())


def _attributes(row: Row) -> dict[str, str]:
    attributes = {name: row[column][:MAX_TEXT] for column, name in _ATTRIBUTES.items() if row[column]}
    tags = [tag.strip() for tag in row[TAGS].split(",") if tag.strip()]
    if tags:
        attributes["tags"] = ", ".join(tags)[:1000]
    return attributes


def _add(product: ImportedProduct, row: Row, names: Sequence[str], currency: str) -> None:
    """Take up a row's variant, where it has one, and its picture."""
    image = _image(row)
    if _has_variant(row, first=row.line == product.line):
        _add_variant(product, row, names, currency)
    if image is not None:
        _add_image(product, image)


def _has_variant(row: Row, *, first: bool) -> bool:
    return first or bool(row[PRICE] or row[SKU]) or any(row[value] for _, value in _OPTIONS)


def _add_variant(product: ImportedProduct, row: Row, names: Sequence[str], currency: str) -> None:
    if len(product.variants) == MAX_VARIANTS:
        raise BadRow("ROW_INVALID", f"A product has at most {MAX_VARIANTS} variants.")
    options = _options(row, names)
    if any(known.options == options for known in product.variants):
        raise BadRow("OPTIONS_DUPLICATE", "Another variant of the product has the same options.", _OPTIONS[0][1])
    # Shopify writes a quote before a SKU of digits, so that spreadsheets leave it alone.
    sku = row[SKU].lstrip("'") or _derived_sku(product.handle, options)
    if len(sku) > MAX_SKU:
        raise BadRow("VALUE_TOO_LONG", f"A SKU has at most {MAX_SKU} characters.", SKU)
    if any(known.sku == sku for known in product.variants):
        raise BadRow("SKU_TAKEN", f"Another variant has the SKU {sku}.", SKU)
    product.variants.append(
        VariantDraft(
            sku=sku,
            price=_price(row, currency),
            options=options,
            stock=_count(row, QUANTITY, "QUANTITY_INVALID"),
            weight_grams=_count(row, GRAMS, "WEIGHT_INVALID"),
        )
    )
    product.variant_lines.append(row.line)


def _options(row: Row, names: Sequence[str]) -> dict[str, str]:
    """Option names stand in the first row of a product alone; "Default Title" is no option."""
    options = {}
    for name, (own_name, column) in zip(names, _OPTIONS, strict=True):
        value = row[column]
        if value and value != _DEFAULT_TITLE:
            options[(name or row[own_name] or column)[:MAX_TEXT]] = value[:MAX_TEXT]
    return options


def _derived_sku(handle: str, options: dict[str, str]) -> str:
    """The same for the same variant at every import."""
    return "-".join([handle, *filter(None, map(slug_of, options.values()))])[:MAX_SKU]


def _price(row: Row, currency: str) -> Money:
    text = row[PRICE]
    found = _PRICE.fullmatch(text)
    if found is None:
        raise BadRow("PRICE_INVALID", f"{text[:40]!r} is no price." if text else "The price is missing.", PRICE)
    for stated in (found["before"], found["after"], *(row[column] for column in CURRENCIES)):
        if stated and stated.upper() != currency:
            raise BadRow("CURRENCY_MISMATCH", f"The shop's prices are in {currency}, not {stated[:10]}.", PRICE)
    try:
        price = parse_decimal(found["amount"], currency)
    except (ValueError, OverflowError, UnknownCurrency):
        raise BadRow("PRICE_INVALID", f"{text[:40]!r} is no amount of {currency}.", PRICE) from None
    if price.amount > MAX_PRICE:
        raise BadRow("PRICE_INVALID", f"A price is at most {Money(currency, MAX_PRICE).format()}.", PRICE)
    return price


def _count(row: Row, column: str, reason: str) -> int:
    """A whole number from 0; an empty cell is 0."""
    text = row[column] or "0"
    number = int(text.partition(".")[0]) if _WHOLE.fullmatch(text) else -1
    if not 0 <= number <= MAX_COUNT:
        raise BadRow(reason, f"{text[:40]!r} is no count from 0 to {MAX_COUNT}.", column)
    return number


def _image(row: Row) -> Image | None:
    url = row[IMAGE]
    if not url:
        return None
    if not _URL.fullmatch(url) or len(url) > MAX_URL:
        raise BadRow("IMAGE_INVALID", f"{url[:80]!r} is no address of a picture.", IMAGE)
    return Image(url, row[IMAGE_ALT][:500], primary=row[IMAGE_POSITION] == "1")


def _add_image(product: ImportedProduct, image: Image) -> None:
    known = {picture.url for picture in product.images}
    if image.url in known or len(product.images) == MAX_IMAGES:
        return
    first = image.primary and not any(picture.primary for picture in product.images)
    product.images.append(replace(image, primary=first))
