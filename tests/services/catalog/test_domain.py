import re
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh.errors import Aborted, FailedPrecondition, InvalidArgument, NotFound
from mesh.money import Money
from services.catalog.domain.category import Category, CategoryTree, match_key
from services.catalog.domain.product import Image, Product, ProductState, VariantDraft
from services.catalog.domain.shop import Shop
from services.catalog.domain.slug import MAX_LENGTH, is_id, require_slug, slug_of, with_suffix


def draft(sku: str = "A", amount: int = 1000, stock: int = 5, **options: str) -> VariantDraft:
    return VariantDraft(sku, Money("EUR", amount), options, stock=stock)


def make_product(**fields: Any) -> Product:
    return Product.new(uuid.uuid4(), uuid.uuid4(), {"title": "Bowl", "variants": [draft()], **fields})


class TestProduct:
    def test_first_picture_becomes_the_primary_one(self) -> None:
        product = make_product(images=[Image("/a.svg"), Image("/b.svg")])
        assert [image.primary for image in product.images] == [True, False]

    def test_one_picture_stays_primary_where_several_are_marked(self) -> None:
        product = make_product(images=[Image("/a.svg"), Image("/b.svg", primary=True), Image("/c.svg", primary=True)])
        assert product.image_url == "/b.svg"

    def test_costs_from_its_cheapest_variant(self) -> None:
        product = make_product(variants=[draft("A", 900, size="S"), draft("B", 700, size="L")])
        assert product.price_from == Money("EUR", 700)

    def test_variant_that_is_not_named_any_more_is_withdrawn_and_can_come_back(self) -> None:
        product = make_product(variants=[draft("A", size="S"), draft("B", size="L")])
        second = product.variants[1].variant_id
        product.change({"variants": [draft("A", size="S")]})
        assert [variant.sku for variant in product.variants] == ["A"]
        product.change({"variants": [draft("A", size="S"), draft("B", size="L")]})
        assert product.variants[1].variant_id == second

    def test_changed_price_is_told_with_both_prices(self) -> None:
        product = make_product()
        product.change({"variants": [draft(amount=800)]})
        [change] = product.price_changes
        assert (change.old.amount, change.new.amount) == (1000, 800)

    def test_known_variant_keeps_its_stock(self) -> None:
        product = make_product()
        product.change({"variants": [draft(stock=99)]})
        assert product.variants[0].available == 5

    def test_variant_of_another_product_is_refused(self) -> None:
        stray = VariantDraft("B", Money("EUR", 1), variant_id=uuid.uuid4())
        with pytest.raises(NotFound, match="VARIANT_NOT_FOUND"):
            make_product().change({"variants": [stray]})

    def test_each_change_is_a_version(self) -> None:
        product = make_product()
        product.change({"brand": "Ada"})
        assert product.version == 2
        with pytest.raises(Aborted, match="VERSION_MISMATCH"):
            product.require_version(1)

    def test_archived_it_sells_nothing_and_changes_no_more(self) -> None:
        product = make_product()
        product.archive()
        assert (product.state, product.variants, product.available) == (ProductState.ARCHIVED, [], False)
        assert product.price_from == Money("EUR", 1000)
        with pytest.raises(FailedPrecondition, match="PRODUCT_ARCHIVED"):
            product.change({"title": "Cup"})


class TestShop:
    def test_suspended_or_closed_it_takes_no_products(self) -> None:
        for state in ("SUSPENDED", "CLOSED"):
            with pytest.raises(FailedPrecondition, match="SHOP_NOT_OPEN"):
                Shop(uuid.uuid4(), "Wood", state, "EUR").require_open()
        Shop(uuid.uuid4(), "Wood", "PENDING", "EUR").require_open()

    @pytest.mark.parametrize(
        ("currency", "amount", "reason"),
        [("EUX", 1, "CURRENCY_UNKNOWN"), ("USD", 1, "CURRENCY_MISMATCH"), ("EUR", -1, "PRICE_INVALID")],
    )
    def test_price_is_in_its_currency(self, currency: str, amount: int, reason: str) -> None:
        with pytest.raises(InvalidArgument) as caught:
            Shop(uuid.uuid4(), "Wood", "VERIFIED", "EUR").price(currency, amount, "price")
        assert caught.value.reason == reason


class TestSlug:
    @pytest.mark.parametrize(
        ("text", "slug"),
        [
            ("Oak Bowl, 20 cm", "oak-bowl-20-cm"),
            ("Café Crème", "cafe-creme"),
            ("Größe & Maß", "grosse-mass"),
            ("茶碗", ""),
            ("--", ""),
        ],
    )
    def test_comes_from_a_title(self, text: str, slug: str) -> None:
        assert slug_of(text) == slug

    @given(st.text() | st.uuids().map(str) | st.uuids().map(lambda value: value.hex))
    def test_is_never_an_id_and_always_a_slug(self, text: str) -> None:
        slug = slug_of(text)
        assert not is_id(slug)
        assert slug == "" or require_slug(slug) == slug
        other = with_suffix(slug)
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", other)
        assert len(other) <= MAX_LENGTH


class TestCategoryTree:
    def make_tree(self) -> tuple[CategoryTree, list[Category]]:
        home = Category(uuid.uuid4(), "Home", "home", None)
        kitchen = Category(uuid.uuid4(), "Kitchen", "kitchen", home.category_id)
        bowls = Category(uuid.uuid4(), "Bowls", "bowls", kitchen.category_id)
        art = Category(uuid.uuid4(), "Art", "art", None)
        return CategoryTree.of([bowls, kitchen, home, art]), [home, kitchen, bowls, art]

    def test_parents_come_before_their_children(self) -> None:
        tree, _ = self.make_tree()
        assert [category.slug for category in tree.categories] == ["art", "home", "kitchen", "bowls"]

    def test_category_counts_what_is_below_it(self) -> None:
        tree, [home, kitchen, bowls, art] = self.make_tree()
        totals = tree.totals({bowls.category_id: 2, home.category_id: 1})
        assert [totals[each.category_id] for each in (home, kitchen, bowls, art)] == [3, 2, 2, 0]
        assert set(tree.below(kitchen.category_id)) == {kitchen.category_id, bowls.category_id}

    def test_is_found_by_id_and_slug(self) -> None:
        tree, [home, *_] = self.make_tree()
        assert tree.find("home") == tree.find(str(home.category_id)) == home
        assert tree.find("nothing") is None

    def test_singular_and_plural_are_one(self) -> None:
        assert match_key("Necklace") == match_key("necklaces")
