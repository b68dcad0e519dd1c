"""Files on their way into a shop, through the mesh on real stores."""

from pathlib import Path
from typing import Any

import pytest
from google.api.httpbody_pb2 import HttpBody
from souk.catalog.v1 import catalog_service_pb2 as pb2
from souk.catalog.v1.product_import_pb2 import ImportState
from souk.catalog.v1.product_pb2 import ProductState

from mesh.errors import InvalidArgument
from mesh.principal import acting_as
from services.catalog.repository.imports import forget_old_imports
from tests.services.bazaar import Bazaar, eventually, variant

HEADER = "Handle,Title,Type,Variant SKU,Variant Inventory Qty,Variant Price\n"
THREE_BAD_ROWS = (Path(__file__).parent / "data" / "three_bad_rows.csv").read_bytes()


async def run_import(bazaar: Bazaar, data: bytes) -> Any:
    """Bring a file in and wait until it is read."""
    with acting_as(bazaar.seller):
        stored = await bazaar.catalog.ImportProducts(
            pb2.ImportProductsRequest(shop_id=bazaar.shop_id, file=HttpBody(content_type="text/csv", data=data))
        )

        async def is_done() -> bool:
            return (await read()).state in (ImportState.SUCCEEDED, ImportState.FAILED)

        async def read() -> Any:
            return await bazaar.catalog.GetProductImport(
                pb2.GetProductImportRequest(shop_id=bazaar.shop_id, import_id=stored.import_id)
            )

        await eventually(is_done)
        return await read()


class TestImportProducts:
    async def test_bad_rows_are_told_and_the_others_are_on_sale(self, bazaar: Bazaar) -> None:
        done = await run_import(bazaar, THREE_BAD_ROWS)
        assert (done.row_count, done.created_count, done.error_count) == (50, 47, 3)
        assert [(error.line, error.reason, error.column) for error in done.errors] == [
            (14, "HANDLE_MISSING", "Handle"),
            (40, "PRICE_INVALID", "Variant Price"),
            (68, "QUANTITY_INVALID", "Variant Inventory Qty"),
        ]
        page = await bazaar.get("oak-bowl")
        assert (page.brand, page.variants[0].price.amount, page.variants[0].available) == ("Maren Holt", 1110, 1)
        assert page.attributes["tags"] == "oak, handmade"
        tree = await bazaar.catalog.ListCategories(pb2.ListCategoriesRequest())
        assert [(each.name, each.product_count) for each in tree.categories] == [("Woodwork", 47)]

    async def test_second_time_it_brings_up_to_date(self, bazaar: Bazaar) -> None:
        first = HEADER + "pot,Pot,,,5,9.99\njug,Jug,,,2,20\n"
        await run_import(bazaar, first.encode())
        known = await bazaar.get("pot")
        done = await run_import(bazaar, first.replace("9.99", "12.50").replace("jug,Jug", "cup,Cup").encode())
        assert (done.created_count, done.updated_count) == (1, 1)
        changed = await bazaar.get("pot")
        assert changed.product_id == known.product_id
        assert changed.variants[0].variant_id == known.variants[0].variant_id
        assert changed.variants[0].price.amount == 1250
        assert len((await bazaar.list(shop_id=bazaar.shop_id)).products) == 3

    async def test_same_file_again_changes_nothing(self, bazaar: Bazaar) -> None:
        await run_import(bazaar, THREE_BAD_ROWS)
        before = len(await bazaar.market.events("catalog"))
        done = await run_import(bazaar, THREE_BAD_ROWS)
        assert (done.created_count, done.updated_count) == (0, 47)
        assert len(await bazaar.market.events("catalog")) == before

    async def test_sku_of_another_product_is_a_bad_row(self, bazaar: Bazaar) -> None:
        await bazaar.create(variants=[variant("TAKEN")])
        done = await run_import(bazaar, (HEADER + "pot,Pot,,TAKEN,5,9.99\njug,Jug,,J,2,20\n").encode())
        assert [(error.line, error.reason) for error in done.errors] == [(2, "SKU_TAKEN")]
        assert done.created_count == 1

    async def test_handle_that_is_taken_on_the_market_gets_another_slug(self, bazaar: Bazaar) -> None:
        await bazaar.create("Pot")
        await run_import(bazaar, (HEADER + "pot,Clay pot,,,5,9.99\n").encode())
        [imported, _] = (await bazaar.list()).products
        assert imported.slug.startswith("pot-")

    async def test_type_finds_the_category_in_singular_or_plural(self, bazaar: Bazaar) -> None:
        await run_import(bazaar, (HEADER + "a,A,Necklaces,,1,9\nb,B,Necklace,,1,9\n").encode())
        tree = await bazaar.catalog.ListCategories(pb2.ListCategoriesRequest())
        assert [(each.name, each.product_count) for each in tree.categories] in ([("Necklaces", 2)], [("Necklace", 2)])

    async def test_unpublished_products_are_drafts(self, bazaar: Bazaar) -> None:
        header = HEADER.replace("Type", "Published")
        await run_import(bazaar, (header + "pot,Pot,false,,5,9.99\n").encode())
        with acting_as(bazaar.seller):
            page = await bazaar.catalog.ListShopProducts(pb2.ListShopProductsRequest(shop_id=bazaar.shop_id))
        assert [product.state for product in page.products] == [ProductState.DRAFT]

    async def test_header_alone_is_done_at_once(self, bazaar: Bazaar) -> None:
        assert (await run_import(bazaar, HEADER.encode())).state == ImportState.SUCCEEDED

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "IMPORT_EMPTY"),
            (b"a,b\n1,2\n", "IMPORT_HEADER_INVALID"),
            (HEADER.encode() + b"pot,\xff\xfe,,,1,9\n", "IMPORT_ENCODING_INVALID"),
            (HEADER.encode() + b'pot,"Pot,,,1,9\n', "IMPORT_CSV_INVALID"),
        ],
    )
    async def test_file_that_cannot_be_read_leaves_nothing(self, bazaar: Bazaar, data: bytes, reason: str) -> None:
        with pytest.raises(InvalidArgument) as caught:
            await run_import(bazaar, data)
        assert caught.value.reason == reason
        assert await bazaar.market.rows("SELECT 1 FROM catalog.imports") == []

    async def test_is_forgotten_after_ninety_days(self, bazaar: Bazaar) -> None:
        await run_import(bazaar, THREE_BAD_ROWS)
        await bazaar.market.rows("UPDATE catalog.imports SET finish_time = now() - interval '91 days'")
        await run_import(bazaar, HEADER.encode())
        async with bazaar.market.unit("catalog") as uow:
            assert await forget_old_imports(uow) == 1
        assert len(await bazaar.market.rows("SELECT 1 FROM catalog.imports")) == 1
