"""The seeded catalogue: the same for the same seed, and believable."""

import csv
import io
import xml.etree.ElementTree as ET

import pytest

from cli.seeds.catalogue import SeedProduct, make_products, make_shops
from cli.seeds.crafts import CRAFTS
from cli.seeds.files import Export, picture_of
from cli.seeds.pictures import draw


def make_catalogue(count: int, shops: int = 24, seed: int = 1) -> list[SeedProduct]:
    return [product for _, product in make_products(make_shops(shops, seed), count, seed)]


class TestCatalogue:
    def test_is_the_same_for_the_same_seed(self) -> None:
        assert make_catalogue(200, seed=7) == make_catalogue(200, seed=7)

    def test_differs_for_another_seed(self) -> None:
        assert make_catalogue(200, seed=7) != make_catalogue(200, seed=8)

    @pytest.mark.parametrize("count", [1_000, 20_000])
    def test_repeats_no_title_and_no_handle(self, count: int) -> None:
        products = make_catalogue(count)
        assert len({product.title for product in products}) == count
        assert len({product.handle for product in products}) == count

    def test_repeats_no_shop(self) -> None:
        assert len({shop.name for shop in make_shops(200, 3)}) == 200

    def test_goods_fit_the_craft_and_town_of_their_shop(self) -> None:
        for shop, product in make_products(make_shops(24, 1), 500, 1):
            assert product.form in {form.name for form in shop.craft.forms}
            assert shop.place in shop.craft.places
            assert shop.place.town in product.description

    def test_every_variant_has_a_price_and_a_sku_of_its_own(self) -> None:
        variants = [variant for product in make_catalogue(2_000) for variant in product.variants]
        assert all(variant.price > 0 and variant.stock > 0 and variant.grams > 0 for variant in variants)
        assert len({variant.sku for variant in variants}) == len(variants)

    def test_more_choice_costs_more(self) -> None:
        several = [product for product in make_catalogue(500) if len(product.variants) > 1]
        assert several
        for product in several:
            assert product.variants[0].price < product.variants[-1].price


class TestPictures:
    def test_every_form_has_a_picture_of_well_formed_svg(self) -> None:
        for craft in CRAFTS:
            for form in craft.forms:
                assert ET.fromstring(draw(form.name, form.name, craft.colours)).tag.endswith("svg")  # noqa: S314  our own text

    def test_is_small(self) -> None:
        assert max(len(draw(str(n), "teapot", CRAFTS[0].colours)) for n in range(50)) < 2_048


class TestExport:
    def test_further_variants_of_a_product_have_no_title(self) -> None:
        shop, product = next(
            (shop, product) for shop, product in make_products(make_shops(24, 1), 500, 1) if len(product.variants) > 1
        )
        export = Export(shop)
        export.add(product, picture_of(product, 0))
        rows = list(csv.DictReader(io.StringIO(export.content().decode())))
        assert [row["Title"] for row in rows] == [product.title] + [""] * (len(product.variants) - 1)
        assert {row["Handle"] for row in rows} == {product.handle}
        assert [row["Variant Price"] for row in rows] == [f"{v.price / 100:.2f}" for v in product.variants]
