from pathlib import Path

import pytest

from mesh.money import Money
from services.catalog.domain.product import ProductState
from services.catalog.domain.shopify import ImportedProduct, RowError, parse
from services.catalog.domain.upload import read_upload

COLUMNS = [
    "Handle",
    "Title",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Variant SKU",
    "Variant Inventory Qty",
    "Variant Price",
    "Image Src",
    "Image Position",
]
# Three real exports, where the machine has them: each with quirks of its own.
REAL = Path(__file__).parents[4] / "shared" / "data" / "shopify-csv"


def parse_rows(*rows: str, currency: str = "EUR") -> tuple[list[ImportedProduct], list[RowError]]:
    return parse("".join(f"{row}\n" for row in rows), COLUMNS, 2, currency)


def read_all(path: Path, currency: str = "EUR") -> tuple[list[ImportedProduct], list[RowError]]:
    upload = read_upload(path.read_bytes())
    products: list[ImportedProduct] = []
    errors: list[RowError] = []
    for piece in upload.pieces:
        found, bad = parse(piece.text, upload.columns, piece.first_line, currency)
        products += found
        errors += bad
    return products, errors


class TestVariants:
    def test_rows_without_a_title_are_variants_of_the_product_above(self) -> None:
        [product], errors = parse_rows(
            "top,Varsity Top,true,Size,Small,,1,60,,", "top,,,,Medium,,2,60,,", "top,,,,Large,T-L,3,65.5,,"
        )
        assert errors == []
        assert [(each.sku, each.options, each.stock) for each in product.variants] == [
            ("top-small", {"Size": "Small"}, 1),
            ("top-medium", {"Size": "Medium"}, 2),
            ("T-L", {"Size": "Large"}, 3),
        ]
        assert product.variants[2].price == Money("EUR", 6550)

    def test_default_title_is_no_option(self) -> None:
        [product], _ = parse_rows("pot,Pot,true,Title,Default Title,,1,9.99,,")
        assert (product.variants[0].options, product.variants[0].sku) == ({}, "pot")

    def test_quote_before_a_sku_of_digits_is_dropped(self) -> None:
        [product], _ = parse_rows("pot,Pot,true,,,'00123,1,9.99,,")
        assert product.variants[0].sku == "00123"

    def test_unpublished_is_a_draft(self) -> None:
        [product], _ = parse_rows("pot,Pot,false,,,,1,9.99,,")
        assert product.state is ProductState.DRAFT

    def test_yen_have_no_decimals(self) -> None:
        [product], _ = parse_rows("pot,Pot,true,,,,1,1200,,", currency="JPY")
        assert product.variants[0].price == Money("JPY", 1200)
        _, [error] = parse_rows("pot,Pot,true,,,,1,9.99,,", currency="JPY")
        assert error.reason == "PRICE_INVALID"


class TestImages:
    def test_rows_with_a_picture_alone_are_pictures(self) -> None:
        [product], errors = parse_rows("pot,Pot,true,,,,1,9.99,/a.svg,2", "pot,,,,,,,,/b.svg,1", "pot,,,,,,,,/a.svg,3")
        assert errors == []
        assert [(image.url, image.primary) for image in product.images] == [("/a.svg", False), ("/b.svg", True)]
        assert len(product.variants) == 1


class TestBadRows:
    @pytest.mark.parametrize(
        ("row", "reason", "column"),
        [
            (",Pot,true,,,,1,9.99,,", "HANDLE_MISSING", "Handle"),
            ("pot,,true,,,,1,9.99,,", "TITLE_MISSING", "Title"),
            ("pot,Pot,true,,,,1,,,", "PRICE_INVALID", "Variant Price"),
            ("pot,Pot,true,,,,1,free,,", "PRICE_INVALID", "Variant Price"),
            ("pot,Pot,true,,,,1,-3,,", "PRICE_INVALID", "Variant Price"),
            ("pot,Pot,true,,,,1,9.999,,", "PRICE_INVALID", "Variant Price"),
            ("pot,Pot,true,,,,1,1e3,,", "PRICE_INVALID", "Variant Price"),
            ("pot,Pot,true,,,,1,10000000000.01,,", "PRICE_INVALID", "Variant Price"),
            ("pot,Pot,true,,,,1,USD 9.99,,", "CURRENCY_MISMATCH", "Variant Price"),
            ("pot,Pot,true,,,,-1,9.99,,", "QUANTITY_INVALID", "Variant Inventory Qty"),
            ("pot,Pot,true,,,,many,9.99,,", "QUANTITY_INVALID", "Variant Inventory Qty"),
            ("pot,Pot,true,,,,1,9.99,javascript:x,", "IMAGE_INVALID", "Image Src"),
            (f"pot,{'P' * 256},true,,,,1,9.99,,", "VALUE_TOO_LONG", "Title"),
            ("pot,Pot,true,,,,1,9.99,,,surplus", "ROW_INVALID", ""),
        ],
    )
    def test_each_is_told_with_line_reason_and_column(self, row: str, reason: str, column: str) -> None:
        products, [error] = parse_rows("ok,Fine,true,,,,1,9.99,,", row)
        assert [product.handle for product in products] == ["ok"]
        assert (error.line, error.reason, error.column) == (3, reason, column)
        assert error.message

    def test_bad_variant_leaves_the_others(self) -> None:
        [product], [error] = parse_rows("top,Top,true,Size,S,,1,60,,", "top,,,,M,,1,x,,")
        assert (len(product.variants), error.line) == (1, 3)

    def test_same_options_twice(self) -> None:
        _, [error] = parse_rows("top,Top,true,Size,S,,1,60,,", "top,,,,S,X,1,60,,")
        assert (error.line, error.reason) == (3, "OPTIONS_DUPLICATE")

    def test_line_numbers_count_quoted_line_breaks(self) -> None:
        _, [error] = parse_rows('pot,"A\nPot\nof clay",true,,,,1,9.99,,', "jug,Jug,true,,,,1,no,,")
        assert error.line == 5

    def test_three_in_fifty(self) -> None:
        products, errors = read_all(Path(__file__).parent / "data" / "three_bad_rows.csv")
        assert len(products) == 47
        assert [(error.line, error.reason) for error in errors] == [
            (14, "HANDLE_MISSING"),
            (40, "PRICE_INVALID"),
            (68, "QUANTITY_INVALID"),
        ]


class TestRealExports:
    @pytest.mark.skipif(not REAL.exists(), reason="the three real exports are not on this machine")
    @pytest.mark.parametrize(
        ("name", "variants"), [("apparel.csv", 22), ("home-and-garden.csv", 21), ("jewelery.csv", 23)]
    )
    def test_every_product_is_read(self, name: str, variants: int) -> None:
        products, errors = read_all(REAL / name, currency="USD")
        assert errors == []
        assert len(products) == 20
        assert sum(len(product.variants) for product in products) == variants
        assert len({each.sku for product in products for each in product.variants}) == variants
        assert all(product.images for product in products)
