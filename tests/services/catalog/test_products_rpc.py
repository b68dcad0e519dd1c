"""Products, through the mesh on real stores."""

import asyncio
import uuid
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from souk.catalog.v1 import catalog_service_pb2 as pb2
from souk.catalog.v1.product_pb2 import Image, ProductState
from souk.inventory.v1 import inventory_service_pb2
from souk.mesh.v1.invariants_pb2 import CheckInvariantsRequest

from mesh.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound
from mesh.principal import Principal, acting_as, service_principal
from tests.services.bazaar import Bazaar, eventually, variant

STRANGER = Principal(
    subject=str(uuid.uuid4()), roles=frozenset({"CUSTOMER", "SELLER"}), tenants=frozenset({str(uuid.uuid4())})
)


async def update(bazaar: Bazaar, product_id: str, principal: Principal | None = None, **fields: Any) -> Any:
    with acting_as(principal or bazaar.seller):
        return await bazaar.catalog.UpdateProduct(pb2.UpdateProductRequest(product_id=product_id, **fields))


async def archive(bazaar: Bazaar, product_id: str) -> Any:
    with acting_as(bazaar.seller):
        return await bazaar.catalog.DeleteProduct(pb2.DeleteProductRequest(product_id=product_id))


class TestCreateProduct:
    async def test_can_be_read_and_bought_at_once(self, bazaar: Bazaar) -> None:
        made = await bazaar.create(images=[Image(url="/pictures/bowl.svg")], attributes={"wood": "oak"})
        assert (made.slug, made.shop_name, made.state) == ("oak-bowl", "Wood & Co", ProductState.ACTIVE)
        assert made.images[0].primary
        page = await bazaar.get(made.product_id)
        assert page == made
        with acting_as(service_principal("cart")):
            found = await bazaar.market.stub(type(bazaar.inventory), "cart").BatchGetAvailability(
                inventory_service_pb2.BatchGetAvailabilityRequest(variant_ids=[made.variants[0].variant_id])
            )
        assert [each.available for each in found.availabilities] == [5]

    async def test_is_found_by_its_slug(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        assert (await bazaar.get("oak-bowl")).product_id == made.product_id

    async def test_second_of_a_name_gets_another_slug(self, bazaar: Bazaar) -> None:
        first, second = await bazaar.create(), await bazaar.create(variants=[variant("BOWL-2")])
        assert first.slug == "oak-bowl"
        assert second.slug.startswith("oak-bowl-")

    async def test_many_of_one_name_at_once_each_get_a_slug(self, bazaar: Bazaar) -> None:
        made = await asyncio.gather(*(bazaar.create(variants=[variant(f"S-{each}")]) for each in range(8)))
        assert len({product.slug for product in made}) == 8

    async def test_many_of_one_sku_at_once_are_one(self, bazaar: Bazaar) -> None:
        tries = [bazaar.create(f"Bowl {each}") for each in range(8)]
        results = await asyncio.gather(*tries, return_exceptions=True)
        refused = [result for result in results if isinstance(result, AlreadyExists)]
        assert ({error.reason for error in refused}, len(refused)) == ({"SKU_TAKEN"}, 7)

    async def test_what_could_run_is_taken_out_of_the_description(self, bazaar: Bazaar) -> None:
        made = await bazaar.create(description='<p onclick="x()">Oak<script>alert(1)</script></p>')
        assert made.description == "<p>Oak</p>"

    async def test_sku_of_another_product_is_refused(self, bazaar: Bazaar) -> None:
        await bazaar.create()
        with pytest.raises(AlreadyExists, match="SKU_TAKEN"):
            await bazaar.create("Elm bowl")

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"variants": [variant(currency="USD")]}, "CURRENCY_MISMATCH"),
            ({"variants": [variant(currency="EUX")]}, "CURRENCY_UNKNOWN"),
            ({"variants": [variant(amount=-1)]}, "PRICE_INVALID"),
            ({"variants": [variant(), variant()]}, "SKU_DUPLICATE"),
            ({"variants": [variant("A", size="S"), variant("B", size="S")]}, "OPTIONS_DUPLICATE"),
            ({"slug": "018f0000-0000-8000-8000-000000000001"}, "SLUG_INVALID"),
            ({"state": ProductState.ARCHIVED}, "STATE_INVALID"),
            ({"title": "  "}, "TITLE_REQUIRED"),
            ({"variants": []}, "INVALID_FIELDS"),
            ({"variants": [variant(stock=-1)]}, "INVALID_FIELDS"),
        ],
    )
    async def test_what_is_wrong_is_named(self, bazaar: Bazaar, fields: dict[str, Any], reason: str) -> None:
        with pytest.raises(InvalidArgument) as caught:
            await bazaar.create(**fields)
        assert caught.value.reason == reason
        assert caught.value.fields
        assert "ProductCreated" not in await bazaar.market.events("catalog")

    async def test_category_that_is_not_there(self, bazaar: Bazaar) -> None:
        with pytest.raises(NotFound, match="CATEGORY_NOT_FOUND"):
            await bazaar.create(category_id="no-such")

    async def test_for_a_shop_of_another_it_is_not_there(self, bazaar: Bazaar) -> None:
        with acting_as(STRANGER), pytest.raises(NotFound):
            await bazaar.catalog.CreateProduct(
                pb2.CreateProductRequest(shop_id=bazaar.shop_id, title="Mine", variants=[variant()])
            )


class TestGetProduct:
    async def test_draft_is_there_for_its_shop_alone(self, bazaar: Bazaar) -> None:
        draft = await bazaar.create(state=ProductState.DRAFT)
        assert (await bazaar.get(draft.product_id, bazaar.seller)).state == ProductState.DRAFT
        for other in (STRANGER, Principal()):
            with pytest.raises(NotFound, match="PRODUCT_NOT_FOUND"):
                await bazaar.get(draft.product_id, other)

    async def test_product_of_a_suspended_shop_is_gone_and_comes_back(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        await bazaar.get(made.product_id)

        async def is_listed() -> bool:
            return len((await bazaar.list()).products) == 1

        async def is_gone() -> bool:
            return not await is_listed()

        await bazaar.move_shop(suspend=True)
        await eventually(is_gone)
        with pytest.raises(NotFound):
            await bazaar.get(made.product_id)
        await bazaar.move_shop(suspend=False)
        await eventually(is_listed)
        assert (await bazaar.get(made.product_id)).product_id == made.product_id

    async def test_nothing_under_an_unknown_name(self, bazaar: Bazaar) -> None:
        for name in ("no-such-thing", str(uuid.uuid4())):
            with pytest.raises(NotFound):
                await bazaar.get(name)


class TestUpdateProduct:
    async def test_changes_what_is_present_and_shows_at_once(self, bazaar: Bazaar) -> None:
        made = await bazaar.create(brand="Ada")
        await bazaar.get(made.product_id)
        changed = await update(bazaar, made.product_id, title="Elm bowl")
        assert (changed.title, changed.brand, changed.version) == ("Elm bowl", "Ada", 2)
        assert (await bazaar.get(made.product_id)).title == "Elm bowl"

    async def test_mask_empties_what_is_not_present(self, bazaar: Bazaar) -> None:
        made = await bazaar.create(brand="Ada", attributes={"wood": "oak"})
        changed = await update(bazaar, made.product_id, update_mask=FieldMask(paths=["brand", "attributes"]))
        assert (changed.brand, dict(changed.attributes), changed.title) == ("", {}, "Oak bowl")

    async def test_known_variants_keep_their_id_and_stock(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        changed = await update(
            bazaar, made.product_id, variants=[variant(amount=1999, stock=99), variant("BOWL-L", size="L", stock=3)]
        )
        assert changed.variants[0].variant_id == made.variants[0].variant_id
        assert [(each.price.amount, each.available) for each in changed.variants] == [(1999, 5), (2599, 3)]
        events = await bazaar.market.events("catalog")
        assert events.count("PriceChanged") == 1

    async def test_put_needs_the_whole_product(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        put = (("x-envoy-original-method", "PUT"),)
        with acting_as(bazaar.seller), pytest.raises(InvalidArgument, match="VARIANTS_REQUIRED"):
            await bazaar.catalog.UpdateProduct(
                pb2.UpdateProductRequest(product_id=made.product_id, title="Elm"), metadata=put
            )

    async def test_put_empties_what_is_left_out(self, bazaar: Bazaar) -> None:
        made = await bazaar.create(brand="Ada")
        put = (("x-envoy-original-method", "PUT"),)
        with acting_as(bazaar.seller):
            changed = await bazaar.catalog.UpdateProduct(
                pb2.UpdateProductRequest(product_id=made.product_id, title="Elm", variants=[variant()]), metadata=put
            )
        assert (changed.title, changed.brand, changed.slug) == ("Elm", "", "oak-bowl")

    async def test_for_another_seller_it_is_not_there(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        with pytest.raises(NotFound, match="PRODUCT_NOT_FOUND"):
            await update(bazaar, made.product_id, STRANGER, title="Mine")

    async def test_archived_one_stays_as_it_is(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        await archive(bazaar, made.product_id)
        with pytest.raises(FailedPrecondition, match="PRODUCT_ARCHIVED"):
            await update(bazaar, made.product_id, title="Elm")


class TestDeleteProduct:
    async def test_is_gone_from_pages_and_lists_and_frees_its_skus(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        assert len((await bazaar.list()).products) == 1
        assert (await archive(bazaar, made.product_id)).state == ProductState.ARCHIVED
        await archive(bazaar, made.product_id)
        assert len((await bazaar.list()).products) == 0
        with pytest.raises(NotFound):
            await bazaar.get(made.product_id)
        await bazaar.create("Elm bowl")
        assert (await bazaar.market.events("catalog")).count("ProductArchived") == 1


class TestListProducts:
    async def test_pages_hold_everything_once_in_order(self, bazaar: Bazaar) -> None:
        amounts = [500, 300, 500, 100, 700]
        for number, amount in enumerate(amounts):
            await bazaar.create(f"Bowl {number}", variants=[variant(f"B-{number}", amount)])
        for order_by, prices in (("price", sorted(amounts)), ("price desc", sorted(amounts, reverse=True))):
            seen, token = [], ""
            while True:
                page = await bazaar.list(page_size=2, order_by=order_by, page_token=token)
                seen += [product.price_from.amount for product in page.products]
                token = page.next_page_token
                if not token:
                    break
            assert seen == prices
        newest = await bazaar.list()
        assert [product.title for product in newest.products] == [f"Bowl {number}" for number in (4, 3, 2, 1, 0)]

    async def test_category_holds_what_is_below_it(self, bazaar: Bazaar) -> None:
        async with bazaar.market.unit("catalog") as uow:
            from services.catalog.domain.category import Category
            from services.catalog.repository.categories import add_categories

            home = Category(uuid.uuid4(), "Home", "home", None)
            bowls = Category(uuid.uuid4(), "Bowls", "bowls", home.category_id)
            await add_categories(uow, [home, bowls])
        await bazaar.create("Oak bowl", category_id="bowls")
        await bazaar.create("Chair", variants=[variant("C")], category_id=str(home.category_id))
        await bazaar.create("Hat", variants=[variant("H")])
        titles = {each.title for each in (await bazaar.list(category_id="home", order_by="title")).products}
        assert titles == {"Oak bowl", "Chair"}
        tree = await bazaar.catalog.ListCategories(pb2.ListCategoriesRequest())
        assert [(each.slug, each.product_count) for each in tree.categories] == [("home", 2), ("bowls", 1)]
        with pytest.raises(NotFound, match="CATEGORY_NOT_FOUND"):
            await bazaar.list(category_id="no-such")

    async def test_token_of_another_list_is_refused(self, bazaar: Bazaar) -> None:
        await bazaar.create()
        await bazaar.create("Elm bowl", variants=[variant("E")])
        token = (await bazaar.list(page_size=1)).next_page_token
        with pytest.raises(InvalidArgument, match="INVALID_PAGE_TOKEN"):
            await bazaar.list(page_size=1, order_by="price", page_token=token)

    async def test_shop_sees_its_drafts(self, bazaar: Bazaar) -> None:
        await bazaar.create(state=ProductState.DRAFT)
        assert len((await bazaar.list(shop_id=bazaar.shop_id)).products) == 0
        with acting_as(bazaar.seller):
            page = await bazaar.catalog.ListShopProducts(
                pb2.ListShopProductsRequest(shop_id=bazaar.shop_id, state=ProductState.DRAFT)
            )
        assert [product.state for product in page.products] == [ProductState.DRAFT]


class TestStock:
    async def test_page_follows_inventory(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        variant_id = made.variants[0].variant_id
        with acting_as(bazaar.seller):
            await bazaar.inventory.SetStock(inventory_service_pb2.SetStockRequest(variant_id=variant_id, quantity=0))

        async def is_sold_out() -> bool:
            page = await bazaar.get(made.product_id)
            return page.variants[0].available == 0 and not page.available

        await eventually(is_sold_out)
        assert not (await bazaar.list()).products[0].available

    async def test_copies_equal_their_source(self, bazaar: Bazaar) -> None:
        made = await bazaar.create()
        await bazaar.market.rows("UPDATE inventory.stock SET update_time = now() - interval '1 hour'")
        with acting_as(service_principal("cli")):
            request = CheckInvariantsRequest(settle_seconds=1)
            [fine, _] = (await bazaar.market.stub(type(bazaar.catalog), "cli").CheckInvariants(request)).results
            await bazaar.market.rows("UPDATE catalog.variants SET available = 77")
            [wrong, _] = (await bazaar.market.stub(type(bazaar.catalog), "cli").CheckInvariants(request)).results
        assert (fine.invariant, fine.violation_count) == ("I10", 0)
        assert fine.checked_count >= 1
        assert [violation.id for violation in wrong.violations] == [made.variants[0].variant_id]
